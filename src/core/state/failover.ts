/** The state of a running failover. Each phase has only the data that exists in it. */
import type { Millis } from '../time.ts'
import type { Epoch } from './ids.ts'
import type { Replica } from './replica.ts'

interface Running {
  /** The epoch of this attempt's election. */
  readonly epoch: Epoch
  /** Started by SENTINEL FAILOVER: needs no agreement that the master is down. */
  readonly forced: boolean
  readonly since: Millis
}

export type Failover =
  | { readonly phase: 'none', readonly since: Millis | undefined }
  /** `freshSince`: INFO older than this is refreshed before the selection decides. */
  | Running & {
    readonly phase: 'wait-start'
    readonly freshSince: Millis
    /** When an ordered failover stops waiting for votes; undefined before it requests them, and without an order. */
    readonly votesUntil: Millis | undefined
    /** No other sentinel can use this epoch, so an ordered failover needs no votes in it. */
    readonly isAlone: boolean
  }
  | Running & { readonly phase: 'select-replica', readonly freshSince: Millis }
  | Running & { readonly phase: 'send-replicaof-no-one', readonly promoted: Replica }
  /** `orderedAt`: when SLAVEOF NO ONE was last sent. */
  | Running & { readonly phase: 'wait-promotion', readonly promoted: Replica, readonly orderedAt: Millis }
  /** `oldOrderedAt`: when the old master was last ordered to follow the promoted replica. */
  | Running & { readonly phase: 'reconf-replicas', readonly promoted: Replica, readonly oldOrderedAt: Millis | undefined }

export type Phase = Failover['phase']
export type RunningFailover = Exclude<Failover, { phase: 'none' }>
/** A failover in this phase. */
export type FailoverIn<Name extends RunningFailover['phase']> = Extract<RunningFailover, { phase: Name }>
/** A failover whose election is won. */
export type LedFailover = Exclude<RunningFailover, { phase: 'wait-start' }>

interface HasFailover {
  readonly failover: Failover
}

/** The replica that is being promoted, where there is one. */
export function promotedReplica({ failover }: HasFailover): Replica | undefined {
  switch (failover.phase) {
    case 'none':
    case 'wait-start':
    case 'select-replica':
      return undefined
    case 'send-replicaof-no-one':
    case 'wait-promotion':
    case 'reconf-replicas':
      return failover.promoted
  }
}

/** The replica that has been ordered to become a master. */
export function orderedReplica({ failover }: HasFailover): Replica | undefined {
  return failover.phase === 'wait-promotion' || failover.phase === 'reconf-replicas' ? failover.promoted : undefined
}

/** The replica whose promotion is confirmed: clients are given its address (behaviour.md 1.6.6). */
export function confirmedReplica({ failover }: HasFailover): Replica | undefined {
  return failover.phase === 'reconf-replicas' ? failover.promoted : undefined
}
