import type { Socket } from 'node:net'

import type { Worker } from '../commands/index.ts'
import { clientLine, Control, Deferred } from '../commands/index.ts'
import type { RequestFailure } from '../resp/index.ts'
import { error, RequestReader } from '../resp/index.ts'
import type { ClientRecord } from './client-record.ts'
import type { RegisteredConnection } from './client-registry.ts'
import type { ConnectionHost } from './connection-host.ts'
import { failureLogLine } from './failure-log-line.ts'
import {
  HELD_INPUT_BYTES_MAX, REPLY_BATCH_BYTES, SLICE_MS, SLICE_REQUESTS, UNAUTHENTICATED_REPLY_BYTES_MAX,
  UNSENT_REPLY_BYTES_MAX,
} from './limits.ts'
import type { Replies } from './replies.ts'

/** The part of a connection that its requests use. */
export interface RequestsOwner extends RegisteredConnection {
  readonly client: ClientRecord
  /** No further request may run. */
  readonly willClose: boolean
  /** More output waits than allowed: cut the connection. */
  cutForOutput(): void
  /** Closes the connection when its replies are sent. */
  endAfterFlush(): void
}

const INTERNAL_ERROR = error('ERR Internal error. Check server logs.')

/**
 * The requests of one connection, in order. All requests of one chunk run together, as far as the turn's time allows,
 * and their replies are sent in one write. While an answer is outstanding that others must wait for, or CLIENT PAUSE
 * holds a request back, or the client does not read, later requests wait in the reader.
 */
export class RequestLoop implements Worker {
  readonly #owner: RequestsOwner
  readonly #client: ClientRecord
  readonly #socket: Socket
  readonly #host: ConnectionHost
  readonly #replies: Replies
  readonly #reader: RequestReader
  /** The request that CLIENT PAUSE delays. */
  #held: readonly string[] | undefined
  /** Bytes of the replies to one chunk of requests; counted until the client has logged in. */
  #answeredBytes = 0
  #isWaiting = false
  #inputEnded = false

