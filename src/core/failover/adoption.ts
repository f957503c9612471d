/**
 * Adoption of a handover that no sentinel announced: the master has handed over to a replica, and the sentinel that
 * ordered it died before it could announce it; or an operator sent FAILOVER to the server. Both nodes show it: the
 * master follows the replica, and the replica is a master whose data had an id of ours before. Another sentinel is
 * elected then, also while its vote for the last leader would keep it from an attempt, and announces the successor
 * without any order that changes a role. An elected leader that finds the same in any other failover does so, too:
 * every other replica could lack writes that the successor has accepted.
 *
 * Also the end of a handover that stopped half-way at a master without FAILOVER (stepwise.ts): master and replica
 * follow each other, and INFO of the master shows it after 3 s, too: until then its leader may be at work. The winner
 * promotes the replica if it has all data of the master, and otherwise the master again.
 */
import { ABANDONED_WAIT_MS, ADOPTION_WAIT_MS } from '../handover-limits.ts'
import { lineageOf } from '../lineage.ts'
import { infoOutstanding } from '../monitoring/outstanding.ts'
import { meansAddress } from '../names.ts'
import type { RunningFailover } from '../state/failover.ts'
import { newHandover } from '../state/handover.ts'
import { isDisconnected } from '../state/link.ts'
import type { Master, Successor } from '../state/master.ts'
import type { Replica } from '../state/replica.ts'
import type { SentinelState } from '../state/sentinel-state.ts'
import type { Millis } from '../time.ts'
import type { Turn } from '../turn.ts'
import { abortFailover } from './conclude.ts'
import { enter } from './phases.ts'
import { takeBack } from './take-back.ts'

type Selecting = Extract<RunningFailover, { phase: 'select-replica' }>

/** Called after INFO of the master or of a replica. */
export function noteSuccessor(turn: Turn, master: Master): void {
  const found = successorOf(turn.state, master)
  const { successor } = master
  if (found?.replica !== successor?.replica || found?.isPromoted !== successor?.isPromoted) {
    master.successor = found === undefined ? undefined : { ...found, since: turn.now.mono }
  }
  if (found !== undefined) turn.touch(master)
}

function successorOf(state: SentinelState, master: Master): Omit<Successor, 'since'> | undefined {
  const { follows } = master
  if (follows === undefined) return undefined
  const isPromoted = follows.isLinkUp
  const replica = [...master.replicas.values()].find((one) => (
    meansAddress(state, one.address, follows.host, follows.port)
    && (isPromoted ? hasTakenOver(state, master, one) : isAbandoned(state, master, one))
  ))
  return replica === undefined ? undefined : { replica, isPromoted }
}

/**
 * Master and replica follow each other. Neither accepts writes or can synchronise, so this does not end by itself.
 * While FAILOVER runs on the master, it does: the replica takes over as soon as it can, or the leader, who may be at
 * work still, has the master take its role back. An order to promote the replica could then make a second master.
 */
function isAbandoned(state: SentinelState, master: Master, replica: Replica): boolean {
  if (master.failoverState === 'failover-in-progress') return false
  const { roleReported, masterLinkUp, foreign, replid, reportedMaster } = replica
  return roleReported === 'slave' && !masterLinkUp && foreign === undefined && replid === master.replid
    && reportedMaster !== undefined && meansAddress(state, master.address, reportedMaster.host, reportedMaster.port)
}

function hasTakenOver(state: SentinelState, master: Master, replica: Replica): boolean {
  const { roleReported, replid, replid2, foreign } = replica
  const ids = lineageOf(state, master.name)
  const hadOurs = replid2 !== undefined && ids.includes(replid2)
  // The master has the id of its successor as soon as it has synchronised.
  return roleReported === 'master' && foreign === undefined && hadOurs && replid !== undefined && replid === master.replid
}

/** When this sentinel may stand for election to announce the successor; undefined: there is none. */
export function adoptionDueAt(state: SentinelState, master: Master): Millis | undefined {
  const { successor, attempt: { votedAt, adoptsSince } } = master
  if (successor === undefined || !isUsable(state, master, successor)) return undefined
  // A sentinel that we voted for lately may be about to announce it.
  const since = Math.max(successor.since, votedAt ?? -Infinity, adoptsSince ?? -Infinity)
  return since + (successor.isPromoted ? ADOPTION_WAIT_MS : ABANDONED_WAIT_MS)
}

/**
 * Whether INFO of the master has not come since the wait ended. A master that was silent meanwhile may have taken its
 * role back, and accepted writes.
 */
export function awaitsLastLook({ successor, infoAt = -Infinity }: Master, dueAt: Millis): boolean {
  return successor?.isPromoted === false && infoAt < dueAt
}

/** Whether INFO of the master has come after the wait and shows the same; requested where it has not. */
export function isStillAbandoned(turn: Turn, master: Master, dueAt: Millis): boolean {
  if (!awaitsLastLook(master, dueAt)) return true
  if (!infoOutstanding(master) && !master.isInfoWanted) {
    master.isInfoWanted = true
    turn.touch(master)
  }
  return false
}

/** Whether what the last INFO replies showed holds still, as far as is known. */
function isUsable(state: SentinelState, master: Master, { replica, isPromoted }: Successor): boolean {
  if (master.replicas.get(replica.name) !== replica || replica.sdown || isDisconnected(replica.link)) return false
  const present = successorOf(state, master)
  return present?.replica === replica && present.isPromoted === isPromoted
}

/** Whether the replica has all data of the master that follows it. While they follow each other, neither gets more. */
function hasAllOf({ follows }: Master, { replid, offset }: Replica): boolean {
  const standing = follows?.standing
  return standing !== undefined && standing.replid === replid && offset >= standing.offset
}

/** Takes the successor as the promoted replica of this failover. Returns false where there is none. */
export function adoptSuccessor(turn: Turn, master: Master, { epoch, forced }: Selecting): boolean {
  const { successor } = master
  if (successor === undefined || !isUsable(turn.state, master, successor)) return false
  if (!isStillAbandoned(turn, master, successor.since + ABANDONED_WAIT_MS)) return false
  const promoted = successor.replica
  const now = turn.now.mono
  if (successor.isPromoted) {
    const until = now + master.settings.failoverTimeoutMs
    master.handover = newHandover({ to: promoted.id, until, isAdopted: true, formerStartAt: undefined })
  } else if (!hasAllOf(master, promoted)) {
    takeBack(turn, master, { pausesWrites: false })
    abortFailover(turn, master, '-failover-abort-no-good-slave')
    return true
  } else {
    master.handover = undefined
  }
  turn.emit('+selected-slave', promoted)
  enter(master, { phase: 'send-replicaof-no-one', epoch, forced, since: now, promoted })
  turn.emit('+failover-state-send-slaveof-noone', promoted)
  return true
}
