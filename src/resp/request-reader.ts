import { parseFrames } from './frame-parser.ts'
import { FrameScanner, tooManyWords } from './frame-scanner.ts'
import type { ScanOutcome } from './frame-scanner.ts'
import { splitInlineRequest } from './inline-request.ts'
import {
  DEFAULT_REQUEST_LIMITS, LINE_BYTES_MAX, REQUEST_WORDS_MAX, UNAUTHENTICATED_BUFFER_BYTES_MAX,
} from './limits.ts'
import type { RequestLimits } from './limits.ts'
import { protocolError } from './protocol-error.ts'
import type { RequestFailure } from './protocol-error.ts'
import { MEMO_INPUT_BYTES_MAX, RequestMemo } from './request-memo.ts'

export interface RequestReaderOptions {
  readonly limits?: RequestLimits
  /** Called before requests are read: while it returns false, the small limits apply (protocol.md 5.1). */
  readonly isAuthenticated: () => boolean
}

const STAR = 42
const LF = 10
const NOTHING = Buffer.alloc(0)
const NO_REQUESTS: readonly (readonly string[])[] = []
const memo = new RequestMemo()

/**
 * Reads the requests in the bytes of one connection; it does not use the socket. Requests are returned one at a time,
 * because executing one (AUTH) may change how the next is read.
 *
 * Multibulk requests are scanned first (`FrameScanner`) and then given to redis-parser, as many whole ones at a time as
 * there are; inline requests have their own splitter. After a failure nothing more is read.
 */
export class RequestReader {
  readonly #limits: RequestLimits
  readonly #isAuthenticated: () => boolean
  readonly #scanner = new FrameScanner()
  /** Unread bytes are those from #start to #end. */
  #bytes: Buffer = NOTHING
  #start = 0
  #end = 0
  /** Whether #bytes is our own copy with space after #end, and not the chunk that came from the socket. */
  #isCopy = false
  #ready: readonly (readonly string[])[] = NO_REQUESTS
  #nextReady = 0
  #failure: RequestFailure | undefined

  constructor(options: RequestReaderOptions) {
    this.#limits = options.limits ?? DEFAULT_REQUEST_LIMITS
    this.#isAuthenticated = options.isAuthenticated
  }

  /** Why reading ended; undefined until all requests before the failure have been returned. */
  get failure(): RequestFailure | undefined {
    return this.#nextReady < this.#ready.length ? undefined : this.#failure
  }

  /** Bytes that have not been read. */
  get bufferedBytes(): number {
    return this.#end - this.#start
  }

  /** The unread bytes, from the first one on, at most `count`; for the log. */
  sample(count: number): Buffer {
    return this.#bytes.subarray(this.#start, Math.min(this.#end, this.#start + count))
  }

