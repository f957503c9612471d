import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { expandGlob } from '../../../src/config/path-glob.ts'

function names(pattern: string, ...files: string[]): string[] {
  return expandGlob(pattern, { list: () => files, exists: (path) => files.includes(path) })
}

describe('path patterns (config.md 2.5)', () => {
  it('match all characters literally except those of patterns', () => {
    expect(names('a.b+*', 'a.b+1', 'axb+1', 'a.bb1')).toEqual(['a.b+1'])
    expect(names('a[', 'a[', 'a')).toEqual(['a['])
    expect(names(String.raw`\*[*]`, '**', 'a*', '*a')).toEqual(['**'])
    expect(names('[]a]', ']', 'a', 'b')).toEqual([']', 'a'])
    expect(names('[z-a]', 'b')).toEqual([])
    expect(names('[!]a]', ']', 'a', 'b')).toEqual(['b'])
  })

  it('never fail, whatever the pattern', () => {
    const pattern = fc.string({ unit: fc.constantFrom(...'*?[]!^-\\abz/.(){}|$+') })
    fc.assert(fc.property(pattern, (text) => {
      expect(names(text, 'a', 'b-')).toBeInstanceOf(Array)
    }))
  })
})
