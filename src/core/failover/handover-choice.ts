/**
 * Which replica a master may hand over to (docs/decisions/0051-coordinated-failover.md). Pure. The server refuses one
 * that is not online, and it would discard its data for those of a replica with another replication id.
 */
import type { Master } from '../state/master.ts'
import type { HandoverObstacle } from '../state/ineligible.ts'
import type { Replica } from '../state/replica.ts'
import type { SentinelState } from '../state/sentinel-state.ts'
import type { Verdict } from '../state/verdict.ts'
import type { Millis } from '../time.ts'
import { rankReplicas } from './selection.ts'

/** The replicas that can take over, best first; with `handover.to`, that one alone. */
export function rankForHandover(state: SentinelState, master: Master, now: Millis): Verdict {
  const verdict = rankReplicas(state, master, now)
  const to = master.handover?.to
  const ranked = verdict.ranked.filter((replica) => (
    (to === undefined || replica.id === to) && whyNotHandedOver(master, replica, verdict) === undefined
  ))
  return { ...verdict, ranked, best: ranked[0] }
}

/** Why this replica cannot take over; undefined where it can. */
export function whyNotHandedOver(master: Master, replica: Replica, verdict: Verdict): HandoverObstacle | undefined {
  const rejected = verdict.rejected.find((one) => one.replica === replica)
  if (rejected !== undefined) return rejected.why
  // The master waits until it has everything.
  if (verdict.lastResort !== undefined && verdict.lastResort !== 'too-much-lag') return verdict.lastResort
  if (!isOnline(master, replica)) return 'not-online'
  return replica.replid === undefined || replica.replid !== master.replid ? 'other-data' : undefined
}

/** Whether the last INFO reply of the master lists the replica as online. */
export function isOnline({ infoAt }: Master, { listedAt, listedAs }: Replica): boolean {
  return infoAt !== undefined && listedAt === infoAt && listedAs?.isOnline === true
}
