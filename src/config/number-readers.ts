/** The number readers of the original. They differ on purpose and must not be unified (config.md, head). */

import { lowerAscii } from '../text/index.ts'

export const INT32_MAX = 2_147_483_647n
export const INT64_MAX = 9_223_372_036_854_775_807n
const INT64_MIN = -INT64_MAX - 1n
const UINT64_MAX = 18_446_744_073_709_551_615n

const STRICT = /^(?:0|-?[1-9][0-9]*)$/
/** Leading blanks, one sign, digits; the rest is ignored. */
const LENIENT = /^[ \t\n\v\f\r]*([+-]?)([0-9]+)/
const MEMORY = /^([0-9]*)([a-z]*)$/
/** Far more digits than 64 bits need; reading a number of a million digits would take seconds. */
const OCTAL_DIGITS_MAX = 100
const OCTAL = /^[ \t\n\v\f\r]*([+-]?)([0-7]*)$/

/** STRICT: standard integer directives. Undefined when the text is not an integer of 64 bits. */
export function readStrict(text: string): bigint | undefined {
  if (!STRICT.test(text)) return undefined
  const value = bounded(text)
  return value < INT64_MIN || value > INT64_MAX ? undefined : value
}

/** LAX32: clamped to signed 64 bits, of which the low 32 are kept as a signed number. Never fails. */
export function readLax32(text: string): number {
  const value = readLenient(text)
  const clamped = value < INT64_MIN ? INT64_MIN : value > INT64_MAX ? INT64_MAX : value
  return Number(BigInt.asIntN(32, clamped))
}

/** LAXU64: epochs. Overflow clamps, a negative number wraps. Never fails. */
export function readLaxU64(text: string): bigint {
  const value = readLenient(text)
  if (value > UINT64_MAX || value < -UINT64_MAX) return UINT64_MAX
  return BigInt.asUintN(64, value)
}

function readLenient(text: string): bigint {
  const [, sign = '', digits = '0'] = LENIENT.exec(text) ?? []
  return sign === '-' ? -bounded(digits) : bounded(digits)
}

/** Digits, with or without a minus, as a number. A text with too many digits gives a number outside of 64 bits. */
function bounded(text: string): bigint {
  const [, minus, digits = ''] = /^(-?)0*(\d{0,21})/.exec(text) ?? []
  const magnitude = BigInt(digits === '' ? '0' : digits)
  return minus === '-' ? -magnitude : magnitude
}

const MEMORY_UNITS: ReadonlyMap<string, bigint> = new Map([
  ['', 1n], ['b', 1n], ['k', 1000n], ['kb', 1n << 10n], ['m', 1000n ** 2n], ['mb', 1n << 20n],
  ['g', 1000n ** 3n], ['gb', 1n << 30n],
])

/**
 * MEM: bytes. Undefined when the text is not a memory value. The digits clamp and the product wraps at 64 bits,
 * unsigned.
 */
export function readMemory(text: string): bigint | undefined {
  const [, digits, unit = ''] = MEMORY.exec(lowerAscii(text)) ?? []
  const factor = MEMORY_UNITS.get(unit)
  if (digits === undefined || factor === undefined) return undefined
  const count = bounded(digits === '' ? '0' : digits)
  return BigInt.asUintN(64, (count > UINT64_MAX ? UINT64_MAX : count) * factor)
}

/** The largest of gb, mb, kb that divides exactly, else plain bytes (config.md 6.4). */
export function writeMemory(bytes: bigint): string {
  for (const unit of ['gb', 'mb', 'kb']) {
    const factor = MEMORY_UNITS.get(unit) ?? 1n
    if (bytes !== 0n && bytes % factor === 0n) return `${bytes / factor}${unit}`
  }
  return `${bytes}`
}

/** OCT: undefined when the text is not an octal number of at most 64 bits. */
export function readOctal(text: string): bigint | undefined {
  const [, sign, digits] = OCTAL.exec(text) ?? []
  if (digits === undefined) return undefined
  if (digits.length > OCTAL_DIGITS_MAX) return undefined
  const magnitude = BigInt(digits === '' ? '0' : `0o${digits}`)
  if (magnitude > INT64_MAX) return undefined
  return sign === '-' ? -magnitude : magnitude
}

/** The long-integer reader of the C library, as replicaof and save use it: blanks and `+` may lead, "" is 0. */
export function readWholeInteger(text: string): bigint | undefined {
  if (text === '') return 0n
  const match = /^[ \t\n\v\f\r]*([+-]?)([0-9]+)$/.exec(text)
  if (match === null) return undefined
  const value = bounded(match[2] ?? '0') * (match[1] === '-' ? -1n : 1n)
  return value < INT64_MIN || value > INT64_MAX ? undefined : value
}
