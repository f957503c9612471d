/**
 * Theory of operation. While failovers of a master are paused here, this sentinel does not become a candidate and casts
 * no vote for others; monitoring, opinions and the failovers that an operator orders here go on. A pause ends at its
 * time on the wall clock or after its duration on the monotonic one, whichever comes first: so it survives a restart,
 * and a wall clock that is set back does not prolong it.
 *
 * A failover needs the votes of `needed` sentinels, so it is impossible when more than known - needed hold theirs back.
 * A sentinel whose vote may still elect a leader holds nothing back yet. Peers report their pauses when they are asked
 * IS-MASTER-DOWN-BY-ADDR under epoch 0 for a candidate that no sentinel has as its id: a genuine sentinel answers that
 * like any other question and casts no vote in that epoch (docs/decisions/0052-pause.md). In the same form a sentinel
 * announces that it asks for votes because an operator ordered it to: these a paused sentinel gives.
 */
import { abortFailover } from '../failover/conclude.ts'
import { MAX_DESYNC_MS, ORDER_NOTICE_MS, PAUSE_ANSWERS_MS, PAUSE_MAX_MS, PAUSE_QUESTIONS_MAX, PAUSE_REFRESH_MS } from '../limits.ts'
import { announced } from '../monitoring/announce.ts'
import { sendCommand } from '../monitoring/commands.ts'
import { readMasterDownAnswer } from '../monitoring/master-down-answer.ts'
import { ownText } from '../own-text.ts'
import type { OperationResult, OrderMessage, PauseCount } from '../operation.ts'
import type { Reply } from '../reply.ts'
import type { Epoch, OperationId } from '../state/ids.ts'
import { isDisconnected } from '../state/link.ts'
import { majorityOf, countVoters } from '../state/majority.ts'
import { isAdoption, type Master } from '../state/master.ts'
import type { OwnState } from '../state/own-state.ts'
import { PAUSE_QUESTION, type KeptPause } from '../state/pause.ts'
import type { Peer } from '../state/peer.ts'
import type { SentinelState } from '../state/sentinel-state.ts'
import type { Millis } from '../time.ts'
import type { Turn } from '../turn.ts'
import { castVote } from './vote.ts'

/** Begins a pause, or replaces the one that there is. */
export function beginPause(turn: Turn, master: Master, forMs: Millis, reason: string | undefined): KeptPause {
  const { mono, wall } = turn.now
  const kept = { since: wall, until: wall + forMs, reason }
  setPause(turn, master, kept, mono + forMs)
  turn.keep()
  return kept
}

function setPause(turn: Turn, master: Master, kept: KeptPause, until: Millis): void {
  master.pause = { kept, until, askedAt: -Infinity }
  // A lost election would be repeated at once when the pause ends; instead all sentinels take turns.
  if (master.attempt.retryAt !== undefined) Object.assign(master.attempt, { retryAt: undefined, startAt: undefined })
  turn.emit('+paused', master, { until: kept.until, reason: kept.reason })
  turn.touch(master)
}

/** Ends a pause before its time. */
export function endPause(turn: Turn, master: Master, why: 'resumed' | 'expired'): void {
  if (master.pause === undefined) return
  master.pause = undefined
  turn.keep()
  turn.emit('-paused', master, { why })
  turn.touch(master)
}

/** Takes over the pauses from before a restart. None is longer than it was ordered, whatever the wall clock says. */
export function loadPauses(turn: Turn, { pauses }: OwnState): void {
  const { mono, wall } = turn.now
  for (const master of turn.state.masters.values()) {
    const kept = pauses.get(master.name)
    if (kept === undefined) continue
    const leftMs = Math.min(kept.until - wall, kept.until - kept.since, PAUSE_MAX_MS)
    if (leftMs > 0) setPause(turn, master, kept, mono + leftMs)
    else turn.keep()
  }
}

/** The pauses to keep, by master's name. */
export function pausesOf(state: SentinelState): ReadonlyMap<string, KeptPause> {
  const paused = [...state.masters.values()].filter(({ pause }) => pause !== undefined)
  return new Map(paused.flatMap(({ name, pause }) => pause === undefined ? [] : [[name, pause.kept] as const]))
}

