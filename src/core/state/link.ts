/**
 * The connection pair to one node: commands, and for data nodes the hello subscription. Several records of the
 * same peer share one link (behaviour.md 1.5). A link is "connected" as soon as every connection that it needs
 * has been started.
 */
import type { Millis } from '../time.ts'
import type { ConnectionId, RecordId } from './ids.ts'

export interface Connection {
  readonly id: ConnectionId
  readonly startedAt: Millis
  /** When it was established; undefined while connecting. */
  establishedAt: Millis | undefined
  /** PINGs sent on it and not answered. */
  pings: number
  /** When the oldest of them was sent, or the node last answered one before it. */
  pingsSince: Millis
  /** Hello connections: the node confirmed the subscription, and has not refused PING beside it. */
  acceptsPing: boolean
}

/** What the last answer to PING shows about the node (behaviour.md 4.1). */
export type Pulse = 'alive' | 'serving' | 'busy' | 'wrong'

/** What a refused command was for; one refusal of each is remembered. `order` = the transactions of a failover. */
export type RefusedPurpose = 'auth' | 'ping' | 'info' | 'publish' | 'ask' | 'order'

export interface Refusal {
  readonly command: string
  /** The error text of the node, bounded. */
  readonly error: string
  readonly at: Millis
  /** Orders: it is of an earlier transaction than the one that was begun last. */
  readonly isEarlier?: boolean
}

export interface ConnectionFailure {
  readonly purpose: 'command' | 'hello'
  readonly reason: string
  readonly at: Millis
}

/**
 * An established connection to a master has ended, and every attempt since was refused. Kept where crash detection is
 * on.
 */
export interface Outage {
  readonly endedAt: Millis
  /** Refused attempts of the command connection. */
  refusals: number
  lastRefusedAt: Millis | undefined
  /** Since when the refusals suffice, without a long pause, so that the reports of replicas decide. */
  refusedEnoughAt: Millis | undefined
  /** The number of refusals after which replicas were last asked for INFO. */
  askedAfter: number
  /** Since when the process counts as ended, and how many of the reachable replicas had lost it then. */
  crash: { readonly at: Millis, readonly reachable: number, readonly lost: number } | undefined
}

export interface Link {
  readonly nodeKind: 'data-node' | 'sentinel'
  /** Records that use this link. More than one only for peers. */
  readonly users: Set<RecordId>
  command: Connection | undefined
  /** Data nodes only. */
  hello: Connection | undefined
  /** Commands sent and not yet answered on the command connection. */
  pending: number
  /** Our end's address on the command connection. */
  localAddress: string | undefined
  /** Last thing received on the hello connection, the confirmation included. */
  helloActivityAt: Millis | undefined
  lastReconnectAt: Millis | undefined
  /** No attempt before this, however long ago the last one was. */
  notBefore: Millis | undefined
  /** When a lost connection of each kind was last allowed to reconnect at once. */
  readonly quickReturnAt: { command: Millis | undefined, hello: Millis | undefined }
  /** Send time of the oldest unanswered PING. Set at the start too, so that a node that is never reached times out. */
  pingPendingSince: Millis | undefined
  lastPingAt: Millis | undefined
  lastValidReplyAt: Millis
  lastReplyAt: Millis
  /** The last answer to PING; undefined before the first one. */
  pulse: Pulse | undefined
  /** The command that the last -BUSY offered against what blocks the node. */
  killWith: 'SCRIPT' | 'FUNCTION'
  /** Smoothed round trip of PING in milliseconds; undefined until measured. */
  roundTripMs: number | undefined
  /** What the node refused and has not accepted since; for explanations. */
  refusals: Map<RefusedPurpose, Refusal> | undefined
  /** The error to SUBSCRIBE that was logged last, until a subscription is confirmed. */
  subscribeRefused: string | undefined
  /** Why the last connection failed, until one of its kind works again; for explanations. */
  lastFailure: ConnectionFailure | undefined
  /** Undefined while a connection works, after an attempt that was not refused, and where crash detection is off. */
  outage: Outage | undefined
}

export function newLink(nodeKind: Link['nodeKind'], now: Millis): Link {
  return {
    nodeKind,
    users: new Set(),
    command: undefined,
    hello: undefined,
    pending: 0,
    localAddress: undefined,
    helloActivityAt: undefined,
    lastReconnectAt: undefined,
    notBefore: undefined,
    quickReturnAt: { command: undefined, hello: undefined },
    pingPendingSince: now,
    lastPingAt: undefined,
    lastValidReplyAt: now,
    lastReplyAt: now,
    pulse: undefined,
    killWith: 'SCRIPT',
    roundTripMs: undefined,
    refusals: undefined,
    subscribeRefused: undefined,
    lastFailure: undefined,
    outage: undefined,
  }
}

/** Since when the node owes an answer, or is not connected; undefined = it owes none. */
export function silentSince(link: Link): Millis | undefined {
  return link.pingPendingSince ?? (isDisconnected(link) ? link.lastValidReplyAt : undefined)
}

/** The flag `disconnected`: a needed connection is missing (behaviour.md 3.2). */
export function isDisconnected(link: Link): boolean {
  return link.command === undefined || (link.nodeKind === 'data-node' && link.hello === undefined)
}
