import type { Socket } from 'node:net'

import { clientType, type Deferred } from '../commands/index.ts'
import type { ProtocolVersion, RespValue } from '../resp/index.ts'
import { encode, isError } from '../resp/index.ts'
import { AnswerQueue } from './answer-queue.ts'
import type { ClientRecord } from './client-record.ts'
import type { ConnectionHost } from './connection-host.ts'
import type { Counters } from './counters.ts'
import { OutputBuffer } from './output-buffer.ts'

/** The part of a connection that its replies use. */
export interface RepliesOwner {
  readonly client: ClientRecord
  /** Answers that were outstanding are sent: requests that waited for them may run. */
  onAnswersSent(): void
  /** More output waits than allowed: cut the connection. */
  cutForOutput(): void
}

/**
 * Sends the replies and published messages of one connection, encoded and in order. Replies that are complete at once
 * are returned as wire text, so that the replies to one chunk of requests are sent in one write.
 */
export class Replies {
  readonly #owner: RepliesOwner
  readonly #client: ClientRecord
  readonly #counters: Counters
  readonly #output: OutputBuffer
  readonly #answers = new AnswerQueue(() => { this.#onAnswer() })
  #isAnswering = false
  #isClosed = false

  constructor(owner: RepliesOwner, socket: Socket, host: ConnectionHost) {
    const { client } = owner
    this.#owner = owner
    this.#client = client
    this.#counters = host.counters
    const { outputLimits } = host.settings
    this.#output = new OutputBuffer({
      socket,
      counters: host.counters,
      deliveries: host.deliveries,
      now: host.now,
      limit: () => outputLimits[clientType(client)],
      onOverflow: () => { owner.cutForOutput() },
    })
  }

  /** Bytes that the client has not taken yet. */
  get pendingBytes(): number {
    return this.#output.pendingBytes
  }

  /** Some answers are not complete, or not sent. */
  get isOutstanding(): boolean {
    return this.#answers.isOutstanding
  }

  /** Whether the next request has to wait for an answer. */
  get isBlocking(): boolean {
    return this.#answers.isBlocking
  }

  /** Adds a reply. Returns what may be sent at once, as wire text. */
  put(value: RespValue): string {
    return this.#answers.put(this.#encode(value, this.#client.protocol))
  }

  /** The same for a reply that may be complete later. */
  putLater(answer: Deferred): string {
    const { protocol } = this.#client
    return this.#answers.start(answer, (value) => this.#encode(value, protocol))
  }

  /** Sends wire text that `put` returned. */
  write(wire: string): void {
    this.#output.write(wire)
  }

  /** Sends a published message, behind the answers that are outstanding. */
  deliver(frame: Buffer): void {
    if (!this.#answers.isOutstanding) this.#output.deliver(frame)
    else if (!this.#answers.hold(frame)) this.#owner.cutForOutput()
  }

  /** Hands everything to the socket, which is about to be ended. */
  flush(): void {
    this.#output.sendHeld()
  }

  /** Stops sending; later answers are discarded. */
  close(): void {
    this.#isClosed = true
    this.#answers.cancel()
    this.#output.dispose()
  }

  #encode(value: RespValue, protocol: ProtocolVersion): string {
    if (isError(value)) this.#counters.errorReplies += 1
    return encode(value, protocol)
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
    if (this.#isClosed) return
    const wire = this.#answers.takeReady()
    if (wire !== '') this.#output.write(wire)
    if (!this.#answers.isOutstanding) for (const frame of this.#answers.takePushes()) this.#output.deliver(frame)
    this.#owner.onAnswersSent()
  }
}
