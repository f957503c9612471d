/** Pauses of failovers (election/pause.ts, docs/decisions/0052-pause.md). */
import type { OperationId } from './ids.ts'
import type { Millis } from '../time.ts'

/** The beginning of the candidate in a question for a pause; the master's name follows. */
export const PAUSE_QUESTION = 'pause of '

/**
 * The beginning of the candidate in the notice that the votes which are asked for next are for the order of an
 * operator; the id of the sentinel and the master's name follow.
 */
export const ORDER_NOTICE = 'order of '

/** What is kept of a pause over restarts. Times are Unix times in milliseconds. */
export interface KeptPause {
  readonly since: number
  readonly until: number
  readonly reason: string | undefined
}

/** This sentinel neither starts a failover of the master by itself nor votes for one. */
export interface Pause {
  readonly kept: KeptPause
  /** When it ends at the latest, on the monotonic clock. */
  readonly until: Millis
  /** When the peers were last asked for their pauses. */
  askedAt: Millis
}

/** A peer has announced that it asks for votes because an operator ordered a failover from it. */
export interface OrderNotice {
  readonly candidate: string
  readonly until: Millis
}

/** An operation that is answered when the peers have told their pauses. */
export interface PauseQuestion {
  readonly operation: OperationId
  /** Answers to questions that were sent from this moment on count. */
  readonly since: Millis
  /** The pause that an operator ordered; undefined where only its state is asked for. */
  readonly ordered: KeptPause | undefined
}

/** What a peer has told about its own pause. Genuine sentinels tell nothing. */
export interface PeerPause {
  /** When the question was sent that was answered last. */
  answeredFor: Millis | undefined
  /** It holds failovers back until then, on our monotonic clock. */
  until: Millis | undefined
}
