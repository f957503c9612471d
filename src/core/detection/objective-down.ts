/**
 * ODOWN: enough sentinels agree (behaviour.md 7). Peers are asked as soon as the master is SDOWN, again quickly
 * while they disagree, and otherwise once per ask period.
 */
import { isPlausible } from '../plausible-epoch.ts'
import { FIRST_REASK_MS, REASK_GAP_MS } from '../limits.ts'
import { announced } from '../monitoring/announce.ts'
import { sendCommand } from '../monitoring/commands.ts'
import { malformedAnswer, readMasterDownAnswer } from '../monitoring/master-down-answer.ts'
import type { Reply } from '../reply.ts'
import type { Epoch } from '../state/ids.ts'
import { isDisconnected } from '../state/link.ts'
import { isAdoption, type Master } from '../state/master.ts'
import { orderNoticeText } from '../state/pause.ts'
import type { Peer } from '../state/peer.ts'
import type { SentinelState } from '../state/sentinel-state.ts'
import type { Millis } from '../time.ts'
import type { Turn } from '../turn.ts'

export function checkObjectiveDown(turn: Turn, master: Master): void {
  const agree = sentinelsAgreeing(master)
  const isDown = master.sdown && agree >= master.settings.quorum
  if (isDown === master.odown) return
  master.odown = isDown
  if (!isDown) {
    turn.emit('-odown', master)
    return
  }
  master.odownSince = turn.now.mono
  turn.emit('+odown', master, { agree, quorum: master.settings.quorum })
  // Replicas are asked for INFO faster from now on.
  for (const replica of master.replicas.values()) turn.touch(replica)
}

/** Sentinels that see the master down. Counts this one too, so call it only while the master is SDOWN here. */
export function sentinelsAgreeing(master: Master): number {
  let agree = 1
  for (const peer of master.peers.values()) if (peer.masterDown) agree += 1
  return agree
}

/** Asks every peer whose next question is due (behaviour.md 7.2). */
export function askPeers(turn: Turn, master: Master): void {
  if (!asksPeers(master)) return
  for (const peer of master.peers.values()) {
    if (askDueAt(turn.state, master, peer) <= turn.now.mono) ask(turn, master, peer)
  }
}

/** The next time at which `expireOpinions` or `askPeers` acts if no input arrives. */
export function asksDueAt(turn: Turn, master: Master): Millis {
  let due = Infinity
  const asks = asksPeers(master)
  for (const peer of master.peers.values()) {
    if (asks) due = Math.min(due, askDueAt(turn.state, master, peer))
    if (peer.masterDown || peer.leader !== undefined) due = Math.min(due, opinionEnd(turn.state, peer))
  }
  return due
}

/** A candidate needs votes even where the master is up: an operator ordered the failover, or a successor is known. */
function asksPeers({ sdown, failover }: Master): boolean {
  return sdown || failover.phase === 'wait-start'
}

/** Called where peers are asked at all. */
function askDueAt(state: SentinelState, master: Master, peer: Peer): Millis {
  if (isDisconnected(peer.link)) return Infinity
  const { failover } = master
  const wantsVote = failover.phase === 'wait-start' && !failover.isAlone && peer.answeredEpoch !== failover.epoch
  if (!master.sdown && !wantsVote) return Infinity
  const period = state.tunables['ask-period']
  if (wantsVote) {
    // A request for a vote does not wait for the answer to an older question.
    if (peer.askedAt === undefined || peer.askedEpoch !== failover.epoch) return 0
  }
  if (peer.askedAt !== undefined) return peer.askedAt + period
  const patience = peer.masterDown || master.odown ? period : peer.reaskMs
  return peer.lastMasterDownReplyAt + Math.min(patience, period)
}

function ask(turn: Turn, master: Master, peer: Peer): void {
  const { state } = turn
  const { failover } = master
  // The vote is requested for the epoch of this attempt, whatever the current one has become (Q3).
  const isVote = failover.phase !== 'none'
  const [epoch, candidate] = isVote ? [failover.epoch, state.myId] : [state.currentEpoch, '*']
  const { address } = master
  const question = ['SENTINEL', 'is-master-down-by-addr', announced(state, address), String(address.port)] as const
  if (isVote && (failover.forced || isAdoption(master))) {
    sendCommand(turn, peer, [...question, '0', orderNoticeText({ id: state.myId, epoch, name: master.name })], { kind: 'order-notice' })
  }
  const sent = sendCommand(
    turn, peer, [...question, String(epoch), candidate],
    { kind: 'ask', record: peer.id, epoch: isVote ? epoch : -1n },
  )
  if (!sent) return
  peer.askedAt = turn.now.mono
  if (isVote) peer.askedEpoch = epoch
}

/** Handles a reply (behaviour.md 7.4). `epoch`: the one of the requested vote, -1 where only the state was asked. */
export function handleAskReply(turn: Turn, master: Master, peer: Peer, epoch: Epoch, reply: Reply): void {
  const answer = readMasterDownAnswer(reply)
  if (answer === undefined) {
    turn.complain(`sentinel ${peer.runId}`, malformedAnswer(reply))
    return
  }
  peer.askedAt = undefined
  peer.lastMasterDownReplyAt = turn.now.mono
  peer.masterDown = answer.down
  peer.reaskMs = answer.down ? 0 : peer.isReaskWanted ? REASK_GAP_MS : Math.max(FIRST_REASK_MS, peer.reaskMs * 2)
  peer.isReaskWanted = false
  if (epoch > peer.answeredEpoch) peer.answeredEpoch = epoch
  if (answer.leader !== undefined && isPlausible(answer.epoch, turn.state.currentEpoch)) {
    if (peer.leaderEpoch !== answer.epoch) {
      turn.note({ kind: 'peer-voted', peer: peer.name, leader: answer.leader, epoch: answer.epoch })
    }
    peer.leader = answer.leader
    peer.leaderEpoch = answer.epoch
  }
  turn.touch(master)
}

/** Opinions and votes are valid for five ask periods (behaviour.md 7.2.1). */
export function expireOpinions(turn: Turn, master: Master): void {
  for (const peer of master.peers.values()) {
    const hasOpinion = peer.masterDown || peer.leader !== undefined
    if (!hasOpinion || turn.now.mono < opinionEnd(turn.state, peer)) continue
    peer.masterDown = false
    peer.leader = undefined
  }
}

function opinionEnd(state: SentinelState, peer: Peer): Millis {
  return peer.lastMasterDownReplyAt + 5 * state.tunables['ask-period'] + 1
}

/**
 * A peer asked us about this master, so it has just found it down: those that disagreed before are asked again
 * now instead of one ask period later. The question itself does not count as an opinion.
 */
export function reaskDisagreeingPeers(turn: Turn, master: Master): void {
  if (!master.sdown || master.odown) return
  for (const peer of master.peers.values()) {
    if (peer.masterDown) continue
    peer.reaskMs = REASK_GAP_MS
    // The outstanding answer may be older than this question.
    peer.isReaskWanted = peer.askedAt !== undefined
    turn.touch(master)
  }
}
