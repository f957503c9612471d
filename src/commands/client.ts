import type { Millis } from '../core/index.ts'
import type { ProtocolVersion } from '../resp/index.ts'

/** Where a connection comes from; fixed for its life. */
export interface ClientOrigin {
  /** Ascending in the order of acceptance, never used again. */
  readonly id: number
  /** `ip:port`, `[v6]:port` or `<path>:0`. */
  readonly address: string
  readonly localAddress: string
  readonly fileDescriptor: number
  readonly isUnixSocket: boolean
  /** Monotonic. */
  readonly connectedAt: Millis
}

/**
 * One connection as commands see and change it. The server implements it; commands never see a socket.
 */
export interface Client extends ClientOrigin {
  readonly lastInteractionAt: Millis
  /** The ACL user whose rights count; `default` also while `authenticated` is false. */
  user: string
  authenticated: boolean
  protocol: ProtocolVersion
  /** Empty = none. */
  name: string
  libraryName: string
  libraryVersion: string
  replyMode: ReplyMode
  /** Full name of the last known command, undefined before the first. */
  lastCommand: string | undefined
  isSafeFromEviction: boolean
  tracking: Tracking | undefined
  readonly channels: ReadonlySet<string>
  readonly patterns: ReadonlySet<string>
  readonly willClose: boolean
  subscribe(kind: SubscriptionKind, name: string): void
  unsubscribe(kind: SubscriptionKind, name: string): void
  buffers(): ClientBuffers
  /** Flush the reply of the running request, then close. */
  closeAfterReply(): void
  /** Close at once and discard unsent bytes. */
  close(): void
}

export type SubscriptionKind = 'channel' | 'pattern'

/** CLIENT REPLY: `skip-next` mutes one more request, `skipping` is that request. */
export type ReplyMode = 'on' | 'off' | 'skip-next' | 'skipping'

/** CLIENT TRACKING. A sentinel has no keys, so it is remembered and never acts. */
export interface Tracking {
  readonly mode: 'plain' | 'broadcast' | 'optin' | 'optout'
  readonly noLoop: boolean
  /** Client id, 0 = none. */
  readonly redirect: number
  readonly prefixes: readonly string[]
  /** The choice of CLIENT CACHING for the next command. */
  readonly caching: boolean
}

/** Bytes, for CLIENT LIST. */
export interface ClientBuffers {
  readonly queryBytes: number
  readonly queryFreeBytes: number
  readonly argumentBytes: number
  readonly outputBytes: number
  readonly outputItems: number
}

export type ClientType = 'normal' | 'pubsub'

export function clientType(client: Client): ClientType {
  return subscriptionCount(client) > 0 ? 'pubsub' : 'normal'
}

export function subscriptionCount(client: Client): number {
  return client.channels.size + client.patterns.size
}

export type PauseMode = 'write' | 'all'

/** Work that is done piece by piece. */
export interface Worker {
  /** Does one piece, of a few milliseconds at most. True: there is more to do. */
  work(): boolean
  /** It serves a client that has not logged in. Default: false. */
  readonly isStranger?: boolean
}

/** All connections. */
export interface ClientRegistry {
  readonly count: number
  /** In ascending order of ids. */
  all(): Iterable<Client>
  byId(id: number): Client | undefined
  /** Hold back requests until `until` (monotonic). A longer or stricter pause that is under way stays. */
  pause(mode: PauseMode, until: Millis): void
  unpause(): void
  /** The pause that holds now. */
  pausedMode(): PauseMode | undefined
  /** Distinct channels and patterns with at least one subscriber. */
  readonly channelCount: number
  readonly patternCount: number
  /** Whether the bounds of all connections together allow these subscriptions. */
  mayAdd(kind: SubscriptionKind, names: readonly string[]): boolean
  /** Queues unfinished work: its next piece runs after all other waiting work. */
  goOn(worker: Worker): void
}
