import { isCleanText } from '../text/index.ts'
import { KEPT_CHARS_MAX } from './limits.ts'

/**
 * Parsers for the words of a request: numbers, and text that is kept.
 */

const STRICT_INTEGER = /^(?:0|-?[1-9][0-9]{0,18})$/
const INT64_MAX = 9223372036854775807n
const INT64_MIN = -9223372036854775808n
const CONTROL_CHARACTER = /[\x00-\x1f\x7f]/

/**
 * `strict-int` of protocol.md 0: an optional minus, digits, no leading zeros, within 64 bits. Undefined if it is not.
 */
export function strictInteger(word: string): bigint | undefined {
  if (!STRICT_INTEGER.test(word)) return undefined
  const value = BigInt(word)
  return value >= INT64_MIN && value <= INT64_MAX ? value : undefined
}

/** A strict integer from `min` to `max`, both of which must be safe integers. */
export function integerBetween(word: string, min: number, max: number): number | undefined {
  const value = strictInteger(word)
  return value !== undefined && value >= BigInt(min) && value <= BigInt(max) ? Number(value) : undefined
}

/**
 * Why a word cannot be written into the configuration file, or undefined. In other implementations a line break in a
 * name let clients add lines to the file; bytes that are not UTF-8 would change when the file is read.
 */
export function keepingProblem(what: string, word: string): string | undefined {
  if (CONTROL_CHARACTER.test(word)) return `ERR ${what} must not contain control characters`
  return encodingProblem(what, word)
}

/** Does the same for secrets and users, which may contain control characters: the file quotes them. */
export function encodingProblem(what: string, word: string): string | undefined {
  if (word.length > KEPT_CHARS_MAX) return `ERR ${what} too long, at most ${KEPT_CHARS_MAX} characters`
  return isCleanText(word) ? undefined : `ERR ${what} must be valid UTF-8`
}

/** Client and library names: visible ASCII without blanks (protocol.md 1.6). */
export function isPlainName(word: string): boolean {
  return /^[!-~]*$/.test(word)
}
