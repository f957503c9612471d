import {
  LINE_BYTES_MAX, MULTIBULK_LENGTH_MAX, REQUEST_BYTES_MAX, REQUEST_WORDS_MAX, UNAUTHENTICATED_BULK_BYTES_MAX,
  UNAUTHENTICATED_MULTIBULK_LENGTH_MAX, WORD_BYTES_MAX,
} from './limits.ts'
import { protocolError } from './protocol-error.ts'
import type { ProtocolError } from './protocol-error.ts'

/**
 * Scans one multibulk request (`*2 $4 PING $2 hi`) and checks every length before it is used. It can stop at any byte
 * and continue when more bytes are there, so a request in many pieces costs no more than one in one piece.
 */

export type ScanOutcome = 'complete' | 'empty' | 'incomplete' | ProtocolError

export interface ScanLimits {
  readonly authenticated: boolean
  readonly bulkBytesMax: number
  /** Words of a request; absent: REQUEST_WORDS_MAX. */
  readonly wordsMax?: number
  /** Bytes of a word and of a request; absent: WORD_BYTES_MAX and REQUEST_BYTES_MAX. */
  readonly requestBytesMax?: number
  /** Whether lines and words must end in CRLF. The original skips two bytes without a look at the second, or both. */
  readonly isStrict?: boolean
}

const CR = 13
const LF = 10
const DOLLAR = 36
const MINUS = 45
const ZERO = 48
const NINE = 57
const COUNT_UNREAD = -1
/** More digits than any legal number has, and few enough for exact arithmetic. */
const DIGITS_MAX = 15

const NO_LINE_END = protocolError('expected CRLF')

export class FrameScanner {
  /** Bytes of the frame that were checked, counted from its first byte. */
  #passed = 0
  #wordsLeft = COUNT_UNREAD

  /** Length of the complete or empty frame that was just scanned. */
  get length(): number {
    return this.#passed
  }

  reset(): void {
    this.#passed = 0
    this.#wordsLeft = COUNT_UNREAD
  }

  /**
   * Continues with the frame that begins at `start`; `bytes` are valid up to `end`.
   * `empty` is a frame of no words (`*0`, `*-1`), which must be skipped.
   */
  scan(bytes: Buffer, start: number, end: number, limits: ScanLimits): ScanOutcome {
    if (this.#wordsLeft === COUNT_UNREAD) {
      const outcome = this.#readCount(bytes, start, end, limits)
      if (outcome !== undefined) return outcome
    }
    while (this.#wordsLeft > 0) {
      const outcome = this.#passWord(bytes, start, end, limits)
      if (outcome !== undefined) return outcome
      this.#wordsLeft -= 1
    }
    return 'complete'
  }

  #readCount(bytes: Buffer, start: number, end: number, limits: ScanLimits): ScanOutcome | undefined {
    const carriageReturn = findLineEnd(bytes, start, end)
    if (isLineTooLong(bytes, start, end, carriageReturn)) return protocolError('too big mbulk count string')
    if (carriageReturn < 0) return 'incomplete'
    if (limits.isStrict === true && bytes[carriageReturn + 1] !== LF) return NO_LINE_END
    const count = readNumber(bytes, start + 1, carriageReturn)
    if (count === undefined || count > MULTIBULK_LENGTH_MAX) {
      return protocolError('invalid multibulk length', 'invalid mbulk count')
    }
    if (count > UNAUTHENTICATED_MULTIBULK_LENGTH_MAX && !limits.authenticated) {
      return protocolError('unauthenticated multibulk length', 'unauth mbulk count')
    }
    if (count > (limits.wordsMax ?? REQUEST_WORDS_MAX)) return tooManyWords(limits.wordsMax)
    this.#passed = carriageReturn + 2 - start
    if (count <= 0) return 'empty'
    this.#wordsLeft = count
    return undefined
  }

  #passWord(bytes: Buffer, start: number, end: number, limits: ScanLimits): ScanOutcome | undefined {
    const at = start + this.#passed
    const carriageReturn = findLineEnd(bytes, at, end)
    if (isLineTooLong(bytes, at, end, carriageReturn)) return protocolError('too big bulk count string')
    if (carriageReturn < 0) return 'incomplete'
    if (limits.isStrict === true && bytes[carriageReturn + 1] !== LF) return NO_LINE_END
    const mark = bytes[at] ?? 0
    if (mark !== DOLLAR) {
      const reason = `expected '$', got '${String.fromCharCode(mark)}'`
      return protocolError(reason, 'expected $ but got something else')
    }
    const length = readNumber(bytes, at + 1, carriageReturn)
    if (length === undefined || length < 0 || length > limits.bulkBytesMax) return protocolError('invalid bulk length')
    if (length > UNAUTHENTICATED_BULK_BYTES_MAX && !limits.authenticated) {
      return protocolError('unauthenticated bulk length')
    }
    const { requestBytesMax = REQUEST_BYTES_MAX } = limits
    if (length > (limits.requestBytesMax ?? WORD_BYTES_MAX)) return tooLong(limits.requestBytesMax ?? WORD_BYTES_MAX, 'word')
    if (this.#passed + length > requestBytesMax) return tooLong(requestBytesMax, 'request')
    const next = carriageReturn + 2 + length + 2
    if (next > end) return 'incomplete'
    if (limits.isStrict === true && (bytes[next - 2] !== CR || bytes[next - 1] !== LF)) return NO_LINE_END
    this.#passed = next - start
    return undefined
  }
}

/** Position of the CR of a complete line end, or -1. The byte after the CR is not checked. */
function findLineEnd(bytes: Buffer, from: number, end: number): number {
  // Counts and lengths have few digits, for which a loop is faster than a native search.
  const near = Math.min(end, from + 16)
  for (let at = from; at < near; at += 1) {
    if (bytes[at] === CR) return at + 1 < end ? at : -1
  }
  if (near === end) return -1
  const far = bytes.indexOf(CR, near)
  return far >= 0 && far + 1 < end ? far : -1
}

/**
 * The error for our own bound, in the words of the original for its larger one. The request is not read any further.
 */
export function tooManyWords(wordsMax = REQUEST_WORDS_MAX): ProtocolError {
  return protocolError(`invalid multibulk length, at most ${wordsMax} words in a request`, 'invalid mbulk count')
}

function tooLong(bytesMax: number, what: string): ProtocolError {
  return protocolError(`invalid bulk length, at most ${bytesMax} bytes in a ${what}`, 'invalid bulk length')
}

/** The result is the same whether the line came in one piece or in many. `lineEnd` is the result of `findLineEnd`. */
function isLineTooLong(bytes: Buffer, from: number, end: number, lineEnd: number): boolean {
  if (lineEnd >= 0) return lineEnd - from > LINE_BYTES_MAX
  const isReturnLast = end > from && bytes[end - 1] === CR
  return end - from - (isReturnLast ? 1 : 0) > LINE_BYTES_MAX
}

/**
 * Reads a strict decimal (protocol.md 0): no sign but one minus, no leading zeros, no blanks. Undefined if it is none.
 */
function readNumber(bytes: Buffer, from: number, end: number): number | undefined {
  const negative = bytes[from] === MINUS
  const first = negative ? from + 1 : from
  const digits = end - first
  if (digits < 1 || digits > DIGITS_MAX) return undefined
  if (bytes[first] === ZERO && (digits > 1 || negative)) return undefined
  let value = 0
  for (let at = first; at < end; at += 1) {
    const digit = bytes[at] ?? 0
    if (digit < ZERO || digit > NINE) return undefined
    value = value * 10 + (digit - ZERO)
  }
  return negative ? -value : value
}
