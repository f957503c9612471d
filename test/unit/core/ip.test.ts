/** Literal addresses are compared as text in one form. */
import { isIP } from 'node:net'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonicalIp } from '../../../src/core/ip.ts'

describe('canonicalIp', () => {
  it.each([
    ['127.0.0.1', '127.0.0.1'],
    ['::1', '::1'],
    ['0:0:0:0:0:0:0:1', '::1'],
    ['FE80::0001', 'fe80::1'],
    ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['::', '::'],
    ['1::', '1::'],
  ])('%s is %s', (text, canonical) => {
    expect(canonicalIp(text)).toBe(canonical)
    expect(isIP(canonical)).not.toBe(0)
  })

  it.each(['', 'localhost', '1.2.3', '1.2.3.4.5', '256.1.1.1', '01.2.3.4', '1.2.3.4 ', ':::', '1::2::3', 'g::', '1:2:3:4:5:6:7', '12345::'])(
    '%j is no address', (text) => {
      expect(canonicalIp(text)).toBeUndefined()
    },
  )
})

describe('canonicalIp beside the platform', () => {
  const word = fc.oneof(fc.constantFrom('', '0', '1', 'ffff', 'abcd', '12345', 'g', '1.2.3.4', '256.1.1.1', '00', '0001'), fc.string({ maxLength: 3 }))
  const address = fc.tuple(fc.array(word, { maxLength: 9 }), fc.constantFrom(':', '.', '::')).map(([words, mark]) => words.join(mark))

  it('accepts exactly the addresses that the platform accepts', () => {
    fc.assert(fc.property(address, (text) => {
      // Zones (`fe80::1%eth0`) are no part of an address.
      const isAddress = isIP(text) !== 0 && !text.includes('%')
      expect({ text, isAddress: canonicalIp(text) !== undefined }).toEqual({ text, isAddress })
    }), { numRuns: 5000 })
  })

  it('gives one form to all ways of writing the same address', () => {
    fc.assert(fc.property(fc.array(fc.nat(0xffff), { minLength: 8, maxLength: 8 }), (groups) => {
      const long = groups.map((group) => group.toString(16).padStart(4, '0').toUpperCase()).join(':')
      const short = canonicalIp(long)
      expect(short).toBeDefined()
      expect(canonicalIp(short ?? '')).toBe(short)
      expect(isIP(short ?? '')).toBe(6)
    }))
  })
})
