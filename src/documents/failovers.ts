/** `/failovers`, `/masters/<name>/failovers` and `history --json`. */
import type { EpochJson, Milliseconds, SchemaVersion, TimeJson } from './values.ts'

export interface HistoryDocument {
  readonly schemaVersion: SchemaVersion
  /** The failovers of all masters, or of the one that was asked for, oldest first. */
  readonly failovers: readonly FailoverJson[]
}

export type FailoverOutcome = 'running' | 'switched' | 'adopted' | 'aborted'

/**
 * One attempt to replace a master, as one sentinel saw it. The attempts of one outage have the same `lastAnswer` and
 * are numbered by `attempt`.
 */
export interface FailoverJson {
  readonly master: string
  readonly role: 'leader' | 'follower'
  /** `adopted`: another sentinel led the failover, and this one accepted its configuration. */
  readonly outcome: FailoverOutcome
  /** Reason of an abort, such as `not-elected`; null when the failover was not aborted. */
  readonly reason: string | null
  readonly epoch: EpochJson | null
  /**
   * Whether an operator ordered it. Null when this sentinel did not see the master down and only accepted the new
   * configuration of another one: hello messages do not carry why it failed over.
   */
  readonly planned: boolean | null
  /** When the master last gave a good answer before the outage; null when it answered, or when that is unknown. */
  readonly lastAnswer: TimeJson | null
  /** Number of the attempt within the outage, from 1. */
  readonly attempt: number
  /** When this attempt began; the first one of an outage begins when the master is found down. */
  readonly started: TimeJson
  /** From the end of the attempt before to the beginning of this one; null for the first. */
  readonly waitedMs: Milliseconds | null
  /** From the beginning to the end of this attempt; null while it runs. */
  readonly durationMs: Milliseconds | null
  /** From the last good answer to the end of the outage; null while it lasts, and where `lastAnswer` is null. */
  readonly outageMs: Milliseconds | null
  /** Addresses of the master before and after; null until the switch. */
  readonly from: string | null
  readonly to: string | null
  readonly phases: readonly PhaseJson[]
  /** It ended before this sentinel started. */
  readonly beforeRestart: boolean
}

export interface PhaseJson {
  /** Name of the event, such as `+odown`. */
  readonly name: string
  /** From the beginning of the attempt. */
  readonly sinceStartMs: Milliseconds
}
