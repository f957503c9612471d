import { describe, expect, it } from 'vitest'

import { globMatch } from '../../../src/core/glob.ts'

describe('globMatch', () => {
  // Rows checked against the original with COMMAND LIST FILTERBY PATTERN, which matches without regard to case.
  it.each([
    ['*', '', true],
    ['*', 'anything', true],
    ['', '', true],
    ['', 'a', false],
    ['mymaster', 'mymaster', true],
    ['mymaster', 'mymaster2', false],
    ['my*', 'mymaster', true],
    ['*master', 'mymaster', true],
    ['m*m*r', 'mymaster', true],
    ['m*x*r', 'mymaster', false],
    ['?aster', 'master', true],
    ['?', '', false],
    ['m[ay]ster', 'master', true],
    ['m[^a]ster', 'master', false],
    ['m[^b]ster', 'master', true],
    ['m[a-c]ster', 'master', true],
    ['m[c-a]ster', 'master', true],
    ['[-+]sdown', '+sdown', true],
    ['[-+]sdown', '-sdown', true],
    ['[-+]sdown', '+odown', false],
    ['a\\*b', 'a*b', true],
    ['a\\*b', 'axb', false],
    ['a[\\]]b', 'a]b', true],
    ['a\\', 'a\\', true],
    ['a[bc', 'ab', true],
    ['a[', 'a', false],
    ['[]a', 'a', false],
    ['a**b', 'ab', true],
  ])('%j on %j is %j', (pattern, text, expected) => {
    expect(globMatch(pattern, text)).toBe(expected)
  })

  it('distinguishes case unless asked not to', () => {
    expect(globMatch('My*', 'mymaster')).toBe(false)
    expect(globMatch('My[A-C]*', 'myaster', { ignoreCase: true })).toBe(true)
  })

  it('takes little time with many stars', () => {
    const started = process.hrtime.bigint()
    expect(globMatch('a*'.repeat(50) + 'b', 'a'.repeat(5000))).toBe(false)
    expect(Number(process.hrtime.bigint() - started) / 1e6).toBeLessThan(500)
  })
})
