import { describe, expect, it } from 'vitest'

import {
  double, encode, error, isError, map, NULL_ARRAY, OK, prepared, push, sequence, set, simple, verbatim,
} from '../../../src/resp/index.ts'
import type { RespValue } from '../../../src/resp/index.ts'

describe('encode', () => {
  // protocol.md 0: value, RESP2 bytes, RESP3 bytes (undefined: the same).
  it.each<[string, RespValue, string, string?]>([
    ['bulk', 'PONG', '$4\r\nPONG\r\n'],
    ['empty bulk', '', '$0\r\n\r\n'],
    ['bulk with line breaks', 'a\r\nb', '$4\r\na\r\nb\r\n'],
    ['bulk counts bytes', 'ä', '$2\r\n\xc3\xa4\r\n'],
    ['bulk of 63 bytes', 'x'.repeat(63), `$63\r\n${'x'.repeat(63)}\r\n`],
    ['bulk of 64 bytes', 'x'.repeat(64), `$64\r\n${'x'.repeat(64)}\r\n`],
    ['long bulk that is no ASCII', 'x'.repeat(70) + 'ä', `$72\r\n${'x'.repeat(70)}\xc3\xa4\r\n`],
    ['prepared', prepared([null, map(['k', 1])]), '*2\r\n$-1\r\n*2\r\n$1\r\nk\r\n:1\r\n', '*2\r\n_\r\n%1\r\n$1\r\nk\r\n:1\r\n'],
    ['simple', OK, '+OK\r\n'],
    ['error', error('ERR syntax error'), '-ERR syntax error\r\n'],
    ['error on one line', error('ERR a\r\nb'), '-ERR a  b\r\n'],
    ['integer', -3, ':-3\r\n'],
    ['large integer', 18446744073709551615n, ':18446744073709551615\r\n'],
    ['null', null, '$-1\r\n', '_\r\n'],
    ['null array', NULL_ARRAY, '*-1\r\n', '_\r\n'],
    ['array', ['a', 1, ['b']], '*3\r\n$1\r\na\r\n:1\r\n*1\r\n$1\r\nb\r\n'],
    ['empty array', [], '*0\r\n'],
    ['map', map(['k', 1, 'l', 2]), '*4\r\n$1\r\nk\r\n:1\r\n$1\r\nl\r\n:2\r\n', '%2\r\n$1\r\nk\r\n:1\r\n$1\r\nl\r\n:2\r\n'],
    ['set', set([simple('fast')]), '*1\r\n+fast\r\n', '~1\r\n+fast\r\n'],
    ['push', push(['message', 'c', 'p']), '*3\r\n$7\r\nmessage\r\n$1\r\nc\r\n$1\r\np\r\n', '>3\r\n$7\r\nmessage\r\n$1\r\nc\r\n$1\r\np\r\n'],
    ['verbatim', verbatim('id=1\n'), '$5\r\nid=1\n\r\n', '=9\r\ntxt:id=1\n\r\n'],
    ['double', double('0.15'), '$4\r\n0.15\r\n', ',0.15\r\n'],
    ['sequence', sequence([1, 2]), ':1\r\n:2\r\n'],
  ])('writes the value "%s" for RESP2 and RESP3', (_what, value, resp2, resp3 = resp2) => {
    expect(encode(value, 2)).toBe(resp2)
    expect(encode(value, 3)).toBe(resp3)
  })

  it('distinguishes errors from other values', () => {
    expect(isError(error('ERR x'))).toBe(true)
    expect(isError(simple('ERR x'))).toBe(false)
    expect(isError([error('ERR x')])).toBe(false)
    expect(isError(null)).toBe(false)
  })
})