  constructor(owner: RequestsOwner, socket: Socket, host: ConnectionHost, replies: Replies) {
    const { client } = owner
    this.#owner = owner
    this.#client = client
    this.#socket = socket
    this.#host = host
    this.#replies = replies
    this.#reader = new RequestReader({
      limits: host.settings.requestLimits,
      isAuthenticated: () => client.authenticated,
    })
  }

  get isStranger(): boolean {
    return !this.#client.authenticated
  }

  /** Bytes of requests that have not run. */
  get bufferedBytes(): number {
    return this.#reader.bufferedBytes
  }

  receive(chunk: Buffer): void {
    this.#reader.push(chunk)
    this.run()
  }

  /** The peer sends no more. What it sent before is still answered, as `nc` users expect. */
  endInput(): void {
    this.#inputEnded = true
    if (this.#held !== undefined) this.#owner.close()
    else if (!this.#isBlocked()) this.run()
  }

  /** Requests that waited for answers run, or the connection ends with its last answer. */
  onAnswersSent(): void {
    if (!this.#owner.willClose) this.run()
    else if (!this.#replies.isOutstanding) this.#owner.endAfterFlush()
  }

  /** Drops the requests that have not run. */
  stop(): void {
    this.#host.turns.leave(this)
    this.#host.input.forget(this)
  }

  /** Runs requests now, or when other clients have had their turn. */
  run(): void {
    const { turns } = this.#host
    if (!this.#isBlocked() && (!turns.mayWork(this) || this.work())) {
      this.#isWaiting = true
      turns.wait(this)
    }
    if (this.#isBlocked() && this.#reader.bufferedBytes > HELD_INPUT_BYTES_MAX) this.#socket.pause()
  }

  /** Runs requests until none is left, one must wait, or other clients must run. True: there may be more. */
  work(): boolean {
    this.#isWaiting = false
    const { counters } = this.#host
    const before = counters.commandsProcessed
    let wire = ''
    let until: number | undefined
    for (let count = 1; !this.#isBlocked(); count += 1) {
      const request = this.#held ?? this.#reader.next()
      if (request === undefined) {
        this.#answeredBytes = 0
        break
      }
      this.#held = undefined
      const reply = this.#runSafely(request)
      wire += reply
      if (!this.#client.authenticated && this.#answersTooMuch(reply.length)) {
        this.#owner.cutForOutput()
        return false
      }
      if (this.#held !== undefined) break
      this.#isWaiting = wire.length > REPLY_BATCH_BYTES
      if (count % SLICE_REQUESTS === 0) {
        const now = performance.now()
        until ??= now + SLICE_MS
        this.#isWaiting ||= now > until
      }
    }
    counters.commandRate.record(counters.commandsProcessed - before, this.#client.lastInteractionAt)
    if (wire !== '') this.#replies.write(wire)
    this.#countInput()
    this.#afterWork()
    return this.#isWaiting
  }

  /** Bounds the replies to clients that have not logged in: small requests can cause large replies. */
  #answersTooMuch(bytes: number): boolean {
    this.#answeredBytes += bytes
    return Math.max(this.#answeredBytes, this.#replies.pendingBytes) > UNAUTHENTICATED_REPLY_BYTES_MAX
  }

  /** Cuts the connection when unfinished requests of all connections exceed their bound. */
  #countInput(): void {
    const { bufferedBytes } = this.#reader
    if (!this.#host.input.fits(this, bufferedBytes)) this.#fail({ kind: 'buffer-overflow', bytes: bufferedBytes })
  }

  /** An internal error in one command must not end the process, which monitors other masters. */
  #runSafely(request: readonly string[]): string {
    try {
      return this.#runOne(request)
    } catch (cause) {
      const reason = cause instanceof Error ? cause.stack ?? cause.message : String(cause)
      const where = this.#client.lastCommand ?? 'unknown'
      this.#host.logger.log('warning', `Internal error in command '${where}': ${reason.replace(/\s*\n\s*/g, ' | ')}`)
      return this.#replies.put(INTERNAL_ERROR)
    }
  }

  /** The reply as wire text; empty when there is none, or none yet. */
  #runOne(request: readonly string[]): string {
    const answer = this.#host.dispatcher.run(request, this.#client)
    if (answer instanceof Deferred) return this.#replies.putLater(answer)
    if (!(answer instanceof Control)) return this.#replies.put(answer)
    switch (answer.action) {
      case 'stay-silent':
        break
      case 'close':
        this.#owner.close()
        break
      case 'retry-later':
        this.#held = request
        this.#host.registry.hold(this.#owner)
        break
    }
    return ''
  }

  #isBlocked(): boolean {
    return this.#isWaiting || this.#owner.willClose || this.#replies.isBlocking
      || this.#replies.pendingBytes > UNSENT_REPLY_BYTES_MAX
  }

  #afterWork(): void {
    if (this.#replies.isOutstanding || this.#isWaiting) return
    if (this.#owner.willClose) {
      this.#owner.endAfterFlush()
      return
    }
    const failure = this.#reader.failure
    if (failure !== undefined) {
      this.#fail(failure)
    } else if (this.#inputEnded && this.#replies.pendingBytes <= UNSENT_REPLY_BYTES_MAX) {
      this.#owner.endAfterFlush()
    } else if (this.#socket.isPaused() && !this.#isBlocked() && this.#held === undefined) {
      this.#socket.resume()
    }
  }

  #fail(failure: RequestFailure): void {
    const { counters, logger, now } = this.#host
    const line = clientLine(this.#client, now().mono)
    const { level, text } = failureLogLine(failure, line, this.#reader)
    logger.log(level, text)
    if (failure.kind === 'buffer-overflow') {
      counters.queryBufferDisconnections += 1
      this.#owner.close()
      return
    }
    this.#replies.write(this.#replies.put(error(`ERR Protocol error: ${failure.reason}`)))
    this.#owner.endAfterFlush()
  }
}
