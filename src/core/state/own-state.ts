import type { Forgotten } from './forgotten.ts'
import type { KeptPause } from './pause.ts'
import type { KeptSchedule } from './planned.ts'
import type { KeptVoters } from './voters.ts'

/**
 * What a sentinel remembers over restarts that sentinel.conf has no line for
 * (docs/decisions/0047-state-of-our-own.md). It is written a moment after it changed, and before a save of the
 * configuration that would be wrong without it; nothing else waits for that. After a crash it may be some seconds old,
 * and it may be missing. Safety must not depend on it elsewhere; what must not be lost belongs into `DurableState`.
 */
export interface OwnState {
  /** By master's name: replication ids of its data set, newest first (`lineage.ts`). */
  readonly lineage: ReadonlyMap<string, readonly string[]>
  /** By master's name: its pause of failovers (`election/pause.ts`). */
  readonly pauses: ReadonlyMap<string, KeptPause>
  /** By master's name: its scheduled failover (`operations/planned.ts`). */
  readonly schedules: ReadonlyMap<string, KeptSchedule>
  /** By master's name: what was forgotten (`tombstones.ts`). */
  readonly forgotten: ReadonlyMap<string, Forgotten>
  /** By master's name, also of one that was removed: voters that were forgotten (`election/voters.ts`). */
  readonly voters: ReadonlyMap<string, KeptVoters>
}

/** The state of a sentinel that remembers nothing. */
export const NO_OWN_STATE: OwnState = Object.freeze({
  lineage: new Map(), pauses: new Map(), schedules: new Map(), forgotten: new Map(), voters: new Map(),
})

/** Whether something is kept of a master that is not monitored. Voters are kept of such masters, too. */
export function namesOthers(
  { lineage, pauses, schedules, forgotten }: OwnState, masters: ReadonlyMap<string, unknown>,
): boolean {
  return [lineage, pauses, schedules, forgotten].some((part) => [...part.keys()].some((name) => !masters.has(name)))
}
