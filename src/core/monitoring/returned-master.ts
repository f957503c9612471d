/**
 * A master that was replaced and runs again as a master (docs/decisions/0045-returned-master.md): which nodes count as
 * one, and whether the configuration that deposed it is confirmed. Peers are asked for their last votes: the question
 * IS-MASTER-DOWN-BY-ADDR under epoch 0 requests none.
 */
import { LAST_VOTE_GAP_MS, LAST_VOTE_VALID_MS } from '../limits.ts'
import { meansAddress } from '../names.ts'
import { isPlausible } from '../plausible-epoch.ts'
import type { Reply } from '../reply.ts'
import { majorityOfAll } from '../state/majority.ts'
import type { Master } from '../state/master.ts'
import type { Peer } from '../state/peer.ts'
import { isStartedAgain, type Replica } from '../state/replica.ts'
import type { SentinelState } from '../state/sentinel-state.ts'
import type { Millis } from '../time.ts'
import type { Turn } from '../turn.ts'
import { announced } from './announce.ts'
import { sendCommand } from './commands.ts'
import { malformedAnswer, readMasterDownAnswer } from './master-down-answer.ts'

/**
 * Whether the node is a master because it has not learned that it was replaced: it was the master before the last
 * switch and has not been a replica since, or it was started again after it was a replica. A node that was promoted
 * was a replica in the same life of its process.
 */
export function isReturnedMaster(replica: Replica): boolean {
  if (replica.roleReported !== 'master') return false
  return replica.deposedAt !== undefined || isStartedAgain(replica)
}

/** Requests the last vote of each peer. INFO that showed the node as a master must have arrived before. */
export function askForLastVotes(turn: Turn, master: Master): void {
  const now = turn.now.mono
  for (const peer of master.peers.values()) {
    const { lastVote } = peer
    if (now - (lastVote.askedAt ?? -Infinity) < LAST_VOTE_GAP_MS) continue
    const { address } = master
    const host = announced(turn.state, address)
    const sent = sendCommand(
      turn, peer,
      ['SENTINEL', 'is-master-down-by-addr', host, String(address.port), '0', turn.state.myId],
      { kind: 'last-vote', record: peer.id, askedAt: now },
    )
    if (sent) lastVote.askedAt = now
  }
}

/** Records the last vote of a peer. Returns whether the answer could be read. */
export function recordLastVote(turn: Turn, peer: Peer, askedAt: Millis, reply: Reply): boolean {
  const answer = readMasterDownAnswer(reply)
  if (answer === undefined) {
    turn.complain(`sentinel ${peer.runId}`, malformedAnswer(reply))
    return false
  }
  if (!isPlausible(answer.epoch, turn.state.currentEpoch)) return false
  peer.lastVote.epoch = answer.epoch
  peer.lastVote.answeredFor = askedAt
  return true
}

/**
 * Whether no sentinel can have been elected after our configuration: a majority of all voters, we included, announce
 * it, and their last votes are of its epoch or of an earlier one, asked after INFO showed the node as a master.
 */
export function isConfigurationConfirmed(turn: Turn, master: Master, replica: Replica): boolean {
  const { state, now } = turn
  if (master.leaderEpoch > master.configEpoch) return false
  // Without a vote of its own, a sentinel cannot know that it was not the voter that a later leader shares with us.
  let confirming = master.leaderEpoch > 0n ? 1 : 0
  const since = Math.max(replica.roleReportedSince, now.mono - LAST_VOTE_VALID_MS)
  for (const peer of master.peers.values()) {
    if (knowsLater(master, peer)) return false
    if (announcesOurs(state, master, peer) && hasVotedOnlyBefore(peer, since)) confirming += 1
  }
  return confirming >= majorityOfAll(state, master, now.mono)
}

/** Whether the peer has voted in a later epoch than ours, or has announced a later configuration. */
function knowsLater({ configEpoch }: Master, { announcedMaster, leaderEpoch, lastVote }: Peer): boolean {
  return (announcedMaster?.configEpoch ?? 0n) > configEpoch || leaderEpoch > configEpoch || lastVote.epoch > configEpoch
}

function announcesOurs(state: SentinelState, master: Master, { announcedMaster }: Peer): boolean {
  return announcedMaster?.configEpoch === master.configEpoch
    && meansAddress(state, master.address, announcedMaster.host, announcedMaster.port)
}

/** An answer without an epoch proves nothing: a peer that follows another master gives it, too. */
function hasVotedOnlyBefore({ lastVote: { epoch, answeredFor } }: Peer, since: Millis): boolean {
  return epoch > 0n && answeredFor !== undefined && answeredFor >= since
}
