/**
 * A master whose process has ended counts as SDOWN before down-after (docs/decisions/0046-crash-detection.md). The
 * system of its machine says so: it ends the connections of the process and refuses new ones at once. What a slow or
 * cut-off machine does is different: it stays silent.
 *
 * All of these must hold: a connection that was established has ended; every attempt since was refused; there were at
 * least three, the last one crash-detection after that end; and INFO of most of the replicas that can be reached, asked
 * for after that, says that they have lost the master too. A firewall or relay that refuses only our connections does
 * not pass the last one, nor does one that hides that the master runs again.
 */
import { CRASH_ATTEMPTS_MIN } from '../limits.ts'
import { meansAddress } from '../names.ts'
import type { Outage } from '../state/link.ts'
import { majorityOf } from '../state/majority.ts'
import type { Master } from '../state/master.ts'
import { protectionOf } from '../state/protection.ts'
import type { Replica } from '../state/replica.ts'
import { masterOf, type SentinelState } from '../state/sentinel-state.ts'
import type { Turn } from '../turn.ts'

/** Whether the process of the master has ended. Once it has, that holds until the master answers PING. */
export function hasCrashed(turn: Turn, master: Master): boolean {
  const { outage } = master.link
  if (outage === undefined) return false
  if (outage.crash !== undefined) return true
  if (outage.refusals === 0 || master.sdown) return false
  if (!isRefusedLongEnough(turn, master, outage)) return false
  outage.refusedEnoughAt ??= turn.now.mono
  askReplicas(turn, master, outage)
  const reports = countReports(turn.state, master, outage)
  if (!areEnough(reports)) return false
  outage.crash = { at: turn.now.mono, ...reports }
  turn.note({
    kind: 'crash-detected', master: master.name, host: master.address.host, port: master.address.port,
    downAfterMs: master.settings.downAfterMs, refusals: outage.refusals, forMs: turn.now.mono - outage.endedAt,
    ...reports,
  })
  return true
}

function isRefusedLongEnough(turn: Turn, master: Master, { endedAt, refusals, lastRefusedAt }: Outage): boolean {
  const patience = protectionOf(turn.state, master).crashDetectionMs
  if (patience === undefined || lastRefusedAt === undefined) return false
  // An attempt that got no answer since then may be the first one of a process that runs again.
  const isRecent = turn.now.mono - lastRefusedAt <= patience
  return refusals >= CRASH_ATTEMPTS_MIN && lastRefusedAt - endedAt >= patience && isRecent
}

/** Replicas that can be asked, and those of them that had lost the master when there were enough refusals. */
interface Reports {
  readonly reachable: number
  readonly lost: number
}

function countReports(state: SentinelState, master: Master, outage: Outage): Reports {
  const reachable = [...master.replicas.values()].filter(isReachable)
  const lost = reachable.filter((replica) => hasLostMaster(state, { master, replica, outage }))
  return { reachable: reachable.length, lost: lost.length }
}

function areEnough({ reachable, lost }: Reports): boolean {
  return reachable === 0 || lost >= majorityOf(reachable)
}

function isReachable({ sdown, link }: Replica): boolean {
  return !sdown && link.command?.establishedAt !== undefined
}

/** A link to another master says nothing about ours. */
function hasLostMaster(
  state: SentinelState, { master, replica, outage }: { master: Master, replica: Replica, outage: Outage },
): boolean {
  const { contact, masterLinkUp, reportedMaster, roleReported } = replica
  if (contact === undefined || contact.askedAt < (outage.refusedEnoughAt ?? Infinity) || masterLinkUp) return false
  return roleReported === 'slave' && reportedMaster !== undefined
    && meansAddress(state, master.address, reportedMaster.host, reportedMaster.port)
}

/**
 * Asks the replicas once after each refusal from then on. What they reported earlier may be over: the master may have
 * been started again.
 */
function askReplicas(turn: Turn, master: Master, outage: Outage): void {
  if (outage.askedAfter === outage.refusals) return
  outage.askedAfter = outage.refusals
  for (const replica of master.replicas.values()) {
    if (!isReachable(replica)) continue
    replica.isInfoWanted = true
    turn.touch(replica)
  }
}

/** Called after INFO of a replica: its report may be the one that was missing. */
export function weighReport(turn: Turn, replica: Replica): void {
  const master = masterOf(turn.state, replica)
  if (master?.link.outage !== undefined && !master.sdown) turn.touch(master)
}
