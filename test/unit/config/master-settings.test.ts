/** Each row of the table of settings, on its way into the file and back. */
import { describe, expect, it } from 'vitest'

import { SETTINGS, type MasterSettings, type Setting, type SettingChange } from '../../../src/core/index.ts'
import { changeMasterSetting } from '../../../src/core/state/settings.ts'
import { loadGood } from './load-text.ts'
import { master, rewrite } from './rewrite-text.ts'

/** A change to a value that is no default. */
function changeOf(setting: Setting): SettingChange {
  switch (setting.kind) {
    case 'time':
      return { kind: 'time', setting: setting.key, value: setting.initial + 5 }
    case 'count':
      return { kind: 'count', setting: setting.key, value: setting.initial + 5 }
    case 'script':
      return { kind: 'script', setting: setting.key, value: '/run.sh' }
    case 'text':
      return { kind: 'text', setting: setting.key, value: 'some text' }
    case 'renames':
      return { kind: 'renames', setting: setting.key, value: ['CONFIG', 'xconfig'] }
  }
}

describe('a setting of a master', () => {
  const config = loadGood('sentinel monitor mm 10.0.0.1 6379 2')
  const files = { '/run.sh': { text: '', mode: 0o755 } }

  it.each(SETTINGS)('$name that SENTINEL SET changed comes back at the next start', (setting) => {
    const settings: MasterSettings = { ...master(config).settings }
    const before = settings[setting.key]
    changeMasterSetting(settings, changeOf(setting))
    expect(settings[setting.key]).not.toEqual(before)
    const written = rewrite('', config, { durable: { masters: [master(config, { settings })] } })
    expect(loadGood(written, { files }).durable.masters[0]?.settings).toEqual(settings)
  })

  it.each(SETTINGS.filter(({ line }) => line !== 'monitor'))('$name at its default has no line', ({ name }) => {
    expect(rewrite('', config)).not.toContain(name)
  })
})
