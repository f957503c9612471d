import type { Socket } from 'node:net'

import type { ClientBuffers, Dispatcher, SubscriptionKind, Worker } from '../commands/index.ts'
import { clientLine, clientType, Control, Deferred, subscriptionCount } from '../commands/index.ts'
import type { Now } from '../core/index.ts'
import type { Logger } from '../ports/index.ts'
import type { ProtocolVersion, RequestFailure, RespValue } from '../resp/index.ts'
import { encode, error, isError, RequestReader } from '../resp/index.ts'
import { AnswerQueue } from './answer-queue.ts'
import type { ClientOrigin, ClientOwner } from './client-record.ts'
import { ClientRecord } from './client-record.ts'
import type { Registry, RegisteredConnection } from './client-registry.ts'
import type { Counters } from './counters.ts'
import type { DeliveryRound } from './delivery-round.ts'
import { failureLogLine } from './failure-log-line.ts'
import type { InputBudget } from './input-budget.ts'
import {
  CLOSING_MS_MAX, HELD_INPUT_BYTES_MAX, REPLY_BATCH_BYTES, SLICE_MS, SLICE_REQUESTS, UNAUTHENTICATED_REPLY_BYTES_MAX,
  UNSENT_REPLY_BYTES_MAX,
} from './limits.ts'
import { OutputBuffer } from './output-buffer.ts'
import type { ServerSettings } from './settings.ts'
import type { Subscriber, Subscriptions } from './subscriptions.ts'
import { connectionErrorText } from './tls-failure.ts'
import type { Turns } from './turns.ts'

/** What all connections share. */
export interface ConnectionHost {
  readonly dispatcher: Dispatcher
  readonly registry: Registry
  readonly subscriptions: Subscriptions
  readonly counters: Counters
  readonly deliveries: DeliveryRound
  readonly turns: Turns
  readonly input: InputBudget
  readonly settings: ServerSettings
  readonly now: () => Now
  readonly logger: Logger
}

const INTERNAL_ERROR = error('ERR Internal error. Check server logs.')

/**
 * One connection: bytes to requests, requests to answers, answers to bytes, in order. All requests of one chunk
 * run together, as far as the turn's time allows, and their replies are sent in one write. While an answer is
 * outstanding that others must wait for, or CLIENT PAUSE holds a request back, or the client does not read, later
 * requests wait in the reader.
 */
export class Connection implements ClientOwner, RegisteredConnection, Subscriber, Worker {
  readonly client: ClientRecord
  readonly #socket: Socket
  readonly #host: ConnectionHost
  readonly #reader: RequestReader
  readonly #output: OutputBuffer
  /** The request that CLIENT PAUSE delays. */
  #held: readonly string[] | undefined
  readonly #answers = new AnswerQueue(() => { this.#onAnswer() })
  #isAnswering = false
  #state: 'open' | 'closing' | 'closed' = 'open'
  /** Bytes of the replies to one chunk of requests; counted until the client has logged in. */
  #answeredBytes = 0
  #isReplyLast = false
  #isWaiting = false
  #inputEnded = false

