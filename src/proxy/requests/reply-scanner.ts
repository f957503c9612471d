/**
 * Finds the end of replies, in RESP2 and RESP3, without reading their values. It can stop at any byte and go on with
 * the next bytes, so that a long reply is passed on while it arrives. Pure.
 */

const LF = 10
const MINUS = 45
const ZERO = 48

const ARRAY = 42
const ATTRIBUTE = 124
const BULK = 36
const BULK_ERROR = 33
const MAP = 37
const PUSH = 62
const SET = 126
const VERBATIM = 61

/** `+ - : _ # , (`: a line without a body. */
const LINES: ReadonlySet<number> = new Set([43, 45, 58, 95, 35, 44, 40])
const BODIES: ReadonlySet<number> = new Set([BULK, BULK_ERROR, VERBATIM])
const ITEMS: ReadonlySet<number> = new Set([ARRAY, PUSH, SET, MAP, ATTRIBUTE])

/** More than any legal length or count. */
const NUMBER_MAX = 2 ** 40

export const INCOMPLETE = -1
export const BROKEN = -2

export class ReplyScanner {
  /** Values until the end of the reply; 0 between two replies. */
  #left = 0
  /** Bytes until the end of a body. */
  #skip = 0
  /** The mark of an unfinished line; 0: the next byte is one. */
  #mark = 0
  #number = 0
  #isNegative = false

  /** Whether a part of a reply was scanned. */
  get isInside(): boolean {
    return this.#left > 0
  }

  /**
   * Scans from `at` to the end of one reply. Returns its position; INCOMPLETE when all bytes up to `end` belong to it
   * and more are needed; BROKEN for bytes that are no reply.
   */
  scan(bytes: Buffer, at: number, end: number): number {
    if (this.#left === 0) this.#left = 1
    let position = at
    while (this.#left > 0) {
      if (this.#skip > 0) {
        const passed = Math.min(this.#skip, end - position)
        position += passed
        this.#skip -= passed
        if (this.#skip > 0) return INCOMPLETE
        this.#left -= 1
        continue
      }
      position = this.#scanLine(bytes, position, end)
      if (position < 0) return position
    }
    return position
  }

  #scanLine(bytes: Buffer, from: number, end: number): number {
    let at = from
    if (this.#mark === 0) {
      if (at >= end) return INCOMPLETE
      this.#mark = bytes[at] ?? 0
      if (this.#mark === 0) return BROKEN
      this.#number = 0
      this.#isNegative = false
      at += 1
    }
    if (LINES.has(this.#mark)) return this.#skipLine(bytes, at, end)
    let number = this.#number
    for (; at < end; at += 1) {
      const byte = bytes[at] ?? 0
      if (byte === LF) {
        this.#number = number
        return this.#endNumber() ? at + 1 : BROKEN
      }
      if (byte >= ZERO && byte <= 57) number = number * 10 + (byte - ZERO)
      else if (byte === MINUS) this.#isNegative = true
      else if (byte !== 13) return BROKEN
      if (number > NUMBER_MAX) return BROKEN
    }
    this.#number = number
    return INCOMPLETE
  }

  /** Short lines are found by a loop, which costs less than a native search. */
  #skipLine(bytes: Buffer, from: number, end: number): number {
    const near = Math.min(end, from + 32)
    let at = from
    while (at < near && bytes[at] !== LF) at += 1
    if (at === near) {
      const found = near === end ? -1 : bytes.indexOf(LF, near)
      if (found < 0 || found >= end) return INCOMPLETE
      at = found
    }
    this.#mark = 0
    this.#left -= 1
    return at + 1
  }

  /** The line of a length or a count is complete. */
  #endNumber(): boolean {
    const mark = this.#mark
    const number = this.#number
    this.#mark = 0
    if (BODIES.has(mark)) {
      if (this.#isNegative) this.#left -= 1
      // The line end of the body belongs to it.
      else this.#skip = number + 2
      return true
    }
    if (!ITEMS.has(mark)) return false
    this.#left -= 1
    if (this.#isNegative) return true
    // Attributes come before the value that they describe.
    this.#left += mark === MAP ? number * 2 : mark === ATTRIBUTE ? number * 2 + 1 : number
    return true
  }
}
