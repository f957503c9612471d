/**
 * Reads numbers from outside. Converting a million digits takes seconds, so no more digits are converted than the
 * largest 64-bit number has.
 */

export const UINT64_DIGITS = 20
const UINT64_MAX = 2n ** 64n - 1n

/** Leading zeros, and one digit more than the largest number has. */
const LEADING_DIGITS = /^0*(\d{0,21})/

/** The number that the text begins with, at most `max` (default 2^64-1); 0 where it begins with none. Never throws. */
export function leadingUnsigned(text: string, max = UINT64_MAX): bigint {
  const digits = LEADING_DIGITS.exec(text)?.[1] ?? ''
  if (digits === '') return 0n
  if (digits.length > UINT64_DIGITS) return max
  const value = BigInt(digits)
  return value > max ? max : value
}
