/**
 * One connection, as node:http gets it: the head of one request at a time. The next one is passed on when the answer is
 * out, so a client that sends a thousand requests at once, or reads no answers, costs no more than one that sends a
 * single request. Bodies are never passed on: the connection ends after the answer to a request that has one.
 */
import type { Socket } from 'node:net'
import { Duplex } from 'node:stream'

import { answerText, problem, type HttpAnswer } from '../answer.ts'
import { ANSWER_MS_MAX, HEADERS_MS_MAX, KEEP_ALIVE_MS, LINGER_MS } from '../limits.ts'
import { HeadScanner } from './head-scanner.ts'

/**
 * `idle`: no byte of a request has come. `reading`: its head is not complete. `answering`: the answer is awaited or is
 * being sent. `streaming`: events until the end. `lingering`: the last answer was sent.
 */
export type Phase = 'idle' | 'reading' | 'answering' | 'streaming' | 'lingering'

const MALFORMED = 'The request is not HTTP/1.1: lines must end with CR LF, the parts of the first line must have one blank '
  + 'between them, and no header may begin with a blank.'

export class Connection extends Duplex {
  readonly #socket: Socket
  #scanner = new HeadScanner()
  #phase: Phase = 'idle'
  #phaseSince = performance.now()

  constructor(socket: Socket) {
    super()
    this.#socket = socket
    // A connection that breaks is no problem of ours; 'close' follows.
    this.on('error', () => undefined)
    socket.on('error', () => undefined)
    socket.on('close', () => { this.destroy() })
    socket.on('data', (chunk) => { this.#take(chunk) })
    // A client that has closed its side still gets the answer under way.
    socket.on('end', () => { if (this.#phase !== 'answering' && this.#phase !== 'lingering') this.destroy() })
  }

  get phase(): Phase {
    return this.#phase
  }

  /** How long the phase has lasted, in milliseconds. */
  phaseMs(now: number): number {
    return now - this.#phaseSince
  }

  /** Whether the request under way can still be answered. */
  get isAnswering(): boolean {
    return this.#phase === 'answering' && !this.writableEnded
  }

  /** The answer is out: the next request may come. */
  next(): void {
    if (!this.isAnswering) return
    this.#enter('idle')
    if (this.#socket.readableEnded) this.end()
    else this.#socket.resume()
  }

  /** The answer is a stream, and no other request may come. */
  stream(): void {
    this.#enter('streaming')
    // What a reader still sends means nothing, but its end must be noticed.
    this.#socket.resume()
  }

  /** Answers a request that node:http does not have, and ends. */
  refuse(answer: HttpAnswer): void {
    if (this.writableEnded) return
    this.#enter('answering')
    this.end(answerText(answer))
  }

  /** Ends a connection that is slower than it may be. To be called now and then. */
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

  /** Bytes are pushed as they come; node:http takes them at once. */
  override _read(): void {
    // Nothing waits to be read.
  }

  override _write(chunk: Buffer | string, encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#socket.write(chunk, encoding, done)
  }

  /** The client may still be sending: closed at once, its system would drop the answer. */
  override _final(done: () => void): void {
    this.#enter('lingering')
    this.#socket.end(done)
    this.#socket.resume()
  }

  override _destroy(_error: Error | null, done: () => void): void {
    this.#socket.destroy()
    done()
  }
}
