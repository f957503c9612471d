import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { decodeText, fromWire, toWire } from '../../../src/resp/text.ts'
import { isCleanText } from '../../../src/text/index.ts'

describe('bytes as text', () => {
  it('keep UTF-8', () => {
    expect(decodeText(Buffer.from('größe 日本 😀'))).toBe('größe 日本 😀')
    expect(Buffer.from(toWire('größe 日本 😀'), 'latin1').toString('utf8')).toBe('größe 日本 😀')
  })

  it('keep a replacement character that was sent', () => {
    expect(decodeText(Buffer.from('a\uFFFDb'))).toBe('a\uFFFDb')
    expect(isCleanText('a\uFFFDb')).toBe(true)
  })

  it.each([
    ['a lone continuation', [0x80]],
    ['an overlong slash', [0xc0, 0xaf]],
    ['a cut sequence', [0x61, 0xe2, 0x82]],
    ['an encoded surrogate', [0xed, 0xb2, 0x80]],
    ['a value above the last', [0xf4, 0x90, 0x80, 0x80]],
    ['mixed with text', [0x68, 0xff, 0xc3, 0xa4, 0xfe]],
  ])('keep %s', (_what, bytes) => {
    const text = decodeText(Buffer.from(bytes))
    expect(isCleanText(text)).toBe(false)
    expect([...Buffer.from(toWire(text), 'latin1')]).toEqual(bytes)
  })

  it('keep any sequence of bytes', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
      const buffer = Buffer.from(bytes)
      expect(toWire(decodeText(buffer))).toBe(buffer.toString('latin1'))
      expect(fromWire(buffer.toString('latin1'))).toBe(decodeText(buffer))
    }))
  })
})

describe('a word of a megabyte', () => {
  it.each([
    ['bytes that are no UTF-8', '\xff'], ['such bytes among letters of three bytes', '\xff\xe2\x82\xac'],
    ['such bytes among characters of four bytes', '\xfe\xf0\x9f\x98\x80'],
  ])('of %s is read and written in well under a second of processor time', (_what, piece) => {
    const bytes = Buffer.from(piece.repeat(Math.floor(2 ** 20 / piece.length)), 'latin1')
    const before = process.cpuUsage()
    const wire = toWire(decodeText(bytes))
    const { user, system } = process.cpuUsage(before)
    expect(wire === bytes.toString('latin1')).toBe(true)
    expect((user + system) / 1000).toBeLessThan(500)
  })
})
