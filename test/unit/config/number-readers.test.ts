import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import {
  readLax32, readLaxU64, readMemory, readOctal, readStrict, readWholeInteger, writeMemory,
} from '../../../src/config/number-readers.ts'
import { numericAddress } from '../../../src/config/numeric-address.ts'

describe('number readers (config.md, head)', () => {
  it.each([
    ['0', 0n], ['5', 5n], ['-5', -5n], ['9223372036854775807', 9223372036854775807n],
    ['-9223372036854775808', -9223372036854775808n],
    ['+5', undefined], ['05', undefined], ['-0', undefined], [' 5', undefined], ['5 ', undefined], ['0x5', undefined],
    ['', undefined], ['9223372036854775808', undefined], ['-9223372036854775809', undefined],
  ])('the strict reader reads %j as the original does', (text, value) => {
    expect(readStrict(text)).toBe(value)
  })

  it.each([
    ['3000000000', -1294967296], ['4294967297', 1], ['99999999999999999999', -1], ['-99999999999999999999', 0],
    ['1000x', 1000], ['abc', 0], ['', 0], [' +7', 7], ['\v-7', -7], ['- 2', 0], ['0x10', 0],
  ])('the lax reader of 32 bits reads %j as the original does', (text, value) => {
    expect(readLax32(text)).toBe(value)
  })

  it.each([
    ['5x', 5n], ['abc', 0n], [' 12', 12n], ['-1', 18446744073709551615n],
    ['99999999999999999999', 18446744073709551615n], ['-99999999999999999999', 18446744073709551615n],
    ['18446744073709551615', 18446744073709551615n],
  ])('the lax unsigned reader of 64 bits reads %j as the original does', (text, value) => {
    expect(readLaxU64(text)).toBe(value)
  })

  it.each([
    ['', 0n], ['mb', 0n], ['5', 5n], ['5b', 5n], ['1k', 1000n], ['1kb', 1024n], ['1m', 1000000n], ['1MB', 1048576n],
    ['1g', 1000000000n], ['1Gb', 1073741824n], ['00005', 5n], ['99999999999999999999', 18446744073709551615n],
    ['1tb', undefined], ['10zb', undefined], ['-1', undefined], ['+5', undefined], [' 5', undefined], ['1.5mb', undefined],
    ['5\u212A', undefined],
  ])('the reader of sizes reads %j as the original does', (text, value) => {
    expect(readMemory(text)).toBe(value)
  })

  it.each([
    ['', 0n], ['0700', 0o700n], [' 7', 7n], ['+7', 7n], ['-1', -1n], ['777', 0o777n],
    ['8', undefined], ['7x', undefined], ['7 ', undefined], ['0o7', undefined], ['7'.repeat(25), undefined],
  ])('the octal reader reads %j as the original does', (text, value) => {
    expect(readOctal(text)).toBe(value)
  })

  it.each([['', 0n], [' 5', 5n], ['+5', 5n], ['005', 5n], ['5x', undefined], ['x', undefined], ['+', undefined], ['9'.repeat(20), undefined]])(
    'the reader of whole integers reads %j as the original does', (text, value) => {
      expect(readWholeInteger(text)).toBe(value)
    },
  )

  it('writes sizes that read back', () => {
    fc.assert(fc.property(fc.bigInt({ min: 0n, max: 18446744073709551615n }), (bytes) => {
      expect(readMemory(writeMemory(bytes))).toBe(bytes)
    }))
    expect(['1000000000', '104857600', '1024', '1023', '3221225472', '0'].map((bytes) => writeMemory(BigInt(bytes))))
      .toEqual(['1000000000', '100mb', '1kb', '1023', '3gb', '0'])
  })
})

describe('a literal address (config.md 3.1)', () => {
  it.each([
    ['127.0.0.1', '127.0.0.1'], ['127.1', '127.0.0.1'], ['127.0.0.01', '127.0.0.1'], ['0x7f.1', '127.0.0.1'],
    ['010.0.0.1', '8.0.0.1'], ['2130706433', '127.0.0.1'], ['1.2.3', '1.2.0.3'], ['1.2.65535', '1.2.255.255'],
    ['4294967295', '255.255.255.255'], ['0', '0.0.0.0'], ['1.2.3.0x4', '1.2.3.4'],
    ['::1', '::1'], ['0:0:0:0:0:0:0:2', '::2'], ['FE80::ABCD', 'fe80::abcd'], ['1:0:0:2:0:0:0:3', '1:0:0:2::3'],
    ['1:2:3:4:5:6:7::', '1:2:3:4:5:6:7:0'], ['1:2:0:4:5:6:7:8', '1:2:0:4:5:6:7:8'], ['fe80::1%lo', 'fe80::1'],
  ])('is normalised: %s is %s', (text, address) => {
    expect(numericAddress(text)).toBe(address)
  })

  it.each([
    '', 'localhost', '300.1.1.1', '[::1]', '127.0.0.1.', '127.0.0.1 ', '1.2.65536', '1.256.1', '4294967296', '08.1.1.1',
    '0x.1.1.1', '1..1.1', '+1.1.1.1', '1.2.3.4.5', '2001::1%lo', 'fe80::1%', ':::', '1:2',
  ])('is not recognised in %j', (text) => {
    expect(numericAddress(text)).toBeUndefined()
  })
})
