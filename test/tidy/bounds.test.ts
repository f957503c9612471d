/** docs/limits.md lists every bound with its value, and each of them has a test. */
import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'

import * as commands from '../../src/commands/limits.ts'
import { STEPS } from '../../src/commands/in-slices.ts'
import { BOUNDS } from './bounds.ts'

const root = resolve(import.meta.dirname, '../..')
const document = readFileSync(join(root, 'docs/limits.md'), 'utf8')

/** Rows of all tables, without heads, by their first column. */
const rows = new Map(document.split('\n').filter((line) => /^\| (?!What \|)/.test(line)).map((line) => {
  const [what = '', ...others] = line.replace(/^\| | \|$/g, '').split(' | ')
  return [what, others.join(' | ')] as const
}))

/** Whether the text has this value by itself: `64 KiB`, but not as the end of `1064 KiB`. */
function says(text: string, value: string): boolean {
  return new RegExp(String.raw`(?<![\d,])${value}(?![\d,]*\d)`).test(text)
}

describe('docs/limits.md', () => {
  it('has exactly the bounds that are listed here', () => {
    expect([...rows.keys()]).toEqual(BOUNDS.map(({ what }) => what))
  })

  it.each(BOUNDS)('has the value in the code for: $what', ({ what, values }) => {
    for (const value of values) expect([value, says(rows.get(what) ?? '', value)]).toEqual([value, true])
  })

  it('names the size of the pieces in which connections are visited', () => {
    expect(document).toContain(`in pieces of ${STEPS} connections`)
  })

  it('covers every bound of commands', () => {
    const source = readFileSync(join(root, 'test/tidy/bounds.ts'), 'utf8')
    expect(Object.keys(commands).filter((name) => !source.includes(`commands.${name})`))).toEqual([])
  })
})

describe('a bound', () => {
  it.each(BOUNDS)('has a test: $what', ({ file, test }) => {
    const path = join(root, 'test/unit', file)
    expect(existsSync(path) ? readFileSync(path, 'utf8') : '').toContain(test)
  })

  it('that is changed in the code alone is found', () => {
    expect(says('256, of 1024 characters each', '1025')).toBe(false)
    expect(says('65,536; different patterns 262,144 characters', '536')).toBe(false)
    expect(says('2 MiB, 65,536 values, 8 levels', '65,536')).toBe(true)
  })
})
