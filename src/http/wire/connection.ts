/**
 * One connection, as node:http gets it: the head of one request at a time. The next one is passed on when the answer
 * was sent, so a client that sends a thousand requests at once, or reads no answers, costs no more than one that sends
 * a single request. Bodies are never passed on: the connection ends after the answer to a request that has one.
 */
import type { Socket } from 'node:net'
import { Duplex } from 'node:stream'

import { hostAndPort } from '../../text/index.ts'
import { answerText, problem, type HttpAnswer } from '../answer.ts'
import { ANSWER_MS_MAX, HEADERS_MS_MAX, KEEP_ALIVE_MS, LINGER_MS } from '../limits.ts'
import { HeadScanner } from './head-scanner.ts'

/**
 * The state of a connection. `idle`: no byte of a request has arrived. `reading`: the head of a request is not
 * complete. `answering`: the answer is being made or sent. `streaming`: events are sent until the connection ends.
 * `lingering`: the last answer was sent.
 */
export type Phase = 'idle' | 'reading' | 'answering' | 'streaming' | 'lingering'

interface AwaitedBody {
  readonly length: number
  readonly chunks: Buffer[]
  readonly resolve: (body: Buffer | undefined) => void
}

const MALFORMED = 'The request is not HTTP/1.1: lines must end with CR LF, the parts of the first line must have one blank '
  + 'between them, and no header may begin with a blank.'

export class Connection extends Duplex {
  readonly #socket: Socket
  #scanner = new HeadScanner()
  #phase: Phase = 'idle'
  #phaseSince = performance.now()
  /** The body that is being read. */
  #body: AwaitedBody | undefined

  constructor(socket: Socket) {
    super()
    this.#socket = socket
    // A broken connection is not an error of this program. The event 'close' follows.
    this.on('error', () => undefined)
    socket.on('error', () => undefined)
    socket.on('close', () => { this.destroy() })
    socket.on('data', (chunk) => { this.#take(chunk) })
    // A client that has closed its sending side still gets the answer to its request.
    socket.on('end', () => { if (this.#phase !== 'answering' && this.#phase !== 'lingering') this.destroy() })
  }

  get phase(): Phase {
    return this.#phase
  }

  /** How long the connection has been in its phase, in milliseconds. */
  phaseMs(now: number): number {
    return now - this.#phaseSince
  }

  /** Whether the present request can still be answered. */
  get isAnswering(): boolean {
    return this.#phase === 'answering' && !this.writableEnded
  }

  /** Called when the answer was sent: the next request is read. */
  next(): void {
    if (!this.isAnswering) return
    this.#enter('idle')
    if (this.#socket.readableEnded) this.end()
    else this.#socket.resume()
  }

  /** Makes the answer a stream. No other request is read. */
  stream(): void {
    this.#enter('streaming')
    // Input of the client has no meaning, but reading it detects the end of the connection.
    this.#socket.resume()
  }

  /** Reads the body of the present request, which node:http does not get; undefined when the connection ends before. */
  readBody(length: number): Promise<Buffer | undefined> {
    if (length === 0) return Promise.resolve(Buffer.alloc(0))
    return new Promise((resolve) => {
      this.#body = { length, chunks: [], resolve }
      this.#socket.resume()
    })
  }

  /** The address of the client. */
  get remoteAddress(): string {
    return hostAndPort(this.#socket.remoteAddress ?? 'unknown', this.#socket.remotePort ?? 0)
  }

  /** Answers a request in place of node:http, and ends the connection. */
  refuse(answer: HttpAnswer): void {
    if (this.writableEnded) return
    this.#enter('answering')
    this.end(answerText(answer))
  }

  /** Ends the connection when its phase has lasted too long. To be called at intervals. */
  enforceLimits(now: number): void {
    const ms = this.phaseMs(now)
    switch (this.#phase) {
      case 'idle':
        if (ms > KEEP_ALIVE_MS) this.destroy()
        break
      case 'reading':
        if (ms > HEADERS_MS_MAX) this.refuse(problem(408, `The request was not complete within ${HEADERS_MS_MAX / 1000} s.`))
        break
      case 'answering':
        if (ms > ANSWER_MS_MAX) this.destroy()
        break
      case 'lingering':
        if (ms > LINGER_MS) this.destroy()
        break
      case 'streaming':
    }
  }

  #enter(phase: Phase): void {
    this.#phase = phase
    this.#phaseSince = performance.now()
  }

  #take(chunk: Buffer): void {
    if (this.#body !== undefined && this.#phase === 'answering') {
      this.#takeBody(this.#body, chunk)
      return
    }
    if (this.#phase !== 'idle' && this.#phase !== 'reading') return
    const end = this.#scanner.take(chunk)
    if (end === 'malformed') {
      this.refuse(problem(400, MALFORMED))
    } else if (end === 'unfinished') {
      if (this.#phase === 'idle' && this.#scanner.hasBegun) this.#enter('reading')
      this.push(chunk)
    } else {
      this.#socket.pause()
      if (end < chunk.length) this.#socket.unshift(chunk.subarray(end))
      this.#scanner = new HeadScanner()
      this.#enter('answering')
      this.push(chunk.subarray(0, end))
    }
  }

  #takeBody({ length, chunks, resolve }: AwaitedBody, chunk: Buffer): void {
    chunks.push(chunk)
    const body = Buffer.concat(chunks)
    if (body.length < length) return
    // The connection ends after the answer: what follows the body is not read.
    this.#body = undefined
    this.#socket.pause()
    resolve(body.subarray(0, length))
  }

  /** Input is pushed when it arrives, because node:http reads it at once. */
  override _read(): void {
    // No input waits to be read.
  }

  override _write(chunk: Buffer | string, encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#socket.write(chunk, encoding, done)
  }

  /**
   * Keeps reading after the answer. If the connection was closed while the client is still sending, the client's system
   * would drop the answer.
   */
  override _final(done: () => void): void {
    this.#enter('lingering')
    this.#socket.end(done)
    this.#socket.resume()
  }

  override _destroy(_error: Error | null, done: () => void): void {
    this.#socket.destroy()
    this.#body?.resolve(undefined)
    this.#body = undefined
    done()
  }
}
