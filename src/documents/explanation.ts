/** `/masters/<name>/explain` and `explain --json`. */
import type { EpochJson, FindingJson, Milliseconds, SchemaVersion } from './values.ts'

export interface ExplainDocument extends ExplanationJson {
  readonly schemaVersion: SchemaVersion
}

/** Whether a failover of a master happens now, or would happen if it died, and why or why not. */
export interface ExplanationJson {
  readonly name: string
  readonly address: string
  /** The state of the master, in words. */
  readonly master: string
  /** `running`: this sentinel leads a failover. `due`: one starts at once, or at this sentinel's turn. */
  readonly failover: 'no' | 'due' | 'running'
  /** What is wrong, the cause first. */
  readonly findings: readonly FindingJson[]
  /** A sentence. */
  readonly answer: string
  /** What prevents a failover now, or the step of a running one; the decisive one first. */
  readonly reasons: readonly CodedText[]
  /** Null when the master is down or a failover runs. */
  readonly ifMasterDied: {
    readonly failover: boolean
    readonly text: string
    readonly reasons: readonly CodedText[]
  } | null
  readonly votes: VotesJson
  /** Address of the replica that would be promoted; null when none can be. */
  readonly candidate: string | null
  /** How long this sentinel waits until its next attempt; null where that is not known (original sentinels). */
  readonly nextAttemptMs: Milliseconds | null
  readonly currentEpoch: EpochJson | null
  /** A sentence; null when failovers are not paused. */
  readonly paused: string | null
  readonly scheduled: string | null
  /** A sentence; null where that is not known (original sentinels). */
  readonly lastFailover: string | null
  /** The best replica first, the excluded ones last. */
  readonly replicas: readonly NodeText[]
  readonly problems: readonly CodedText[]
  /** Replicas and sentinels that were forgotten and stay away, in words. */
  readonly forgotten: readonly string[]
  /** The other sentinels. */
  readonly sentinels: readonly NodeText[]
}

export interface CodedText {
  /** Stable, for scripts. */
  readonly code: string
  readonly text: string
}

export interface NodeText {
  readonly address: string
  /** The first digits of the id of a sentinel; null for a replica. */
  readonly id: string | null
  readonly text: string
}

/** Null: the number is not known (original sentinels). */
export interface VotesJson {
  /** Sentinels that see the master down. */
  readonly agree: number | null
  readonly quorum: number | null
  readonly known: number | null
  readonly reachable: number | null
  readonly majority: number | null
  readonly needed: number | null
}
