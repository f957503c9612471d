/**
 * One connection. It has one request at a time: the next one is read when the answer is out, so a client that sends a
 * thousand requests at once, or reads no answers, costs no more than one that sends a single request.
 */
import type { Socket } from 'node:net'

import { problem, type HttpAnswer } from '../answer.ts'
import { ANSWER_MS_MAX, HEADERS_MS_MAX, KEEP_ALIVE_MS, LINGER_MS } from '../limits.ts'
import { RequestBuffer } from './request-buffer.ts'
import type { HeadProblem, RequestHead } from './request-head.ts'
import { responseHead } from './response-text.ts'

/**
 * `idle`: no byte of a request has come. `reading`: its head is not complete. `answering`: the answer is awaited or is
 * being sent. `streaming`: events until the end. `lingering`: the last answer was sent.
 */
export type Phase = 'idle' | 'reading' | 'answering' | 'streaming' | 'lingering'

/** What a stream of events is written to. */
export interface StreamOutput {
  write(text: string): void
  /** Bytes that the reader has not taken yet. */
  readonly unreadBytes: number
  /** Ends after what was written. */
  end(): void
  /** Ends now. */
  destroy(): void
  onClose(listener: () => void): void
}

export interface ConnectionOwner {
  /** To be answered with `answer` or `stream`. */
  request(connection: Connection, head: RequestHead): void
  closed(connection: Connection): void
}

export class Connection {
  readonly #socket: Socket
  readonly #owner: ConnectionOwner
  readonly #buffer = new RequestBuffer()
  #phase: Phase = 'idle'
  #phaseSince = performance.now()
  #head: RequestHead | undefined
  /** No further request is read. */
  #isLast = false

  constructor(socket: Socket, owner: ConnectionOwner) {
    this.#socket = socket
    this.#owner = owner
    socket.setNoDelay(true)
    socket.on('data', (chunk) => { this.#take(chunk) })
    socket.on('end', () => { this.#ended() })
    // A connection that breaks is no problem of ours; 'close' follows.
    socket.on('error', () => undefined)
    socket.on('close', () => { owner.closed(this) })
  }

  get phase(): Phase {
    return this.#phase
  }

  /** How long the phase has lasted, in milliseconds. */
  phaseMs(now: number): number {
    return now - this.#phaseSince
  }

  /** Answers the request under way. Harmless when the client has gone. */
  answer(answer: HttpAnswer): void {
    const head = this.#head
    if (this.#phase !== 'answering' || head === undefined) return
    const keepsAlive = head.keepsAlive && !head.hasBody && answer.headers?.['Connection'] !== 'close'
    this.#write(answer, { keepsAlive, withBody: head.method !== 'HEAD' })
  }

  /** Answers with a stream. */
  stream(headers: Readonly<Record<string, string>>): StreamOutput {
    const socket = this.#socket
    this.#enter('streaming')
    this.#buffer.clear()
    socket.setKeepAlive(true, KEEP_ALIVE_MS)
    // What a reader still sends means nothing, but its end must be noticed.
    socket.resume()
    socket.write(responseHead({ status: 200, headers, keepsAlive: false, now: Date.now() }))
    return {
      write: (text) => { socket.write(text) },
      get unreadBytes() { return socket.writableLength },
      end: () => { socket.end() },
      destroy: () => { socket.destroy() },
      onClose: (listener) => { socket.once('close', listener) },
    }
  }

  destroy(): void {
    this.#socket.destroy()
  }

  get isDestroyed(): boolean {
    return this.#socket.destroyed
  }

  /** Ends a connection that is slower than it may be. To be called now and then. */
  enforceLimits(now: number): void {
    const ms = this.phaseMs(now)
    switch (this.#phase) {
      case 'idle':
        if (ms > KEEP_ALIVE_MS) this.destroy()
        break
      case 'reading':
        if (ms > HEADERS_MS_MAX) this.#refuse({ status: 408, error: 'The request did not come in time.' })
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
    if (this.#isLast || this.#phase === 'streaming') return
    this.#buffer.add(chunk)
    // While a request is answered, what came with it waits.
    if (this.#phase !== 'answering') this.#next()
  }

  #next(): void {
    const head = this.#buffer.take()
    if (head === undefined) {
      if (!this.#buffer.isEmpty && this.#phase === 'idle') this.#enter('reading')
      return
    }
    if ('error' in head) {
      this.#refuse(head)
      return
    }
    this.#head = head
    this.#enter('answering')
    this.#socket.pause()
    this.#owner.request(this, head)
  }

  #refuse({ status, error }: HeadProblem): void {
    this.#enter('answering')
    this.#write(problem(status, error), { keepsAlive: false, withBody: true })
  }

  #write(
    { status, type, body, headers }: HttpAnswer,
    { keepsAlive, withBody }: { readonly keepsAlive: boolean, readonly withBody: boolean },
  ): void {
    this.#head = undefined
    const head = responseHead({
      status, keepsAlive, now: Date.now(), headers: {
        'Content-Type': type,
        'Content-Length': Buffer.byteLength(body),
        'Cache-Control': 'no-store',
        'X-Content-Type-Options': 'nosniff',
        ...headers,
      },
    })
    const text = withBody ? head + body : head
    if (keepsAlive) this.#socket.write(text, (error) => { this.#sent(error) })
    else this.#linger(text)
  }

  #sent(error: Error | null | undefined): void {
    if (error) return
    this.#enter('idle')
    this.#next()
    if (this.#phase === 'idle' || this.#phase === 'reading') this.#socket.resume()
  }

  /** The client may still be sending: closed at once, its system would drop the answer. */
  #linger(text: string): void {
    this.#isLast = true
    this.#buffer.clear()
    this.#socket.end(text, () => { this.#enter('lingering') })
    this.#socket.resume()
  }

  /** The client sends nothing more. It is noticed when no answer is under way, since reading is paused meanwhile. */
  #ended(): void {
    if (!this.#isLast) this.destroy()
  }
}
