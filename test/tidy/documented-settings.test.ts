/** The documents have every setting of a master as the table of the settings describes it. */
import { describe, expect, it } from 'vitest'

import { namesOf, SETTINGS, type Setting } from '../../src/core/index.ts'
import { section } from './manual.ts'
import { readProjectFile } from './project-files.ts'
import { ownDirectives } from './public-names.ts'

const isOurs = ({ name }: Setting): boolean => ownDirectives().includes(name)
const [OURS, ORIGINAL] = [SETTINGS.filter(isOurs), SETTINGS.filter((setting) => !isOurs(setting))]

/** The cells of the rows that begin with this text. */
function rows(path: string, start: string): string[][] {
  return readProjectFile(path).split('\n').filter((line) => line.startsWith(start))
    .map((line) => line.split(/(?<!\\)\|/).slice(1, -1).map((cell) => cell.trim()))
}

function defaultText(setting: Setting): string {
  switch (setting.kind) {
    case 'time':
    case 'count':
      return String(setting.initial)
    case 'script':
    case 'text':
      return 'unset'
    case 'renames':
      return 'none'
  }
}

describe('settings of masters', () => {
  const withLines = ORIGINAL.filter(({ line }) => line !== 'monitor')

  it.each(withLines)('config.md 3 has the directive $name with its default', (setting) => {
    for (const name of namesOf(setting)) {
      expect(rows('docs/config.md', `| \`${name} <name> `).map((cells) => cells[3])).toEqual([defaultText(setting)])
    }
  })

  it('config.md 6.3.4 has the lines of a rewrite in the order of the table', () => {
    const text = readProjectFile('docs/config.md').split('\n').find((line) => line.trim().startsWith('then per master')) ?? ''
    const settings = withLines.map(({ name }) => name)
    expect([...text.matchAll(/[a-z-]+(?=`)/g)].map(([name]) => name).filter((name) => settings.includes(name))).toEqual(settings)
  })

  it.each(ORIGINAL.filter(({ isFixed }) => isFixed !== true))('protocol.md 2.11 has the option $name', (setting) => {
    expect(rows('docs/protocol.md', `| ${setting.name} | `).length).toBeGreaterThan(0)
    if (setting.kind !== 'time' && setting.kind !== 'count') return
    const range = setting.min === 0 ? 'strict-int \u2265 0' : 'strict-int > 0'
    expect(rows('docs/protocol.md', `| ${setting.name} | `).map((cells) => cells[1])).toEqual([range])
  })

  it('protocol.md 2.2 has the fields that SENTINEL MASTERS shows, in the order of the table', () => {
    const shown = ORIGINAL.filter((setting) => setting.shown === 'master').map(({ name }) => name)
    const fields = [...readProjectFile('docs/protocol.md').matchAll(/^\| \d+ \| ([a-z-]+) \| M[RN]* \|/gm)]
      .map(([, name = '']) => name)
    expect(fields.filter((name) => shown.includes(name))).toEqual(shown)
    expect(fields).toContain('down-after-milliseconds')
  })

  it('the manual page has those of our own with their defaults', () => {
    const text = section('DIRECTIVES')
    expect(OURS.filter((setting) => !text.includes(setting.name) || !text.includes(defaultText(setting)))).toEqual([])
  })
})
