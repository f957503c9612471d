import { describe, expect, it } from 'vitest'

import { splitInlineRequest } from '../../../src/resp/inline-request.ts'

describe('splitInlineRequest', () => {
  // protocol.md 5.1; rows checked against the original.
  it.each<[string, string[] | undefined]>([
    ['PING', ['PING']],
    ['  PING \t hi  ', ['PING', 'hi']],
    ['', []],
    ['   ', []],
    ['"PI\\x4eG" "a b"', ['PING', 'a b']],
    ['"\\n\\r\\t\\b\\a\\\\\\"\\q"', ['\n\r\t\b\x07\\"q']],
    ['\'a\\\'b "c\\n\'', ['a\'b "c\\n']],
    ['a"b c"', ['ab c']],
    ['""', ['']],
    ['"a"b', undefined],
    ['"a', undefined],
    ['\'a', undefined],
    ['"a\\', undefined],
    ['\'a\'"b"', undefined],
    ['"\\xZZ"', ['xZZ']],
    ['\xc3\xa0', ['à']],
    ['PING a\vb', ['PING', 'a\vb']],
    ['PING \fa', ['PING', 'a']],
  ])('splits %j into words as the original does', (line, words) => {
    expect(splitInlineRequest(line)).toEqual(words)
  })
})
