/**
 * Repair of data nodes that follow the wrong master or none (behaviour.md 5.3). Every sentinel does it; the wait
 * gives a leader's newer configuration time to arrive first. A master that was replaced is demoted without the wait
 * when the present configuration is confirmed (docs/decisions/0045-returned-master.md).
 */
import { correctionWait } from '../monitoring/correction-wait.ts'
import { isCertainlyOurs } from '../monitoring/foreign-nodes.ts'
import { askForLastVotes, isConfigurationConfirmed, isReturnedMaster, recordLastVote } from '../monitoring/returned-master.ts'
import type { Reply } from '../reply.ts'
import { isSilent, type Master } from '../state/master.ts'
import type { Peer } from '../state/peer.ts'
import type { Replica } from '../state/replica.ts'
import type { Millis } from '../time.ts'
import type { Turn } from '../turn.ts'
import { sendReplicaOf } from './transaction.ts'

/** Called after INFO of a replica that is not part of a running reconfiguration. */
export function correctReplica(turn: Turn, master: Master, replica: Replica): void {
  const wait = correctionWait(turn.state, master, replica)
  if (wait === undefined || !isSane(turn, master)) return
  const now = turn.now.mono
  if (now - wait.since <= wait.ms || !upFor(replica, wait.ms, now)) return
  correct(turn, master, replica, wait.event)
}

function correct(turn: Turn, master: Master, replica: Replica, event: '+convert-to-slave' | '+fix-slave-config'): void {
  const now = turn.now.mono
  // It would refuse the order, and the next one comes after an INFO period.
  if (replica.isLoading && replica.roleReported === 'master') return
  // INFO follows each order at once, so without this wait a node that refuses would be ordered again at each reply.
  if (replica.correctedAt !== undefined && now - replica.correctedAt < turn.state.tunables['info-period']) return
  if (!sendReplicaOf(turn, replica, master)) return
  replica.correctedAt = now
  turn.emit(event, replica)
}

/** INFO shows a replaced master that runs again: asks the peers whether the configuration is still the newest. */
export function doubtReturnedMaster(turn: Turn, master: Master, replica: Replica): void {
  if (!mayBeDemotedAtOnce(turn, master, replica)) return
  askForLastVotes(turn, master)
  demoteReturnedMaster(turn, master, replica)
}

/** The answer of a peer to the question for its last vote. Not called in TILT. */
export function handleLastVoteReply(turn: Turn, master: Master, peer: Peer, askedAt: Millis, reply: Reply): void {
  if (!recordLastVote(turn, peer, askedAt, reply)) return
  for (const replica of master.replicas.values()) {
    if (mayBeDemotedAtOnce(turn, master, replica)) demoteReturnedMaster(turn, master, replica)
  }
}

/** Any other master waits, so that hellos of other sentinels can show that it belongs to another deployment. */
function mayBeDemotedAtOnce(turn: Turn, master: Master, replica: Replica): boolean {
  return isReturnedMaster(replica) && master.failover.phase === 'none' && isCertainlyOurs(turn.state, master, replica)
}

function demoteReturnedMaster(turn: Turn, master: Master, replica: Replica): void {
  if (replica.sdown || !isSane(turn, master)) return
  if (isConfigurationConfirmed(turn, master, replica)) correct(turn, master, replica, '+convert-to-slave')
}

/** Whether the master is up and recent INFO shows the role of a master (behaviour.md 5.3, "sane master"). */
function isSane(turn: Turn, master: Master): boolean {
  return master.roleReported === 'master' && !isSilent(master) && !master.odown
    && master.infoAt !== undefined && turn.now.mono - master.infoAt < 2 * turn.state.tunables['info-period']
}

/** Whether the replica was up for longer than `ms`, counted from the beginning of its last down period (Q11). */
function upFor(replica: Replica, ms: Millis, now: Millis): boolean {
  return replica.sdownSince === undefined || now - replica.sdownSince > ms
}
