import type { Client, ClientBuffers, ClientOrigin, ReplyMode, SubscriptionKind, Tracking } from '../commands/index.ts'
import { DEFAULT_USER } from '../commands/index.ts'
import type { Millis } from '../core/index.ts'
import type { ProtocolVersion } from '../resp/index.ts'

/** The connection of a client: the actions that commands may request. */
export interface ClientOwner {
  readonly willClose: boolean
  onSubscribe(kind: SubscriptionKind, name: string): void
  onUnsubscribe(kind: SubscriptionKind, name: string): void
  buffers(): ClientBuffers
  closeAfterReply(): void
  close(): void
}

/** State of one connection that commands read and change. */
export class ClientRecord implements Client {
  readonly id: number
  readonly address: string
  readonly localAddress: string
  readonly fileDescriptor: number
  readonly isUnixSocket: boolean
  readonly connectedAt: Millis
  lastInteractionAt: Millis
  user = DEFAULT_USER
  authenticated: boolean
  protocol: ProtocolVersion = 2
  name = ''
  libraryName = ''
  libraryVersion = ''
  replyMode: ReplyMode = 'on'
  lastCommand: string | undefined
  isSafeFromEviction = false
  tracking: Tracking | undefined
  readonly channels = new Set<string>()
  readonly patterns = new Set<string>()
  readonly #owner: ClientOwner

  constructor(origin: ClientOrigin, owner: ClientOwner, { authenticated }: { readonly authenticated: boolean }) {
    this.id = origin.id
    this.address = origin.address
    this.localAddress = origin.localAddress
    this.fileDescriptor = origin.fileDescriptor
    this.isUnixSocket = origin.isUnixSocket
    this.connectedAt = origin.connectedAt
    this.lastInteractionAt = origin.connectedAt
    this.authenticated = authenticated
    this.#owner = owner
  }

  get willClose(): boolean {
    return this.#owner.willClose
  }

  subscribe(kind: SubscriptionKind, name: string): void {
    const names = this.#names(kind)
    if (names.has(name)) return
    names.add(name)
    this.#owner.onSubscribe(kind, name)
  }

  unsubscribe(kind: SubscriptionKind, name: string): void {
    if (this.#names(kind).delete(name)) this.#owner.onUnsubscribe(kind, name)
  }

  buffers(): ClientBuffers {
    return this.#owner.buffers()
  }

  closeAfterReply(): void {
    this.#owner.closeAfterReply()
  }

  close(): void {
    this.#owner.close()
  }

  #names(kind: SubscriptionKind): Set<string> {
    return kind === 'channel' ? this.channels : this.patterns
  }
}