  push(chunk: Buffer): void {
    if (this.#failure !== undefined) return
    if (this.#start === this.#end) {
      this.#hold(chunk, chunk.length, { isCopy: false })
      return
    }
    const waiting = this.#end - this.#start
    if (!this.#isCopy || this.#bytes.length - this.#end < chunk.length) {
      // Doubling keeps the cost of copying linear for a request in many small pieces.
      const roomier = Buffer.allocUnsafe(Math.max(waiting * 2, waiting + chunk.length))
      this.#bytes.copy(roomier, 0, this.#start, this.#end)
      this.#hold(roomier, waiting, { isCopy: true })
    }
    chunk.copy(this.#bytes, this.#end)
    this.#end += chunk.length
  }

  /** The next request, with at least one word. Undefined when more bytes are needed or reading has failed. */
  next(): readonly string[] | undefined {
    if (this.#nextReady >= this.#ready.length) {
      this.#ready = NO_REQUESTS
      this.#nextReady = 0
      if (this.#failure === undefined) this.#read()
    }
    const request = this.#ready[this.#nextReady]
    if (request !== undefined) this.#nextReady += 1
    return request
  }

  #hold(bytes: Buffer, length: number, { isCopy }: { readonly isCopy: boolean }): void {
    this.#bytes = bytes
    this.#start = 0
    this.#end = length
    this.#isCopy = isCopy
  }

  /** Fills #ready with at least one request, or sets #failure, or returns because bytes are missing. */
  #read(): void {
    // One at a time until the client is authenticated: AUTH changes the limits of the requests after it.
    const framesMax = this.#isAuthenticated() ? Infinity : 1
    while (this.#ready.length === 0 && this.#failure === undefined && this.#start < this.#end) {
      const progress = this.#bytes[this.#start] === STAR ? this.#readFrames(framesMax) : this.#readInline()
      if (!progress) break
    }
    if (this.#start === this.#end) this.#hold(NOTHING, 0, { isCopy: false })
    else if (this.#ready.length === 0 && this.#failure === undefined) this.#checkBuffer()
  }

  /** Whether anything was read or skipped. */
  #readFrames(framesMax: number): boolean {
    // Requests before a login are not remembered: smaller limits apply to them, and they contain secrets.
    const isWhole = framesMax === Infinity && this.#start === 0 && this.#end === this.#bytes.length && !this.#isCopy
      && this.#end <= MEMO_INPUT_BYTES_MAX && this.#limits.bulkBytesMax >= MEMO_INPUT_BYTES_MAX
    const known = isWhole ? memo.find(this.#bytes) : undefined
    if (known !== undefined) {
      this.#ready = known
      this.#start = this.#end
      return true
    }
    const first = this.#start
    let frames = 0
    let outcome: ScanOutcome = 'complete'
    const limits = { authenticated: this.#isAuthenticated(), bulkBytesMax: this.#limits.bulkBytesMax }
    while (frames < framesMax && this.#start < this.#end && this.#bytes[this.#start] === STAR) {
      outcome = this.#scanner.scan(this.#bytes, this.#start, this.#end, limits)
      // An empty frame ends the run, because redis-parser must get whole requests only.
      if (outcome !== 'complete') break
      frames += 1
      this.#start += this.#scanner.length
      this.#scanner.reset()
    }
    if (frames > 0) this.#ready = parseFrames(this.#bytes.subarray(first, this.#start))
    if (isWhole && this.#start === this.#end && outcome === 'complete') memo.note(this.#bytes, this.#ready)
    if (outcome === 'empty') {
      this.#start += this.#scanner.length
      this.#scanner.reset()
      return true
    }
    if (typeof outcome === 'object') this.#failure = outcome
    return frames > 0
  }

  #readInline(): boolean {
    const lineFeed = this.#bytes.indexOf(LF, this.#start)
    if (lineFeed < 0 || lineFeed >= this.#end) {
      if (this.bufferedBytes > LINE_BYTES_MAX) this.#failure = protocolError('too big inline request')
      return false
    }
    if (lineFeed - this.#start > LINE_BYTES_MAX) {
      this.#failure = protocolError('too big inline request')
      return false
    }
    const hasReturn = lineFeed > this.#start && this.#bytes[lineFeed - 1] === 13
    const line = this.#bytes.toString('latin1', this.#start, hasReturn ? lineFeed - 1 : lineFeed)
    const words = splitInlineRequest(line)
    if (words === undefined) {
      this.#failure = protocolError('unbalanced quotes in request', 'unbalanced quotes in inline request')
      return false
    }
    if (words.length > REQUEST_WORDS_MAX) {
      this.#failure = tooManyWords()
      return false
    }
    this.#start = lineFeed + 1
    if (words.length > 0) this.#ready = [words]
    return true
  }

  #checkBuffer(): void {
    const allowed = this.#isAuthenticated() ? this.#limits.bufferBytesMax : UNAUTHENTICATED_BUFFER_BYTES_MAX
    if (this.bufferedBytes > allowed) this.#failure = { kind: 'buffer-overflow', bytes: this.bufferedBytes }
  }
}
