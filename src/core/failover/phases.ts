/**
 * The phases of one failover and the legal moves between them (behaviour.md 9). Each phase holds only the data
 * that exists in it; `enter` is the only place that changes the phase.
 */
import { assert } from '../assert.ts'
import type { Epoch } from '../state/ids.ts'
import type { Master } from '../state/master.ts'
import type { Replica } from '../state/replica.ts'
import type { Millis } from '../time.ts'

interface Running {
  /** The epoch in which this attempt stands for election. */
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
    /** Until when an ordered failover waits for votes; undefined before it has asked, and without an order. */
    readonly votesUntil: Millis | undefined
    /** No other sentinel can use this epoch, so an ordered failover needs no votes in it. */
    readonly isAlone: boolean
  }
  | Running & { readonly phase: 'select-replica', readonly freshSince: Millis }
  | Running & { readonly phase: 'send-replicaof-no-one', readonly promoted: Replica }
  /** `orderedAt`: when SLAVEOF NO ONE was last sent. */
  | Running & { readonly phase: 'wait-promotion', readonly promoted: Replica, readonly orderedAt: Millis }
  | Running & { readonly phase: 'reconf-replicas', readonly promoted: Replica }

export type Phase = Failover['phase']
export type RunningFailover = Exclude<Failover, { phase: 'none' }>

const LEGAL: Readonly<Record<Phase, readonly Phase[]>> = {
  'none': ['wait-start', 'none'],
  'wait-start': ['wait-start', 'select-replica', 'none'],
  'select-replica': ['send-replicaof-no-one', 'none'],
  'send-replicaof-no-one': ['wait-promotion', 'none'],
  'wait-promotion': ['wait-promotion', 'reconf-replicas', 'none'],
  'reconf-replicas': ['none'],
}

/** Wire names of the phases (protocol.md 2.2, failover-state). */
export const WIRE_PHASE: Readonly<Record<Phase, string>> = {
  'none': 'none',
  'wait-start': 'wait_start',
  'select-replica': 'select_slave',
  'send-replicaof-no-one': 'send_slaveof_noone',
  'wait-promotion': 'wait_promotion',
  'reconf-replicas': 'reconf_slaves',
}

/** Moves a master to its next phase. @throws InvariantError on an illegal move. */
export function enter(master: Master, next: Failover): void {
  const from = master.failover.phase
  assert(LEGAL[from].includes(next.phase), `failover of ${master.name}: ${from} cannot become ${next.phase}`)
  master.failover = next
}

/** The replica that is being promoted, where there is one. */
export function promotedReplica(master: Master): Replica | undefined {
  const { failover } = master
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

/** Its promotion was seen; from here on it is the master that clients are told (behaviour.md 1.6.6). */
export function confirmedReplica(master: Master): Replica | undefined {
  return master.failover.phase === 'reconf-replicas' ? master.failover.promoted : undefined
}
