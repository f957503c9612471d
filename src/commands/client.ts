import type { Millis } from '../core/index.ts'
import type { ProtocolVersion } from '../resp/index.ts'

/** The origin of a connection; it never changes. */
export interface ClientOrigin {
  /** Increases with each accepted connection; never reused. */
  readonly id: number
  /** `ip:port`, `[v6]:port` or `<path>:0`. */
  readonly address: string
  readonly localAddress: string
  readonly fileDescriptor: number
  readonly isUnixSocket: boolean
  /** Time of the monotonic clock. */
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
  /** Closes the connection after the reply to the running request is sent. */
  closeAfterReply(): void
  /** Closes the connection at once and discards unsent bytes. */
  close(): void
}

export type SubscriptionKind = 'channel' | 'pattern'

/** Set by CLIENT REPLY. `skip-next` mutes one more request; `skipping` mutes the present one. */
export type ReplyMode = 'on' | 'off' | 'skip-next' | 'skipping'

/** The options of CLIENT TRACKING. They are kept for replies only, because a sentinel has no keys. */
export interface Tracking {
  readonly mode: 'plain' | 'broadcast' | 'optin' | 'optout'
  readonly noLoop: boolean
  /** Client id, 0 = none. */
  readonly redirect: number
  readonly prefixes: readonly string[]
  /** Set by CLIENT CACHING for the next command. */
  readonly caching: boolean
}

/** Sizes in bytes, for CLIENT LIST. */
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

/** Work that runs in pieces. */
export interface Worker {
  /** Runs one piece, of a few milliseconds at most. Returns whether there is more to do. */
  work(): boolean
  /** The work is for a client that has not logged in. Default: false. */
  readonly isStranger?: boolean
}

/** All connections. */
export interface ClientRegistry {
  readonly count: number
  /** All connections in ascending order of ids. */
  all(): Iterable<Client>
  byId(id: number): Client | undefined
  /** Delays requests until `until` (monotonic). A longer or stricter pause that is in effect remains. */
  pause(mode: PauseMode, until: Millis): void
  unpause(): void
  /** The pause that is in effect. */
  pausedMode(): PauseMode | undefined
  /** Distinct channels and patterns with at least one subscriber. */
  readonly channelCount: number
  readonly patternCount: number
  /** Whether the bounds of all connections together allow these subscriptions. */
  mayAdd(kind: SubscriptionKind, names: readonly string[]): boolean
  /** Queues unfinished work: its next piece runs after all other waiting work. */
  goOn(worker: Worker): void
}
