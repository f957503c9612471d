/** The lineage of a master: the replication ids that its data set has had, newest first. It outlives a restart. */
import { LINEAGE_IDS_MAX } from './limits.ts'
import type { OwnState } from './state/own-state.ts'
import type { SentinelState } from './state/sentinel-state.ts'
import type { Turn } from './turn.ts'

/** 40 hexadecimal digits. Zeros mean that a server has no second id. */
const REPLICATION_ID = /^(?!0{40}$)[0-9a-f]{40}$/

export function isReplicationId(text: string): boolean {
  return REPLICATION_ID.test(text)
}

/** The replication ids known of this master, newest first; none when nothing is known. */
export function lineageOf(state: SentinelState, masterName: string): readonly string[] {
  return state.lineage.get(masterName) ?? []
}

/** Adds an id as the newest one, or makes it the newest. The oldest are dropped. Ignores what is no replication id. */
export function addToLineage(turn: Turn, masterName: string, id: string): void {
  const known = lineageOf(turn.state, masterName)
  if (known[0] === id || !isReplicationId(id)) return
  const ids = [id, ...known.filter((other) => other !== id)]
  turn.state.lineage.set(masterName, ids.slice(0, LINEAGE_IDS_MAX))
  turn.keep()
}

/** Forgets the ids of a master that is no longer monitored. */
export function forgetLineage(turn: Turn, masterName: string): void {
  if (turn.state.lineage.delete(masterName)) turn.keep()
}

/** Takes over what was kept before a restart, of the masters that are monitored. */
export function loadLineage(state: SentinelState, { lineage }: OwnState): void {
  for (const name of state.masters.keys()) {
    const ids = lineage.get(name)?.filter(isReplicationId) ?? []
    if (ids.length > 0) state.lineage.set(name, [...new Set(ids)].slice(0, LINEAGE_IDS_MAX))
  }
}
