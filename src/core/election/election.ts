/** One attempt to be elected: vote, ask, count (behaviour.md 8.3 to 8.5). */
import { abortFailover } from '../failover/conclude.ts'
import { enter } from '../failover/phases.ts'
import type { RunningFailover } from '../state/failover.ts'
import { crashIf } from '../failover/simulated-crash.ts'
import type { Master } from '../state/master.ts'
import type { Millis } from '../time.ts'
import type { Turn } from '../turn.ts'
import { scheduleRetry, uniqueEpoch } from './candidacy.ts'
import { confirmOwnVote, mustLeaveEpoch } from './kept-vote.ts'
import { decideOrder } from './order.ts'
import { isOwnEpoch } from './own-epoch.ts'
import { frontRunner, type Tally, tallyVotes, winnerOf } from './tally.ts'
import { askForPauses, giveUpForPause } from './pause.ts'
import { castVote } from './vote.ts'

type Standing = Extract<RunningFailover, { phase: 'wait-start' }>

export function standForElection(turn: Turn, master: Master, standing: Standing): void {
  const { myId } = turn.state
  if (giveUpForPause(turn, master)) return
  const failover = moveToOwnEpoch(turn, master, standing)
  if (failover.forced) {
    advanceOrder(turn, master)
    return
  }
  if (master.leaderEpoch < failover.epoch) {
    castVote(turn, master, failover.epoch, frontRunner(tallyVotes(master, failover.epoch)) ?? myId)
  }
  const tally = tallyVotes(master, failover.epoch)
  const winner = winnerOf(tally)
  const hasWon = winner === myId.toLowerCase()
  if (hasWon && confirmOwnVote(turn, master)) {
    becomeLeader(turn, master, failover)
  } else if (turn.now.mono > electionEnd(turn, master) || (!hasWon && isLost(tally, myId))) {
    recordLoss(turn, master, failover, tally)
    if (tally.withheld > 0) askForPauses(turn, master)
    loseElection(turn, master, hasWon ? undefined : winner)
  }
}

/** Moves the attempt to an own epoch (own-epoch.ts) where the save of our vote for ourselves has failed. */
function moveToOwnEpoch(turn: Turn, master: Master, standing: Standing): Standing {
  if (!mustLeaveEpoch(turn, master, standing.epoch)) return standing
  const epoch = uniqueEpoch(turn, master, standing.forced)
  // Near the largest epoch there is no own one; the attempt keeps its epoch.
  if (!isOwnEpoch(epoch, turn.state.myId)) return standing
  const moved = { ...standing, epoch, votesUntil: undefined }
  enter(master, moved)
  castVote(turn, master, epoch, turn.state.myId)
  return moved
}

function advanceOrder(turn: Turn, master: Master): void {
  const { failover } = master
  if (failover.phase !== 'wait-start') return
  const outcome = decideOrder(turn, master, failover)
  const decided = master.failover
  if (outcome === 'leads' && decided.phase === 'wait-start') becomeLeader(turn, master, decided)
}

/** When an election without a winner is given up. A vote for another candidate moves this (Q20). */
export function electionEnd(turn: Turn, master: Master): Millis {
  const limit = Math.min(turn.state.tunables['election-timeout'], master.settings.failoverTimeoutMs)
  return (master.attempt.startAt ?? turn.now.mono) + limit
}

/**
 * Whether we cannot win: even every missing vote would not be enough; or all reachable peers have answered, and they
 * are enough to elect a leader in a new round.
 */
function isLost(tally: Tally, myId: string): boolean {
  const mine = tally.votes.get(myId.toLowerCase()) ?? 0
  if (mine + tally.outstanding + tally.unreachable < tally.needed) return true
  return tally.outstanding === 0 && 1 + tally.reachable >= tally.needed
}

function loseElection(turn: Turn, master: Master, winner: string | undefined): void {
  const votedForAnother = master.leader !== undefined && master.leader.toLowerCase() !== turn.state.myId.toLowerCase()
  abortFailover(turn, master, '-failover-abort-not-elected')
  // Another sentinel may lead a failover now: then the next attempt waits for the long delay.
  if (winner === undefined && !votedForAnother) scheduleRetry(turn, master)
}

function recordLoss(turn: Turn, master: Master, { epoch }: Standing, tally: Tally): void {
  const me = turn.state.myId.toLowerCase()
  const rivals = [...tally.votes].filter(([id]) => id !== me).sort(([, a], [, b]) => b - a)
  const [id, votes] = rivals[0] ?? []
  master.attempt.lost = {
    epoch,
    at: turn.now.mono,
    mine: tally.votes.get(me) ?? 0,
    needed: tally.needed,
    silent: tally.outstanding,
    unreachable: tally.unreachable,
    withheld: tally.withheld,
    rival: id === undefined || votes === undefined ? undefined : { id, votes },
  }
}

function becomeLeader(turn: Turn, master: Master, failover: Standing): void {
  turn.emit('+elected-leader', master)
  if (crashIf(turn, turn.state.simulatedFailure.crashAfterElection)) return
  master.attempt.splitVotes = 0
  master.attempt.lost = undefined
  const { epoch, forced, freshSince } = failover
  enter(master, { phase: 'select-replica', epoch, forced, freshSince, since: turn.now.mono })
  turn.emit('+failover-state-select-slave', master)
}
