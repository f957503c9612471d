import type { Socket } from 'node:net'

import type { ClientBuffers, ClientOrigin, SubscriptionKind } from '../commands/index.ts'
import { clientLine, subscriptionCount } from '../commands/index.ts'
import type { ProtocolVersion } from '../resp/index.ts'
import type { ClientOwner } from './client-record.ts'
import { ClientRecord } from './client-record.ts'
import type { ConnectionHost } from './connection-host.ts'
import { CLOSING_MS_MAX } from './limits.ts'
import { Replies, type RepliesOwner } from './replies.ts'
import { RequestLoop, type RequestsOwner } from './request-loop.ts'
import type { Subscriber } from './subscriptions.ts'
import { connectionErrorText } from './tls-failure.ts'

/**
 * One connection from its first byte to the end of its socket. Bytes that arrive go to its request loop; its replies
 * produce the bytes that are sent.
 */
export class Connection implements ClientOwner, Subscriber, RepliesOwner, RequestsOwner {
  readonly client: ClientRecord
  readonly #socket: Socket
  readonly #host: ConnectionHost
  readonly #replies: Replies
  readonly #requests: RequestLoop
  #state: 'open' | 'closing' | 'closed' = 'open'
  #isReplyLast = false

  constructor(
    socket: Socket, origin: ClientOrigin, host: ConnectionHost, options: { readonly authenticated: boolean },
  ) {
    this.#socket = socket
    this.#host = host
    this.client = new ClientRecord(origin, this, options)
    this.#replies = new Replies(this, socket, host)
    this.#requests = new RequestLoop(this, socket, host, this.#replies)
  }

  get protocol(): ProtocolVersion {
    return this.client.protocol
  }

  get willClose(): boolean {
    return this.#isReplyLast || this.#state !== 'open'
  }

  start(): void {
    const socket = this.#socket
    socket.on('data', (chunk: Buffer) => { this.#onData(chunk) })
    socket.on('end', () => { this.#requests.endInput() })
    socket.on('drain', () => { this.#requests.run() })
    socket.on('error', (cause) => { this.#onError(cause) })
    socket.on('close', () => { this.#release() })
    const { idleTimeoutSeconds } = this.#host.settings
    if (idleTimeoutSeconds > 0) {
      socket.setTimeout(idleTimeoutSeconds * 1000)
      socket.on('timeout', () => { this.#onIdle() })
    }
  }

  deliver(frame: Buffer): void {
    if (this.#state === 'open') this.#replies.deliver(frame)
  }

  resume(): void {
    this.#requests.run()
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
    const outputBytes = this.#replies.pendingBytes
    return {
      queryBytes: this.#requests.bufferedBytes,
      queryFreeBytes: 0,
      argumentBytes: 0,
      outputBytes,
      outputItems: outputBytes > 0 ? 1 : 0,
    }
  }

  onAnswersSent(): void {
    this.#requests.onAnswersSent()
  }

  cutForOutput(): void {
    const { counters, logger, now } = this.#host
    counters.outputBufferDisconnections += 1
    logger.log('warning', `Client ${clientLine(this.client, now().mono)} closed for overcoming of output buffer limits.`)
    this.close()
  }

  /** Handles no more requests; written bytes are still sent, if the peer reads them in time. */
  endAfterFlush(): void {
    if (this.#state !== 'open') return
    this.#state = 'closing'
    this.#replies.flush()
    this.#socket.end(() => { this.#release() })
    this.#socket.resume()
    const timer = setTimeout(() => { this.close() }, CLOSING_MS_MAX).unref()
    this.#socket.once('close', () => { clearTimeout(timer) })
  }

  #onData(chunk: Buffer): void {
    const { counters, now } = this.#host
    const { mono } = now()
    counters.noteInput(chunk.length, mono)
    this.client.lastInteractionAt = mono
    if (this.#state === 'open') this.#requests.receive(chunk)
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
    const { logger, now, registry, subscriptions } = this.#host
    logger.log('verbose', `Client closed connection ${clientLine(this.client, now().mono)}`)
    this.#state = 'closed'
    this.#replies.close()
    for (const channel of this.client.channels) subscriptions.remove('channel', channel, this)
    for (const pattern of this.client.patterns) subscriptions.remove('pattern', pattern, this)
    registry.remove(this)
    this.#requests.stop()
  }
}
