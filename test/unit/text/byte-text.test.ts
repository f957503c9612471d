/** Bytes that may be no UTF-8, and back. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { decodeText, toWire } from '../../../src/resp/text.ts'
import { fromBytes, toBytes } from '../../../src/text/index.ts'

const byteText = fc.uint8Array().map((bytes) => Buffer.from(bytes).toString('latin1'))

describe('bytes and text', () => {
  it('gives every byte back', () => {
    fc.assert(fc.property(byteText, (bytes) => {
      expect(toBytes(fromBytes(bytes))).toBe(bytes)
    }))
  })

  it('agrees with what comes from the wire', () => {
    fc.assert(fc.property(byteText, (bytes) => {
      expect(fromBytes(bytes)).toBe(decodeText(Buffer.from(bytes, 'latin1')))
    }))
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(toBytes(text)).toBe(toWire(text))
    }))
  })

  it.each(['é', '€', '😀', '\uFEFF', '\uFFFD', '\u{10FFFF}'])('keeps %s', (text) => {
    expect(toBytes(text)).toBe(Buffer.from(text).toString('latin1'))
    expect(fromBytes(toBytes(text))).toBe(text)
  })

  it.each(['\xc0\x80', '\xed\xa0\x80', '\xf4\x90\x80\x80', '\xe2\x82', '\x80', '\xff'])('escapes what is not UTF-8: %j', (bytes) => {
    expect(fromBytes(bytes)).toMatch(/^[\uDC80-\uDCFF]+$/u)
  })

  it('writes the replacement character for half a character that encodes no byte', () => {
    for (const half of ['\ud83d', '\ude00', '\udc00']) {
      expect(toBytes(`${half} \udcff`)).toBe('\xef\xbf\xbd \xff')
      expect(toWire(`${half} \udcff`)).toBe('\xef\xbf\xbd \xff')
    }
  })
})
