import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { quoteWord, splitWords, toBytes, writeWord } from '../../../src/text/index.ts'

const byteText = fc.uint8Array().map((bytes) => Buffer.from(bytes).toString('latin1'))

describe('splitting a line into words (config.md 2.2)', () => {
  it.each([
    ['port 41200', ['port', '41200']],
    ['  a\tb\rc\nd  ', ['a', 'b', 'c', 'd']],
    ['\v\fa b', ['a', 'b']],
    ['a\vb c', ['a\vb', 'c']],
    ['""', ['']],
    ['"" \'\'', ['', '']],
    ['abc"def"', ['abcdef']],
    ["ab'c d'", ['abc d']],
    [String.raw`"\x41\n\r\t\b\a\q\x4 \"\\"`, ['A\n\r\t\b\x07qx4 "\\']],
    [String.raw`"\x4g"`, ['x4g']],
    [String.raw`'a"b\'c\n'`, [String.raw`a"b'c\n`]],
    [String.raw`a\x41 b\"`, undefined],
    [String.raw`a\x41 b\ c`, [String.raw`a\x41`, 'b\\', 'c']],
    ['"a" # b', ['a', '#', 'b']],
    ['"a"b', undefined],
    ['""x', undefined],
    ['a"b"c', undefined],
    ['"a', undefined],
    ["'a", undefined],
    [String.raw`"a\"`, undefined],
    ['', []],
    ['\v', []],
  ])('splits %j as the original does', (line, words) => {
    expect(splitWords(line)).toEqual(words)
  })

  it('reads back every word that was quoted', () => {
    fc.assert(fc.property(fc.array(byteText), (words) => {
      expect(splitWords(words.map(quoteWord).join(' '))).toEqual(words)
    }))
  })

  it('reads back every word that was written plain or quoted, and never writes nothing or a line end', () => {
    fc.assert(fc.property(fc.array(byteText), (words) => {
      const written = words.map(writeWord)
      expect(splitWords(written.join(' '))).toEqual(words)
      for (const word of written) expect(word).toMatch(/^[^\n\r\0]+$/)
    }))
  })
})

describe('quoting (config.md 6.5)', () => {
  it('escapes as the original does', () => {
    expect(quoteWord('a"b\\c\n\r\t\b\x07\x01\x7f' + toBytes('café')))
      .toBe(String.raw`"a\"b\\c\n\r\t\b\a\x01\x7fcaf\xc3\xa9"`)
  })

  it.each([
    ['plain', 'plain'],
    ['#pass', '#pass'],
    [String.raw`a\nb`, String.raw`a\nb`],
    [toBytes('é'), toBytes('é')],
    ['', '""'],
    ['a b', '"a b"'],
    ["a'b", '"a\'b"'],
    ['a"b', String.raw`"a\"b"`],
    ['a\nport 1', String.raw`"a\nport 1"`],
    ['a\0b', String.raw`"a\x00b"`],
    ['a\x7f', String.raw`"a\x7f"`],
  ])('writes %j as %s', (value, written) => {
    expect(writeWord(value)).toBe(written)
  })
})
