/**
 * Failovers that an operator orders. No agreement of other sentinels is needed, but two orders at once must not use one
 * epoch for two addresses, and should end in one failover. So the order asks for the votes of its epoch: with a
 * majority it leads in it; with other candidates in the same epoch, the majority decides, or the orders are repeated
 * in turns; and when no majority answers in time, the failover goes on in an epoch that is unique to this sentinel.
 */
import { abortFailover } from '../failover/conclude.ts'
import { enter } from '../failover/phases.ts'
import type { RunningFailover } from '../state/failover.ts'
import { ORDER_MERGE_MS, ORDER_RETRIES_MAX, ORDER_VOTES_MS, RETRY_MIN_MS } from '../limits.ts'
import type { Epoch } from '../state/ids.ts'
import { majorityOfAll } from '../state/majority.ts'
import type { Master } from '../state/master.ts'
import type { Millis } from '../time.ts'
import type { Turn } from '../turn.ts'
import { rank, staggerStep, startFailover } from './candidacy.ts'
import { confirmOwnVote } from './kept-vote.ts'
import { ownEpoch } from './own-epoch.ts'
import { type Tally, tallyVotes, votesNeeded, winnerOf } from './tally.ts'
import { castVote } from './vote.ts'

type Standing = Extract<RunningFailover, { phase: 'wait-start' }>

/** Starts the ordered failover, or leaves it to a failover that another sentinel has just begun with our vote. */
export function takeOrder(turn: Turn, master: Master): void {
  const { attempt } = master
  const now = turn.now.mono
  if (attempt.votedAt !== undefined && now - attempt.votedAt < ORDER_MERGE_MS) {
    // Its configuration will replace the attempt and the order with it; otherwise the order starts then.
    attempt.orderAt = attempt.votedAt + ORDER_MERGE_MS
    turn.touch(master)
    return
  }
  attempt.splitVotes = 0
  startFailover(turn, master, { forced: true })
}

/** Starts an order that had to wait. */
export function resumeOrder(turn: Turn, master: Master): void {
  const { attempt, failover } = master
  if (attempt.orderAt === undefined || failover.phase !== 'none' || turn.now.mono < attempt.orderAt) return
  startFailover(turn, master, { forced: true })
}

/**
 * Starts a coordinated failover, whose options are in `master.handover`. Unlike a plain order, it needs the votes of a
 * majority and of the quorum: the master works, so there is time.
 */
export function startCoordinated(turn: Turn, master: Master): void {
  master.attempt.splitVotes = 0
  master.isInfoWanted = true
  startFailover(turn, master, { forced: true })
}

/** Decides whether an ordered failover that is collecting votes leads, waits or ends. */
export function decideOrder(turn: Turn, master: Master, failover: Standing): 'leads' | 'waits' | 'is over' {
  if (failover.isAlone) return 'leads'
  if (failover.votesUntil === undefined) {
    enter(master, { ...failover, votesUntil: turn.now.mono + ORDER_VOTES_MS })
    return 'waits'
  }
  const tally = tallyVotes(master, failover.epoch)
  const mine = tally.votes.get(turn.state.myId.toLowerCase()) ?? 0
  const { handover } = master
  const majority = majorityOfAll(turn.state, master, turn.now.mono)
  const needed = handover === undefined ? majority : Math.max(majority, votesNeeded(master))
  if (mine >= needed && confirmOwnVote(turn, master)) return 'leads'
  if (mine >= needed && turn.now.mono < failover.votesUntil) return 'waits'
  if (isLeftToAnother(turn, master, failover, tally)) {
    abortFailover(turn, master, '-failover-abort-not-elected')
    return 'is over'
  }
  if (mine + tally.outstanding >= needed && turn.now.mono < failover.votesUntil) return 'waits'
  if (tally.votes.size > 1 && master.attempt.splitVotes < ORDER_RETRIES_MAX) {
    abortFailover(turn, master, '-failover-abort-not-elected')
    master.handover = handover
    retryInTurn(turn, master)
    return 'is over'
  }
  if (handover !== undefined) {
    abortFailover(turn, master, '-failover-abort-not-elected')
    // Nothing was ordered, so it does not keep this sentinel from the next attempt; an earlier vote still does.
    master.attempt.startAt = handover.formerStartAt
    return 'is over'
  }
  leadAlone(turn, master, failover)
  return 'leads'
}

/** Whether another candidate has the majority of this epoch, or our vote for a later one. */
function isLeftToAnother({ state }: Turn, master: Master, { epoch }: Standing, tally: Tally): boolean {
  const winner = winnerOf(tally)
  if (winner !== undefined && winner !== state.myId.toLowerCase()) return true
  return master.leaderEpoch > epoch
}

/** This epoch has several candidates and no winner. The first in turn asks again; our vote for it ends our order. */
function retryInTurn(turn: Turn, master: Master): void {
  const { attempt } = master
  attempt.splitVotes += 1
  const step = staggerStep(turn, master)
  attempt.orderAt = turn.now.mono + RETRY_MIN_MS + rank(turn, master) * step + turn.random.below(Math.ceil(step / 2))
}

/** Leads without a majority, in an epoch that no other sentinel can use. */
function leadAlone(turn: Turn, master: Master, failover: Standing): void {
  const { state } = turn
  const epoch = ownEpoch(maximum(state.currentEpoch, master.leaderEpoch), state.myId, turn.random)
  enter(master, { ...failover, epoch, isAlone: true })
  castVote(turn, master, epoch, state.myId)
  state.lastElection = undefined
}

function maximum(one: Epoch, other: Epoch): Epoch {
  return one > other ? one : other
}

/** The next time at which an order acts if no input arrives. */
export function orderDueAt({ attempt, failover }: Master): Millis {
  if (failover.phase === 'none') return attempt.orderAt ?? Infinity
  return failover.phase === 'wait-start' && failover.forced ? failover.votesUntil ?? -Infinity : Infinity
}
