/** Pauses of failovers (election/pause.ts, docs/decisions/0052-pause.md). */
import type { Epoch, OperationId } from './ids.ts'
import type { OrderMessage } from '../operation.ts'
import type { Millis } from '../time.ts'

/** The beginning of the candidate in a question for a pause; the master's name follows. */
export const PAUSE_QUESTION = 'pause of '

/** The beginning of the candidate in an order notice (`orderNoticeText`). */
const ORDER_NOTICE = 'order of '

/** The notice in the form of a candidate of IS-MASTER-DOWN-BY-ADDR: `order of <id> <epoch> <name>`. */
export function orderNoticeText({ id, epoch, name }: OrderMessage): string {
  return `${ORDER_NOTICE}${id} ${epoch} ${name}`
}

/** Undefined for a candidate that is none. */
export function readOrderNotice(candidate: string): OrderMessage | undefined {
  const [, id, epoch, name] = /^order of (\S+) (\d{1,20}) (.*)$/s.exec(candidate) ?? []
  return id === undefined || epoch === undefined || name === undefined ? undefined : { id, epoch: BigInt(epoch), name }
}

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
  readonly epoch: Epoch
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
