/** A switchover in which the master itself hands over to a replica (SENTINEL FAILOVER ... COORDINATED). */
import type { Millis } from '../time.ts'
import type { RecordId } from './ids.ts'

export interface Handover {
  /** The replica that the operator named; undefined: the best one. */
  readonly to: RecordId | undefined
  /** The writes of the master are not paused beyond this moment. */
  readonly until: Millis
  /** The master had handed over before this sentinel was elected, so it gets no order. */
  readonly isAdopted: boolean
  /** `Attempt.startAt` when it began: an earlier vote or attempt keeps this sentinel from the next one. */
  readonly formerStartAt: Millis | undefined
  /** The pause of the master's writes before the order: since when it was sent, and since when it is known to hold. */
  pause: { readonly sentAt: Millis, readonly heldSince: Millis | undefined } | undefined
  /** When the order was sent to the master. */
  orderedAt: Millis | undefined
  /** When the pause was last renewed. */
  renewedAt: Millis | undefined
  /** What the master replied to the order; `awaited` also after its connection was lost. */
  answer: 'awaited' | 'refused' | { readonly acceptedAt: Millis }
  /** When the chosen replica was last asked to acknowledge its position; `refused`: it does not allow that. */
  ackAskedAt: Millis | 'refused' | undefined
  /**
   * FAILOVER ABORT, which ends an order without effect: when it was sent, whether it was answered, and whether INFO
   * behind the answer shows that the master had handed over before.
   */
  abort: { readonly at: Millis, readonly isAnswered: boolean, readonly isTooLate: boolean } | undefined
  /** The steps at a master that does not have the command FAILOVER (failover/stepwise.ts); undefined: it has it. */
  stepwise: Stepwise | undefined
  /** The transaction after which the clients of the old master connect again. */
  release: 'due' | 'sent' | 'answered'
}

export function newHandover(given: Pick<Handover, 'to' | 'until' | 'isAdopted' | 'formerStartAt'>): Handover {
  return {
    ...given, pause: undefined, orderedAt: undefined, renewedAt: undefined, answer: 'awaited', ackAskedAt: undefined,
    abort: undefined, stepwise: undefined, release: 'due',
  }
}

/** How far the data of a node are, by one INFO reply. */
export interface Standing {
  readonly replid: string
  readonly offset: bigint
  /** Changes by commands, and since when they are counted. Undefined: not reported. */
  readonly changes: bigint | undefined
  readonly savedAt: bigint | undefined
}

/** A handover at a master that does not have the command FAILOVER. */
export interface Stepwise {
  /** When its pause ends at the latest, counted from when it was sent. */
  readonly pauseEnd: Millis
  /** How long the order that makes it a replica may take to reach it within the pause. */
  readonly leadMs: Millis
  /** The position of the master when its pause began. */
  held: Standing | undefined
  /** The position of the master after it had become a replica, and when that was known. */
  demoted: { readonly standing: Standing, readonly at: Millis } | undefined
  /** The chosen replica was ordered to become the master. */
  isPromotionOrdered: boolean
}
