/** What the tools that act on a whole fleet print with `--json`. */
import type { SentinelKind } from './fleet.ts'
import type { Milliseconds, SchemaVersion, TimeJson } from './values.ts'

/** What one sentinel answered to the tool. */
export interface ToolSentinelJson {
  readonly address: string
  /** Null when the sentinel did not say it. */
  readonly id: string | null
  /** `older`: this program without the commands of the tool. Null when it did not answer. */
  readonly kind: SentinelKind | null
  /** It did what was asked, or had nothing to do. */
  readonly ok: boolean
  /** In words. */
  readonly text: string
}

/** `pause --json` */
export interface PauseDocument {
  readonly schemaVersion: SchemaVersion
  readonly tool: 'pause'
  readonly master: string
  /** No failover is possible while the pauses last. */
  readonly effective: boolean
  /** Sentinels that hold failovers back, all sentinels, and how many must hold them back. */
  readonly paused: number
  readonly known: number
  readonly needed: number
  /** When the first pause ends; null when no sentinel is paused. */
  readonly until: TimeJson | null
  readonly sentinels: readonly PauseSentinelJson[]
}

export interface PauseSentinelJson extends ToolSentinelJson {
  readonly paused: boolean
  /** Null when it is not paused. */
  readonly until: TimeJson | null
}

/** `resume --json` */
export interface ResumeDocument {
  readonly schemaVersion: SchemaVersion
  readonly tool: 'resume'
  readonly master: string
  /** No sentinel is paused. */
  readonly resumed: boolean
  readonly sentinels: readonly ToolSentinelJson[]
}

/** `forget --json` */
export interface ForgetDocument {
  readonly schemaVersion: SchemaVersion
  readonly tool: 'forget'
  readonly master: string
  readonly kind: 'replica' | 'sentinel'
  /** Address of the replica or sentinel, or id of the sentinel, as it was given. */
  readonly which: string
  /** No sentinel knows it any more. */
  readonly forgotten: boolean
  /** Without the forgotten one. */
  readonly sentinels: readonly ForgetSentinelJson[]
}

export interface ForgetSentinelJson extends ToolSentinelJson {
  /** Until when it is kept away; null where it was not forgotten by this order. */
  readonly until: TimeJson | null
  /** How many sentinels it knew and knows, itself included; null where no sentinel was forgotten by this order. */
  readonly knownBefore: number | null
  readonly knownAfter: number | null
  readonly majorityBefore: number | null
  readonly majorityAfter: number | null
}

/** `failover --json`, and `switchover --json` without a schedule. */
export interface SwitchDocument {
  readonly schemaVersion: SchemaVersion
  readonly tool: 'failover' | 'switchover'
  readonly master: string
  /** `late`: the address did not change in time; the failover may go on. */
  readonly outcome: 'switched' | 'aborted' | 'late'
  /** Address of the master before. */
  readonly from: string
  /** Address of the new master; null unless it was switched. */
  readonly to: string | null
  /** From the order to the new address; null unless it was switched. */
  readonly tookMs: Milliseconds | null
  /** The event that gave it up, such as `-failover-abort-no-good-slave`; null unless it was aborted. */
  readonly abort: string | null
  /** The time without a master that accepts writes, without what clients need to connect; null if it is not known. */
  readonly outageMs: Milliseconds | null
  /** From what to what the outage was measured, in words. */
  readonly outageMeasured: string | null
  /** The events of the leading sentinel, as they arrived. */
  readonly events: readonly SwitchEventJson[]
  readonly sentinels: readonly SwitchSentinelJson[]
}

export interface SwitchEventJson {
  readonly name: string
  readonly text: string
  /** From the order to its arrival; negative for one that arrived before. */
  readonly sinceOrderMs: number
}

export interface SwitchSentinelJson extends ToolSentinelJson {
  /** Address that it names as master in the end; null when it names none, or did not answer. */
  readonly namesMaster: string | null
}

/** `switchover --at TIME --json` and `switchover --cancel --json` */
export interface ScheduleDocument {
  readonly schemaVersion: SchemaVersion
  readonly tool: 'switchover'
  readonly master: string
  readonly action: 'schedule' | 'cancel'
  /** When the switchover begins; null when it was cancelled. */
  readonly at: TimeJson | null
  readonly sentinels: readonly ScheduleSentinelJson[]
}

export interface ScheduleSentinelJson extends ToolSentinelJson {
  /** It has taken or cancelled the schedule. */
  readonly done: boolean
}
