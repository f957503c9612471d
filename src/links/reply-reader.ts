/**
 * Reads RESP2 replies from the bytes of a node (behaviour.md 3.1 and 4.1). Malformed replies and those above the bounds
 * are problems that end the connection. There is no library for it, because the core distinguishes simple and bulk
 * strings, and because a sentinel spends much of its time here.
 */
import type { Reply } from '../core/index.ts'
import { fromWire } from '../resp/index.ts'
import { REPLY_BYTES_MAX, REPLY_DEPTH_MAX, REPLY_ITEMS_MAX, REPLY_LINE_BYTES_MAX } from './limits.ts'

/** Called with each complete reply. Returns why the reply is wrong; undefined when it is right. */
export type OnReply = (reply: Reply) => string | undefined

/** An array whose items have not all been read. */
interface OpenArray {
  readonly items: Reply[]
  missing: number
}

const LINE_FEED = 10
const CARRIAGE_RETURN = 13
const LENGTH = /^\d{1,9}$/
const INTEGER = /^-?\d{1,19}$/
const NULL: Reply = Object.freeze({ kind: 'null' })
/** Frequent replies are one shared object. */
const PONG: Reply = Object.freeze({ kind: 'status', text: 'PONG' })

export class ReplyReader {
  readonly #onReply: OnReply
  #problem: string | undefined
  /** The start of a line whose end has not been read. */
  #line = ''
  /** Bytes of the bulk string that have not been read, its line end included. */
  #bulkLeft = 0
  /** Wire text of the bulk string that has been read, its line end included. */
  #bulk = ''
  /** Incomplete arrays, outermost first. */
  readonly #open: OpenArray[] = []
  /** Values and bytes of the reply so far. */
  #values = 0
  #bytes = 0

  constructor(onReply: OnReply) {
    this.#onReply = onReply
  }

  /** Reads the next bytes. Returns the first problem; after one, the reader is not used any more. */
  read(chunk: Buffer): string | undefined {
    let at = 0
    while (at < chunk.length && this.#problem === undefined) {
      at = this.#bulkLeft > 0 ? this.#readBulk(chunk, at) : this.#readLine(chunk, at)
    }
    return this.#problem
  }

  #readBulk(chunk: Buffer, at: number): number {
    const left = this.#bulkLeft
    const end = Math.min(chunk.length, at + left)
    const lineEnd = at + left - 2
    const endsWrong = (lineEnd >= at && lineEnd < end && chunk[lineEnd] !== CARRIAGE_RETURN)
      || (lineEnd + 1 < end && chunk[lineEnd + 1] !== LINE_FEED)
    if (endsWrong) this.#refuse('a string is longer than it was announced')
    this.#count(end - at)
    this.#bulk += chunk.toString('latin1', at, end)
    this.#bulkLeft = left - (end - at)
    if (this.#bulkLeft === 0) {
      const text = fromWire(this.#bulk.slice(0, -2))
      this.#bulk = ''
      this.#valueEnded({ kind: 'bulk', text })
    }
    return end
  }

  #readLine(chunk: Buffer, at: number): number {
    const lineFeed = chunk.indexOf(LINE_FEED, at)
    const end = lineFeed === -1 ? chunk.length : lineFeed + 1
    this.#line += chunk.toString('latin1', at, end)
    this.#count(end - at)
    // Checked before the length, so that the problem does not depend on how the bytes are divided into chunks.
    this.#checkBeginning(this.#line.charAt(0))
    if (this.#line.length > REPLY_LINE_BYTES_MAX) this.#refuse(`a line has more than ${REPLY_LINE_BYTES_MAX} bytes`)
    if (this.#problem === undefined && lineFeed !== -1) {
      const line = this.#line
      this.#line = ''
      if (line.indexOf('\r') === line.length - 2) this.#takeLine(line.charAt(0), line.slice(1, -2))
      else this.#refuse('a line does not end in CR and LF')
    }
    return end
  }

  #takeLine(type: string, rest: string): void {
    switch (type) {
      case '+':
        return this.#valueEnded(rest === 'PONG' ? PONG : { kind: 'status', text: fromWire(rest) })
      case '-':
        return this.#valueEnded({ kind: 'error', text: fromWire(rest) })
      case ':':
        if (INTEGER.test(rest)) return this.#valueEnded({ kind: 'integer', value: BigInt(rest) })
        this.#refuse('an integer is not a number')
        return
      case '$':
        return this.#bulkBegins(rest)
      default:
        return this.#arrayBegins(rest)
    }
  }

  /** A wrong type is refused at its first byte: a server of another protocol may never send a line end. */
  #checkBeginning(type: string): void {
    if (!'+-:$*'.includes(type)) this.#refuse(`no reply begins with ${JSON.stringify(type)}`)
  }

  #bulkBegins(length: string): void {
    if (length === '-1') this.#valueEnded(NULL)
    else if (!LENGTH.test(length)) this.#refuse('the length of a string is not a number')
    else if (Number(length) > REPLY_BYTES_MAX) this.#refuse(`a reply has more than ${REPLY_BYTES_MAX} bytes`)
    else this.#bulkLeft = Number(length) + 2
  }

  #arrayBegins(length: string): void {
    if (length === '-1') {
      this.#valueEnded(NULL)
    } else if (!LENGTH.test(length)) {
      this.#refuse('the length of an array is not a number')
    } else if (Number(length) > REPLY_ITEMS_MAX) {
      this.#refuse(`a reply has more than ${REPLY_ITEMS_MAX} values`)
    } else if (this.#open.length >= REPLY_DEPTH_MAX) {
      this.#refuse(`a reply has more than ${REPLY_DEPTH_MAX} levels`)
    } else if (Number(length) === 0) {
      this.#valueEnded({ kind: 'array', items: [] })
    } else {
      this.#countValue()
      this.#open.push({ items: [], missing: Number(length) })
    }
  }

  #valueEnded(value: Reply): void {
    this.#countValue()
    let ended = value
    for (let array = this.#open.at(-1); array !== undefined; array = this.#open.at(-1)) {
      array.items.push(ended)
      array.missing -= 1
      if (array.missing > 0) return
      this.#open.pop()
      ended = { kind: 'array', items: array.items }
    }
    this.#values = 0
    this.#bytes = 0
    this.#problem ??= this.#onReply(ended)
  }

  #countValue(): void {
    this.#values += 1
    if (this.#values > REPLY_ITEMS_MAX) this.#refuse(`a reply has more than ${REPLY_ITEMS_MAX} values`)
  }

  #count(bytes: number): void {
    this.#bytes += bytes
    if (this.#bytes > REPLY_BYTES_MAX) this.#refuse(`a reply has more than ${REPLY_BYTES_MAX} bytes`)
  }

  #refuse(what: string): void {
    this.#problem ??= `Protocol error: ${what}`
  }
}