/** Ends what is due: the pause, and the wait for the peers' answers. Asks the peers again while the pause lasts. */
export function reviewPause(turn: Turn, master: Master): void {
  const { pause } = master
  const { mono, wall } = turn.now
  if (pause !== undefined && (mono >= pause.until || wall >= pause.kept.until)) endPause(turn, master, 'expired')
  else if (pause !== undefined && mono >= pause.askedAt + PAUSE_REFRESH_MS) askForPauses(turn, master)
  answerPauseQuestions(turn, master)
}

/** The next time at which `reviewPause` acts if no input arrives. */
export function pauseDueAt({ now }: Turn, { pause, pauseQuestions }: Master): Millis {
  const [first] = pauseQuestions
  const answerAt = first === undefined ? Infinity : first.since + PAUSE_ANSWERS_MS
  if (pause === undefined) return answerAt
  const expiresAt = Math.min(pause.until, now.mono + Math.max(1, pause.kept.until - now.wall))
  return Math.min(answerAt, expiresAt, pause.askedAt + PAUSE_REFRESH_MS)
}

/** An election that has no winner yet is given up when a pause begins. It no longer blocks us: it has ended. */
export function giveUpForPause(turn: Turn, master: Master): boolean {
  const { failover } = master
  if (master.pause === undefined || failover.phase !== 'wait-start' || failover.forced || isAdoption(master)) return false
  const isOwn = master.leaderEpoch < failover.epoch || master.leader === turn.state.myId
  abortFailover(turn, master, '-failover-abort-not-elected')
  if (isOwn) master.attempt.startAt = undefined
  return true
}

/** Asks the peers for their pauses, and answers the operation when they have told them. */
export function answerWithPauses(
  turn: Turn, master: Master, { operation, ordered }: { operation: OperationId, ordered: KeptPause | undefined },
): void {
  master.pauseQuestions.push({ operation, ordered, since: turn.now.mono })
  askForPauses(turn, master)
  turn.touch(master)
}

/** Asks the peers for their pauses; also after an election in which votes were withheld. */
export function askForPauses(turn: Turn, master: Master): void {
  const now = turn.now.mono
  if (master.pause !== undefined) master.pause.askedAt = now
  const candidate = `${PAUSE_QUESTION}${master.name}`
  const { address } = master
  const words = ['is-master-down-by-addr', announced(turn.state, address), String(address.port), '0', candidate]
  for (const peer of master.peers.values()) {
    sendCommand(turn, peer, ['SENTINEL', ...words], { kind: 'pause-question', record: peer.id, askedAt: now })
  }
}

/** Records what a peer tells about its pause. */
export function handlePauseReply(turn: Turn, master: Master, peer: Peer, askedAt: Millis, reply: Reply): void {
  const answer = readMasterDownAnswer(reply)
  const leftMs = answer?.leader === 'paused' ? Number(answer.epoch) : 0
  peer.pause.answeredFor = askedAt
  peer.pause.until = leftMs > 0 && leftMs <= PAUSE_MAX_MS ? turn.now.mono + leftMs : undefined
  turn.touch(master)
}

/** A peer will ask for our vote because an operator ordered a failover from it. */
export function noteOrder(turn: Turn, { id, epoch, name }: OrderMessage): void {
  const master = turn.state.masters.get(name)
  if (master === undefined) return
  master.orderNotice = { candidate: ownText(id), epoch, until: turn.now.mono + ORDER_NOTICE_MS }
}

/**
 * Casts our vote unless failovers are paused and no operator ordered this one. Each request of an order follows a
 * notice of its own, which names the epoch: an interrupted connection may deliver one late, before the request of a
 * later election.
 */
export function voteUnlessPaused(turn: Turn, master: Master, epoch: Epoch, candidate: string): void {
  voteAsPausesAllow(turn, master, epoch, candidate)
  if (master.orderNotice?.candidate === candidate) master.orderNotice = undefined
}