  constructor(
    socket: Socket, origin: ClientOrigin, host: ConnectionHost, options: { readonly authenticated: boolean },
  ) {
    this.#socket = socket
    this.#host = host
    this.client = new ClientRecord(origin, this, options)
    this.#reader = new RequestReader({
      limits: host.settings.requestLimits,
      isAuthenticated: () => this.client.authenticated,
    })
    const { outputLimits } = host.settings
    this.#output = new OutputBuffer({
      socket,
      counters: host.counters,
      deliveries: host.deliveries,
      now: host.now,
      limit: () => outputLimits[clientType(this.client)],
      onOverflow: () => { this.#overflow() },
    })
  }

  get protocol(): ProtocolVersion {
    return this.client.protocol
  }

  get isStranger(): boolean {
    return !this.client.authenticated
  }

  get willClose(): boolean {
    return this.#isReplyLast || this.#state !== 'open'
  }

  start(): void {
    const socket = this.#socket
    socket.on('data', (chunk: Buffer) => { this.#onData(chunk) })
    socket.on('end', () => { this.#onEnd() })
    socket.on('drain', () => { this.#run() })
    socket.on('error', (cause) => { this.#onError(cause) })
    socket.on('close', () => { this.#release() })
    const { idleTimeoutSeconds } = this.#host.settings
    if (idleTimeoutSeconds > 0) {
      socket.setTimeout(idleTimeoutSeconds * 1000)
      socket.on('timeout', () => { this.#onIdle() })
    }
  }

  deliver(frame: Buffer): void {
    if (this.#state !== 'open') return
    if (!this.#answers.isOutstanding) this.#output.deliver(frame)
    else if (!this.#answers.hold(frame)) this.#overflow()
  }

  resume(): void {
    this.#run()
  }

  closeAfterReply(): void {
    this.#isReplyLast = true
  }

  close(): void {
    this.#release()
    this.#socket.destroy()
  }

  onSubscribe(kind: SubscriptionKind, name: string): void {
    this.#host.subscriptions.add(kind, name, this)
  }

  onUnsubscribe(kind: SubscriptionKind, name: string): void {
    this.#host.subscriptions.remove(kind, name, this)
  }

  buffers(): ClientBuffers {
    const outputBytes = this.#output.pendingBytes
    return {
      queryBytes: this.#reader.bufferedBytes,
      queryFreeBytes: 0,
      argumentBytes: 0,
      outputBytes,
      outputItems: outputBytes > 0 ? 1 : 0,
    }
  }

  #onData(chunk: Buffer): void {
    const { counters, now } = this.#host
    const { mono } = now()
    counters.noteInput(chunk.length, mono)
    this.client.lastInteractionAt = mono
    if (this.#state !== 'open') return
    this.#reader.push(chunk)
    this.#run()
  }

  /** Run requests now, or when other clients have had their turn. */
  #run(): void {
    const { turns } = this.#host
    if (!this.#isBlocked() && (!turns.mayWork(this) || this.work())) {
      this.#isWaiting = true
      turns.wait(this)
    }
    if (this.#isBlocked() && this.#reader.bufferedBytes > HELD_INPUT_BYTES_MAX) this.#socket.pause()
  }

  /** Run requests until there are none, one must wait, or others have their turn. True: there may be more. */
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
      if (!this.client.authenticated && this.#answersTooMuch(reply.length)) {
        this.#overflow()
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
    counters.commandRate.record(counters.commandsProcessed - before, this.client.lastInteractionAt)
    if (wire !== '') this.#output.write(wire)
    this.#countInput()
    this.#afterRun()
    return this.#isWaiting
  }

  /** Bounds the replies to clients that have not logged in: small requests can cause large replies. */
  #answersTooMuch(bytes: number): boolean {
    this.#answeredBytes += bytes
    return Math.max(this.#answeredBytes, this.#output.pendingBytes) > UNAUTHENTICATED_REPLY_BYTES_MAX
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
      const where = this.client.lastCommand ?? 'unknown'
      this.#host.logger.log('warning', `Internal error in command '${where}': ${reason.replace(/\s*\n\s*/g, ' | ')}`)
      return this.#answers.put(this.#encode(INTERNAL_ERROR))
    }
  }

  /** The reply as wire text; empty when there is none, or none yet. */
  #runOne(request: readonly string[]): string {
    const answer = this.#host.dispatcher.run(request, this.client)
    if (answer instanceof Deferred) return this.#await(answer)
    if (!(answer instanceof Control)) return this.#answers.put(this.#encode(answer))
    switch (answer.action) {
      case 'stay-silent':
        break
      case 'close':
        this.close()
        break
      case 'retry-later':
        this.#held = request
        this.#host.registry.hold(this)
        break
    }
    return ''
  }

  #encode(value: RespValue, protocol = this.client.protocol): string {
    if (isError(value)) this.#host.counters.errorReplies += 1
    return encode(value, protocol)
  }

  /** The reply, if it is complete at once and no other is before it. */
  #await(answer: Deferred): string {
    const { protocol } = this.client
    return this.#answers.start(answer, (value) => this.#encode(value, protocol))
  }

  /** One save may complete many answers: they are sent together. */
  #onAnswer(): void {
    if (this.#isAnswering) return
    this.#isAnswering = true
    process.nextTick(() => {
      this.#isAnswering = false
      this.#writeAnswers()
    })
  }

  #writeAnswers(): void {
    if (this.#state !== 'open') return
    const wire = this.#answers.takeReady()
    if (wire !== '') this.#output.write(wire)
    if (!this.#answers.isOutstanding) for (const frame of this.#answers.takePushes()) this.#output.deliver(frame)
    if (!this.#isReplyLast) this.#run()
    else if (!this.#answers.isOutstanding) this.#endAfterFlush()
  }

  #isBlocked(): boolean {
    return this.#state !== 'open' || this.#isReplyLast || this.#answers.isBlocking || this.#isWaiting
      || this.#output.pendingBytes > UNSENT_REPLY_BYTES_MAX
  }

  #afterRun(): void {
    if (this.#state !== 'open' || this.#answers.isOutstanding || this.#isWaiting) return
    if (this.#isReplyLast) {
      this.#endAfterFlush()
      return
    }
    const failure = this.#reader.failure
    if (failure !== undefined) {
      this.#fail(failure)
    } else if (this.#inputEnded && this.#output.pendingBytes <= UNSENT_REPLY_BYTES_MAX) {
      this.#endAfterFlush()
    } else if (this.#socket.isPaused() && !this.#isBlocked() && this.#held === undefined) {
      this.#socket.resume()
    }
  }

  #fail(failure: RequestFailure): void {
    const { counters, logger, now } = this.#host
    const line = clientLine(this.client, now().mono)
    const { level, text } = failureLogLine(failure, line, this.#reader)
    logger.log(level, text)
    if (failure.kind === 'buffer-overflow') {
      counters.queryBufferDisconnections += 1
      this.close()
      return
    }
    this.#output.write(this.#encode(error(`ERR Protocol error: ${failure.reason}`)))
    this.#endAfterFlush()
  }

  #overflow(): void {
    const { counters, logger, now } = this.#host
    counters.outputBufferDisconnections += 1
    logger.log('warning', `Client ${clientLine(this.client, now().mono)} closed for overcoming of output buffer limits.`)
    this.close()
  }

  /** Handles no more requests; written bytes are still sent, if the peer reads them in time. */
  #endAfterFlush(): void {
    if (this.#state !== 'open') return
    this.#state = 'closing'
    this.#output.sendHeld()
    this.#socket.end(() => { this.#release() })
    this.#socket.resume()
    const timer = setTimeout(() => { this.close() }, CLOSING_MS_MAX).unref()
    this.#socket.once('close', () => { clearTimeout(timer) })
  }

  /** The peer sends no more. What it sent before is still answered, as `nc` users expect. */
  #onEnd(): void {
    this.#inputEnded = true
    if (this.#held !== undefined) this.close()
    else if (!this.#isBlocked()) this.#run()
  }

  #onIdle(): void {
    if (subscriptionCount(this.client) > 0) return
    this.#host.logger.log('verbose', 'Closing idle client')
    this.close()
  }

  #onError(cause: Error): void {
    this.#host.logger.log('verbose', `Reading from client: ${connectionErrorText(cause)}`)
    this.close()
  }

  /** Removes the client from all registries at once, even if its socket closes later. */
  #release(): void {
    if (this.#state === 'closed') return
    const { input, logger, now, registry, subscriptions, turns } = this.#host
    logger.log('verbose', `Client closed connection ${clientLine(this.client, now().mono)}`)
    this.#state = 'closed'
    this.#answers.cancel()
    this.#output.dispose()
    for (const channel of this.client.channels) subscriptions.remove('channel', channel, this)
    for (const pattern of this.client.patterns) subscriptions.remove('pattern', pattern, this)
    registry.remove(this)
    turns.leave(this)
    input.forget(this)
  }
}
