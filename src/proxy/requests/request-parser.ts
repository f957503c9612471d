/** Finds the requests in what a client sends. Pure. */
import { FrameScanner, splitInlineRequest, type ScanLimits } from '../../resp/index.ts'
import { INLINE_BYTES_MAX } from './limits.ts'
import { encodeRequest } from './request-words.ts'
import { SCAN_LIMITS } from './run.ts'

/** Until a client has logged in it may send short requests alone, as with a server. */
export const STRANGER_LIMITS: ScanLimits = { ...SCAN_LIMITS, authenticated: false }

const STAR = 42
const LF = 10
const CR = 13

/** What is done with requests. */
export interface RequestTaker {
  /** One complete request. Returns false when it has to wait: it is given again. */
  take(bytes: Buffer, start: number, end: number): boolean
  /** The bytes of the next request do not follow those of the requests before. */
  endOfRun(): void
  /** The client breaks the protocol: nothing more of it is looked at. */
  refuse(reason: string): void
}

export class RequestParser {
  readonly #taker: RequestTaker
  readonly #scanner = new FrameScanner()

  constructor(taker: RequestTaker) {
    this.#taker = taker
  }

  /** Takes the request at `at`. Returns the position behind it; `at` when it is not complete or has to wait. */
  parse(bytes: Buffer, at: number, end: number, limits: ScanLimits): number {
    return bytes[at] === STAR ? this.#parseFrame(bytes, at, end, limits) : this.#parseInline(bytes, at, end)
  }

  #parseFrame(bytes: Buffer, at: number, end: number, limits: ScanLimits): number {
    const outcome = this.#scanner.scan(bytes, at, end, limits)
    if (outcome === 'incomplete') return at
    if (outcome !== 'complete' && outcome !== 'empty') return this.#refuse(outcome.reason, end)
    const next = at + this.#scanner.length
    this.#scanner.reset()
    if (outcome === 'empty') {
      this.#taker.endOfRun()
      return next
    }
    return this.#taker.take(bytes, at, next) ? next : at
  }

  #parseInline(bytes: Buffer, at: number, end: number): number {
    const found = bytes.subarray(0, end).indexOf(LF, at)
    if ((found < 0 ? end : found) - at > INLINE_BYTES_MAX) return this.#refuse('too big inline request', end)
    if (found < 0) return at
    const words = splitInlineRequest(bytes.toString('latin1', at, bytes[found - 1] === CR && found > at ? found - 1 : found))
    if (words === undefined) return this.#refuse('unbalanced quotes in request', end)
    this.#taker.endOfRun()
    if (words.length === 0) return found + 1
    const request = encodeRequest(words)
    const isTaken = this.#taker.take(request, 0, request.length)
    this.#taker.endOfRun()
    return isTaken ? found + 1 : at
  }

  #refuse(reason: string, end: number): number {
    this.#taker.refuse(reason)
    return end
  }
}