function voteAsPausesAllow(turn: Turn, master: Master, epoch: Epoch, candidate: string): void {
  const { pause, orderNotice, votedForOtherAt } = master
  if (pause === undefined) return castVote(turn, master, epoch, candidate)
  if (orderNotice?.candidate !== candidate || orderNotice.epoch !== epoch || turn.now.mono >= orderNotice.until) return
  castVote(turn, master, epoch, candidate)
  // It elects a leader only by an order, which a pause does not prevent.
  master.votedForOtherAt = votedForOtherAt
}

/** The answer to a peer's question for our pause; `leftMs` is 0 where it keeps nothing from happening. */
export function tellPause(turn: Turn, name: string): OperationResult {
  const master = turn.state.masters.get(name)
  const held = master !== undefined && holdsBack(turn.state, master, turn.now.mono)
  const { pause } = master ?? {}
  const leftMs = pause === undefined ? 0 : Math.min(pause.until - turn.now.mono, pause.kept.until - turn.now.wall)
  return { kind: 'pause-told', isPaused: pause !== undefined, leftMs: held ? Math.max(0, Math.ceil(leftMs)) : 0 }
}

/**
 * Whether this sentinel keeps failovers from happening: it is paused, leads none, and no vote of it may still elect
 * a leader. A candidate leads or has given up after its election and two steps of failover-timeout each.
 */
function holdsBack(state: SentinelState, master: Master, now: Millis): boolean {
  const { pause, failover, votedForOtherAt, configEpoch, leaderEpoch, settings } = master
  if (pause === undefined || (failover.phase !== 'none' && !failover.forced)) return false
  if (votedForOtherAt === undefined || configEpoch === leaderEpoch) return true
  const usableMs = state.tunables['election-timeout'] + MAX_DESYNC_MS + 2 * settings.failoverTimeoutMs
  return now - votedForOtherAt > usableMs
}

/** Peers that are known to be paused. */
export function pausedPeers({ peers }: Master, now: Millis, since = -Infinity): number {
  let paused = 0
  for (const { pause: { answeredFor, until } } of peers.values()) {
    if ((answeredFor ?? -Infinity) >= since && until !== undefined && until > now) paused += 1
  }
  return paused
}

/** What is known of the pauses; answers to questions that were sent before `since` do not count. */
export function countPauses(state: SentinelState, master: Master, now: Millis, since = -Infinity): PauseCount {
  const paused = (holdsBack(state, master, now) ? 1 : 0) + pausedPeers(master, now, since)
  // One that FORGET removed as dead votes again as soon as it is heard, so as many count as were alive at once.
  const known = Math.max(countVoters(state, master, now), master.aliveAtOnce)
  const needed = Math.max(1, known - Math.max(majorityOf(known), master.settings.quorum) + 1)
  return { paused, known, needed, effective: paused >= needed }
}

function answerPauseQuestions(turn: Turn, master: Master): void {
  const { pauseQuestions: open } = master
  if (open.length === 0) return
  const { state, now: { mono } } = turn
  for (const question of open.splice(0)) {
    const { operation, since, ordered } = question
    const isDone = mono >= since + PAUSE_ANSWERS_MS || open.length >= PAUSE_QUESTIONS_MAX || haveAllTold(master, since)
    if (!isDone) {
      open.push(question)
      continue
    }
    const kept = ordered ?? master.pause?.kept
    const result: OperationResult = kept === undefined
      ? { kind: 'not-paused' } : { kind: 'paused', until: kept.until, ...countPauses(state, master, mono, since) }
    turn.push({ type: 'answer', operation, result })
  }
}

function haveAllTold({ peers }: Master, since: Millis): boolean {
  for (const { link, pause } of peers.values()) {
    if (!isDisconnected(link) && (pause.answeredFor ?? -Infinity) < since) return false
  }
  return true
}

/** The master is no longer monitored: its pause ends, and the operations that wait are refused. */
export function dropPause(turn: Turn, master: Master): void {
  if (master.pause !== undefined) turn.keep()
  master.pause = undefined
  for (const { operation } of master.pauseQuestions.splice(0)) {
    turn.push({ type: 'answer', operation, result: { kind: 'refused', error: 'no-such-master' } })
  }
}
