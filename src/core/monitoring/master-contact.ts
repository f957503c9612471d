/**
 * What INFO of a replica proves about the life of its master. Both proofs are lower bounds: the master was alive at
 * `heardAt` or later, whatever the delays of the network and of the replica's clock ticks were.
 *
 * - `master_last_io_seconds_ago` is the difference of two moments in whole seconds, so the data may be up to 1 s older
 *   than it says. INFO shows a state that is not older than the moment in which INFO was sent.
 * - An offset that grew since the last INFO shows data that were received after that INFO was sent.
 */
import { IO_ROUNDING_MS, WITNESS_INFO_MAX_MS, WITNESS_INFO_MIN_MS, WITNESS_INFO_SHARE } from '../limits.ts'
import type { Replica } from '../state/replica.ts'
import { masterOf } from '../state/sentinel-state.ts'
import type { Millis } from '../time.ts'
import type { Turn } from '../turn.ts'
import type { InfoFacts } from './info-parser.ts'

/** Called with the facts of an INFO reply before they are stored. `sentAt`: when INFO was sent, or before. */
export function recordContact(turn: Turn, replica: Replica, facts: InfoFacts, sentAt: Millis): void {
  // INFO that waited for a save may be answered after one that was asked for later. It shows a later state then.
  const askedAt = Math.max(sentAt, replica.contact?.askedAt ?? -Infinity)
  replica.contact = { askedAt, heardAt: heardAt(replica, facts, askedAt) }
  const master = masterOf(turn.state, replica)
  // What the replicas report decides whether SDOWN is withheld.
  if (master?.suspicion?.withheld !== undefined) turn.touch(master)
}

function heardAt(replica: Replica, facts: InfoFacts, askedAt: Millis): Millis | undefined {
  if (facts.masterLinkUp !== true) return undefined
  const { masterIoAgeMs } = facts
  const byIo = masterIoAgeMs === undefined ? undefined : askedAt - masterIoAgeMs - IO_ROUNDING_MS
  return latest(byIo, latest(byGrowth(replica, facts), keptFrom(replica, facts)))
}

function byGrowth(replica: Replica, facts: InfoFacts): Millis | undefined {
  const hasGrown = facts.offset !== undefined && facts.offset > replica.offset
  return hasGrown && followsTheSame(replica, facts) ? replica.contact?.askedAt : undefined
}

/** What an earlier INFO proved stays true while the link is up. */
function keptFrom(replica: Replica, facts: InfoFacts): Millis | undefined {
  return followsTheSame(replica, facts) ? replica.contact?.heardAt : undefined
}

/** The replica followed the same master at the last INFO, with a working link. */
function followsTheSame(replica: Replica, { masterHost, masterPort }: InfoFacts): boolean {
  const { contact, masterLinkUp, reportedMaster } = replica
  return contact !== undefined && masterLinkUp
    && reportedMaster?.host.toLowerCase() === masterHost?.toLowerCase() && reportedMaster?.port === masterPort
}

function latest(one: Millis | undefined, other: Millis | undefined): Millis | undefined {
  if (one === undefined || other === undefined) return one ?? other
  return Math.max(one, other)
}

/** INFO period of the replicas of a suspected master: several replies must arrive before SDOWN is due. */
export function witnessInfoPeriod(downAfterMs: Millis): Millis {
  return Math.min(WITNESS_INFO_MAX_MS, Math.max(WITNESS_INFO_MIN_MS, Math.floor(downAfterMs * WITNESS_INFO_SHARE)))
}
