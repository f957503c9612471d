/**
 * Walks through the bytes of RESP2 replies before ioredis sees them. It answers three questions that ioredis leaves
 * open: is this a reply at all, is it within bounds, and of which types is it made (simple and bulk strings are both
 * buffers there). What does not pass never reaches the library, whose decoder trusts what it reads.
 *
 * The shape of a reply is one letter per value, outermost first: `+` `-` `:` `$` as on the wire, `_` for null, `*` for
 * an array, whose items follow. A message on a channel is `*$$$`.
 */
import { REPLY_BYTES_MAX, REPLY_DEPTH_MAX, REPLY_ITEMS_MAX, REPLY_LINE_BYTES_MAX } from './limits.ts'

/** Told for each whole reply, with the text when it is an error. Returns what is wrong with it, if anything is. */
export type OnReply = (shape: string, error: string | undefined) => string | undefined

const LINE_FEED = 10
const CARRIAGE_RETURN = 13
const LENGTH = /^\d{1,9}$/
const INTEGER = /^-?\d{1,19}$/

export class ReplyScanner {
  readonly #onReply: OnReply
  #problem: string | undefined
  /** The beginning of a line whose end has not come. */
  #line = ''
  /** Bytes that are missing of a bulk string, its line end included. */
  #bulkLeft = 0
  /** Values that are missing of each open array, outermost first. */
  readonly #open: number[] = []
  #shape = ''
  #error: string | undefined
  #bytes = 0

  constructor(onReply: OnReply) {
    this.#onReply = onReply
  }

  /** Takes the next bytes in. Returns the first problem, after which it is of no use any more. */
  read(chunk: Buffer): string | undefined {
    let at = 0
    while (at < chunk.length && this.#problem === undefined) {
      at = this.#bulkLeft > 0 ? this.#skipBulk(chunk, at) : this.#readLine(chunk, at)
    }
    return this.#problem
  }

  /** Bytes at the end of what was read that belong to a line whose end has not come: a length, or that of a string. */
  get unfinishedBytes(): number {
    return this.#bulkLeft === 1 ? 1 : this.#line.length
  }

  #skipBulk(chunk: Buffer, at: number): number {
    const left = this.#bulkLeft
    const end = Math.min(chunk.length, at + left)
    const lineEnd = at + left - 2
    const endsWrong = (lineEnd >= at && lineEnd < end && chunk[lineEnd] !== CARRIAGE_RETURN)
      || (lineEnd + 1 < end && chunk[lineEnd + 1] !== LINE_FEED)
    if (endsWrong) this.#refuse('a string is longer than it was announced')
    this.#count(end - at)
    this.#bulkLeft = left - (end - at)
    if (this.#bulkLeft === 0) this.#valueEnded('$')
    return end
  }

  #readLine(chunk: Buffer, at: number): number {
    const lineFeed = chunk.indexOf(LINE_FEED, at)
    const end = lineFeed === -1 ? chunk.length : lineFeed + 1
    const piece = chunk.toString('latin1', at, end)
    const endedInReturn = this.#line.endsWith('\r')
    this.#line += piece
    this.#count(end - at)
    this.#checkBeginning(this.#line.charAt(0))
    const isWrong = endedInReturn ? piece !== '\n' : hasStrayReturn(piece)
    if (this.#line.length > REPLY_LINE_BYTES_MAX) {
      this.#refuse(`a line has more than ${REPLY_LINE_BYTES_MAX} bytes`)
    } else if (isWrong) {
      this.#refuse('a line does not end in CR and LF')
    } else if (lineFeed !== -1) {
      const line = this.#line
      this.#line = ''
      this.#takeLine(line.charAt(0), line.slice(1, -2))
    }
    return end
  }

  #takeLine(type: string, rest: string): void {
    switch (type) {
      case '+':
        return this.#valueEnded('+')
      case '-':
        if (this.#open.length === 0) this.#error = rest
        return this.#valueEnded('-')
      case ':':
        if (INTEGER.test(rest)) return this.#valueEnded(':')
        this.#refuse('an integer is not a number')
        return
      case '$':
        return this.#bulkBegins(rest)
      case '*':
        return this.#arrayBegins(rest)
      default:
        // Its beginning has been refused.
    }
  }

  /** Nonsense is refused at its first byte: a peer of another protocol may never send a line end. */
  #checkBeginning(type: string): void {
    if (!'+-:$*'.includes(type)) this.#refuse(`no reply begins with ${JSON.stringify(type)}`)
  }

  #bulkBegins(length: string): void {
    if (length === '-1') this.#valueEnded('_')
    else if (!LENGTH.test(length)) this.#refuse('the length of a string is not a number')
    else if (Number(length) > REPLY_BYTES_MAX) this.#refuse(`a reply has more than ${REPLY_BYTES_MAX} bytes`)
    else this.#bulkLeft = Number(length) + 2
  }

  #arrayBegins(length: string): void {
    if (length === '-1') {
      this.#valueEnded('_')
    } else if (!LENGTH.test(length)) {
      this.#refuse('the length of an array is not a number')
    } else if (Number(length) > REPLY_ITEMS_MAX) {
      this.#refuse(`a reply has more than ${REPLY_ITEMS_MAX} values`)
    } else if (this.#open.length >= REPLY_DEPTH_MAX) {
      this.#refuse(`a reply has more than ${REPLY_DEPTH_MAX} levels`)
    } else if (Number(length) === 0) {
      this.#valueEnded('*')
    } else {
      this.#shape += '*'
      this.#open.push(Number(length))
    }
  }

  #valueEnded(mark: string): void {
    this.#shape += mark
    if (this.#shape.length > REPLY_ITEMS_MAX) this.#refuse(`a reply has more than ${REPLY_ITEMS_MAX} values`)
    for (let missing = this.#open.pop(); missing !== undefined; missing = this.#open.pop()) {
      if (missing > 1) {
        this.#open.push(missing - 1)
        return
      }
    }
    const shape = this.#shape
    const error = this.#error
    this.#shape = ''
    this.#error = undefined
    this.#bytes = 0
    this.#problem ??= this.#onReply(shape, error)
  }

  #count(bytes: number): void {
    this.#bytes += bytes
    if (this.#bytes > REPLY_BYTES_MAX) this.#refuse(`a reply has more than ${REPLY_BYTES_MAX} bytes`)
  }

  #refuse(what: string): void {
    this.#problem ??= `Protocol error: ${what}`
  }
}

/** Decoders take a line for whole at its CR, so nothing but LF may follow, and no LF may come without it. */
function hasStrayReturn(piece: string): boolean {
  const carriageReturn = piece.indexOf('\r')
  if (piece.endsWith('\n')) return carriageReturn === -1 || carriageReturn !== piece.length - 2
  return carriageReturn !== -1 && carriageReturn !== piece.length - 1
}
