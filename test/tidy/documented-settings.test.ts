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

describe('the settings of a master', () => {
  const withLines = ORIGINAL.filter(({ line }) => line !== 'monitor')

  it.each(withLines)('are directives in config.md 3 with their defaults: $name', (setting) => {
    for (const name of namesOf(setting)) {
      expect(rows('docs/config.md', `| \`${name} <name> `).map((cells) => cells[3])).toEqual([defaultText(setting)])
    }
  })

  it('have their lines in config.md 6.3.4, in the order of the table', () => {
    const text = readProjectFile('docs/config.md').split('\n').find((line) => line.trim().startsWith('then per master')) ?? ''
    const settings = withLines.map(({ name }) => name)
    expect([...text.matchAll(/[a-z-]+(?=`)/g)].map(([name]) => name).filter((name) => settings.includes(name))).toEqual(settings)
  })

  it.each(ORIGINAL.filter(({ isFixed }) => isFixed !== true))('are options in protocol.md 2.11: $name', (setting) => {
    expect(rows('docs/protocol.md', `| ${setting.name} | `).length).toBeGreaterThan(0)
    if (setting.kind !== 'time' && setting.kind !== 'count') return
    const range = setting.min === 0 ? 'strict-int \u2265 0' : 'strict-int > 0'
    expect(rows('docs/protocol.md', `| ${setting.name} | `).map((cells) => cells[1])).toEqual([range])
  })

  it('have the fields of SENTINEL MASTERS in protocol.md 2.2, in the order of the table', () => {
    const shown = ORIGINAL.filter((setting) => setting.shown === 'master').map(({ name }) => name)
    const fields = [...readProjectFile('docs/protocol.md').matchAll(/^\| \d+ \| ([a-z-]+) \| M[RN]* \|/gm)]
      .map(([, name = '']) => name)
    expect(fields.filter((name) => shown.includes(name))).toEqual(shown)
    expect(fields).toContain('down-after-milliseconds')
  })

  it('are in the manual page with their defaults where the original does not have them', () => {
    const text = section('DIRECTIVES')
    expect(OURS.filter((setting) => !text.includes(setting.name) || !text.includes(defaultText(setting)))).toEqual([])
  })
})
