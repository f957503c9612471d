/**
 * Times of coordinated failovers (docs/decisions/0051-coordinated-failover.md), in milliseconds. The other limits of
 * the core are in limits.ts.
 */
import type { Millis } from './time.ts'

/** How long a coordinated failover may take, the pause of the master's writes included, without another TIMEOUT. */
export const HANDOVER_DEFAULT_MS = 10_000

/** The least time that must be left for the order to the master; Valkey's limit. */
export const HANDOVER_LEFT_MIN_MS = 1000

/** How long before the end of the pause an order that has not succeeded is ended. */
export const HANDOVER_ABORT_LEAD_MS = 500

/** INFO period of the master and the chosen replica during a handover: [until ms after the order, period]. */
export const HANDOVER_INFO_STEPS: readonly (readonly [Millis, Millis])[] = [
  [200, 3], [1000, 10], [5000, 50],
]

/** Least time between two requests to the chosen replica to acknowledge its position. */
export const HANDOVER_ACK_MS = 10

/**
 * How long writes are paused before the order. A client that sends a write during this time waits with it and is
 * disconnected later; one that sends it after the master has become a replica gets READONLY.
 */
export const HANDOVER_HOLD_MS = 20

/**
 * Each CLIENT PAUSE is as long as this at most, and is renewed while the leader lives: FAILOVER pauses writes by itself
 * until the master has become a replica, and after that a leader that dies leaves little of the pause behind.
 */
export const HANDOVER_PAUSE_MS = 5000
export const HANDOVER_RENEWAL_MS = 1000

/** The pause before the order. */
export const HANDOVER_FIRST_PAUSE_MS = 1000

/**
 * The pause of all clients of a master before Redis 6.2, which nothing can end early, beside the time that the network
 * needs. At most half of down-after-milliseconds, because such a master answers no PING meanwhile.
 */
export const STEPWISE_PAUSE_MS = 200

/** Such a master ends a pause at its next timer event, and a message may be late by as much. */
export const STEPWISE_LATE_MS = 100

/** The least time before the end of the pause at which the order to become a replica is sent. */
export const STEPWISE_LEAD_MS = 20

/** How long two nodes must have followed each other before another sentinel than the leader ends that. */
export const ABANDONED_WAIT_MS = 3000

/** How long a handover to a replica that is gone may be under way before it is ended. */
export const HANDOVER_STUCK_MS = 1000

/**
 * The clients of the old master connect again once the other sentinels have accepted the new address, or after this
 * time: a sentinel that has not would send them back.
 */
export const HANDOVER_RELEASE_MS = 150

/**
 * How long a master must have followed the replica to which it has handed over before another sentinel announces that:
 * the leader does it within some milliseconds.
 */
export const ADOPTION_WAIT_MS = 1000

/**
 * How long a sentinel that voted waits for the reply of the master to its hello before it takes the writes of that one
 * for paused, and for how long it sends no hello then.
 */
export const HELLO_STUCK_MS = 300
export const PAUSED_HELLO_MS = 5000

/** For how long after its vote a sentinel reads INFO often: the leader may die after its order to the master. */
export const VOTER_WATCH_MS = 15_000
