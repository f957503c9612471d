/**
 * Theory of operation. A failover is due once the master is ODOWN and no attempt blocks it. All sentinels notice
 * this within milliseconds of each other; if all became candidates at once, each would vote for itself and none would
 * win. So they take turns: the live sentinels are ordered by id, rotated by the epoch of the election, and each waits
 * its rank times a step that lets the one before it save its vote and reach the others. A sentinel that is asked for
 * its vote before its turn grants it and does not become a candidate. The step only makes the first round succeed:
 * votes, majority and quorum are untouched, so safety does not depend on it, and genuine sentinels need no change.
 *
 * An attempt without a winner is repeated with a new epoch after a short random delay, if enough voters can be
 * reached to win it. An attempt that another sentinel won, or for which we voted, blocks us for 2x failover-timeout.
 */
import {
  MAX_DESYNC_MS, RETRIES_MAX, RETRY_MAX_MS, RETRY_MIN_MS, SAVE_GUESS_MS, SHARED_EPOCH_MS, STAGGER_MAX_MS,
  STAGGER_MIN_MS,
} from '../limits.ts'
import { adoptionDueAt, awaitsLastLook, isStillAbandoned } from '../failover/adoption.ts'
import { enter } from '../failover/phases.ts'
import { scriptKillWaitEnd } from '../monitoring/script-kill.ts'
import type { Epoch } from '../state/ids.ts'
import { majorityOfAll } from '../state/majority.ts'
import type { Attempt, Master } from '../state/master.ts'
import type { Millis } from '../time.ts'
import type { Turn } from '../turn.ts'
import { isOwnEpoch, ownEpoch } from './own-epoch.ts'
import { pausedPeers } from './pause.ts'
import { isReachable, reachablePeers, votesNeeded } from './tally.ts'
import { castVote } from './vote.ts'
import { mayShareMajority } from './voters.ts'

/** Starts an attempt when one is due and it is our turn. */
export function considerCandidacy(turn: Turn, master: Master): void {
  const { attempt } = master
  const now = turn.now.mono
  const adoptsAt = adoptionDueAt(turn.state, master)
  const adopts = adoptsAt !== undefined && now >= adoptsAt && isStillAbandoned(turn, master, adoptsAt)
  // A pause prevents failovers. A handover that has happened is announced all the same.
  const isDue = (master.odown && master.pause === undefined) || adopts
  if (!isDue) forgetLostElection(attempt)
  if (!isDue || master.failover.phase !== 'none') {
    attempt.turnAt = undefined
    return
  }
  if (scriptKillWaitEnd(master, now) !== undefined) {
    attempt.turnAt = undefined
    return
  }
  // The leader that we voted for has done what the block leaves it time for, and did not announce it.
  const permission = adopts ? 'due' : mayStart(master, now)
  if (permission === 'blocked') {
    attempt.turnAt = undefined
    logDelay(turn, master)
    return
  }
  attempt.turnAt ??= permission === 'retry' ? now : now + rank(turn, master) * staggerStep(turn, master)
  if (permission === 'due') attempt.turnAt = Math.max(attempt.turnAt, rivalsTurnEnd(turn, master))
  if (now < attempt.turnAt) return
  if (adopts) attempt.adoptsSince = now
  startFailover(turn, master, { forced: false })
}

/**
 * The candidate that we have just voted for will probably ask about the other masters that were lost with that one, so
 * it gets one more step. The wait is bounded, because that candidate may be blocked for this master.
 */
function rivalsTurnEnd(turn: Turn, master: Master): Millis {
  const { grantedAt } = turn.state
  if (grantedAt === undefined || master.odownSince === undefined) return -Infinity
  return Math.min(grantedAt + staggerStep(turn, master), master.odownSince + STAGGER_MAX_MS)
}

/**
 * A retry belongs to the down period of its election. When the master is down again later, an old election
 * without a winner neither blocks us nor lets us become a candidate before our turn.
 */
function forgetLostElection(attempt: Attempt): void {
  if (attempt.retryAt === undefined) return
  attempt.retryAt = undefined
  attempt.startAt = undefined
}

/** The next time at which `considerCandidacy` can decide differently if no input arrives. */
export function candidacyDueAt({ state, now: { mono: now } }: Turn, master: Master): Millis {
  const { attempt, failover, odown, pause } = master
  if (failover.phase !== 'none') return Infinity
  const adoptsAt = adoptionDueAt(state, master) ?? Infinity
  if (!odown || pause !== undefined) {
    if (now < adoptsAt) return adoptsAt
    if (awaitsLastLook(master, adoptsAt)) return Infinity
  }
  const killWaitEnd = scriptKillWaitEnd(master, now)
  if (killWaitEnd !== undefined) return killWaitEnd
  if (attempt.turnAt !== undefined) return attempt.turnAt
  const retryAt = attempt.retryAt !== undefined && attempt.retryAt > now ? attempt.retryAt : Infinity
  return Math.min(blockedUntil(master) ?? Infinity, retryAt, now < adoptsAt ? adoptsAt : Infinity)
}

/** When the block by the last attempt, our own or one that we voted for, ends; undefined = there was none. */
export function blockedUntil({ attempt, settings }: Master): Millis | undefined {
  return attempt.startAt === undefined ? undefined : attempt.startAt + 2 * settings.failoverTimeoutMs
}

export function mayStart(master: Master, now: Millis): 'due' | 'retry' | 'blocked' {
  const { retryAt } = master.attempt
  if (retryAt !== undefined && now >= retryAt && reachablePeers(master) + 1 >= votesNeeded(master)) return 'retry'
  if (now >= (blockedUntil(master) ?? -Infinity)) return 'due'
  return 'blocked'
}

/** Logs once per attempt how long the next one has to wait (behaviour.md 8.1). Short retries are not logged. */
function logDelay(turn: Turn, master: Master): void {
  const { attempt } = master
  if (attempt.startAt === undefined || attempt.retryAt !== undefined) return
  if (attempt.delayLoggedFor === attempt.startAt) return
  attempt.delayLoggedFor = attempt.startAt
  const untilWall = turn.now.wall + ((blockedUntil(master) ?? turn.now.mono) - turn.now.mono)
  turn.note({ kind: 'failover-delay', master: master.name, untilWall })
}

/** Our place among the live sentinels, rotated by the election's epoch: a faulty one is not always first. */
export function rank(turn: Turn, master: Master): number {
  const { myId } = turn.state
  const ids = [myId]
  for (const peer of master.peers.values()) if (isReachable(peer)) ids.push(peer.runId)
  ids.sort()
  const rotation = Number(epochAtStake(turn, master) % BigInt(ids.length))
  return (ids.indexOf(myId) + rotation) % ids.length
}

/**
 * The epoch of the next attempt. Masters that are lost together share one, as votes are per master and epoch. If each
 * election raised it, the epoch of the earlier ones would no longer be current, and they would fail.
 */
function epochAtStake(turn: Turn, master: Master): Epoch {
  const { currentEpoch, lastElection } = turn.state
  const isShared = lastElection?.epoch === currentEpoch && turn.now.mono - lastElection.at < SHARED_EPOCH_MS
    && master.leaderEpoch < currentEpoch && master.configEpoch < currentEpoch
  return isShared ? currentEpoch : currentEpoch + 1n
}

/** Time for the sentinel before us to save its vote and to ask, measured on our own links and saves. */
export function staggerStep(turn: Turn, master: Master): Millis {
  let roundTrip = 0
  for (const peer of master.peers.values()) {
    if (isReachable(peer)) roundTrip = Math.max(roundTrip, peer.link.roundTripMs ?? 0)
  }
  const step = Math.ceil(10 + 2 * roundTrip + 2 * (turn.state.saveMs ?? SAVE_GUESS_MS))
  return Math.min(Math.max(step, STAGGER_MIN_MS), STAGGER_MAX_MS)
}

/**
 * Opens an attempt (behaviour.md 8.1). Its epoch is durable before its events are published. An ordered failover
 * has our own vote from the start, so that no other sentinel gets it; also in TILT, where attempts do not advance.
 */
export function startFailover(turn: Turn, master: Master, options: { forced: boolean }): void {
  const { state } = turn
  const now = turn.now.mono
  const { forced } = options
  const isAlone = forced && master.handover === undefined && canOnlyLeadAlone(turn, master)
  const epoch = epochOfAttempt(turn, master, { forced, isAlone })
  const freshSince = master.sdown && master.sdownSince !== undefined ? master.sdownSince : now
  enter(master, { phase: 'wait-start', epoch, forced, since: now, freshSince, votesUntil: undefined, isAlone })
  if (forced) turn.note({ kind: 'failover-requested', master: master.name })
  turn.persist()
  if (epoch > state.currentEpoch) {
    state.currentEpoch = epoch
    // Attempts for other masters share an epoch only when it is won by votes.
    state.lastElection = forced ? undefined : { epoch, at: now }
    turn.emitBare('+new-epoch', master, { epoch })
  }
  turn.emit('+try-failover', master)
  if (forced) castVote(turn, master, epoch, state.myId)
  const { attempt } = master
  attempt.orderAt = undefined
  attempt.startAt = now + turn.random.below(MAX_DESYNC_MS)
  attempt.retryAt = undefined
  attempt.turnAt = undefined
  for (const replica of master.replicas.values()) {
    replica.isInfoWanted ||= (replica.infoAt ?? -Infinity) < freshSince
    turn.touch(replica)
  }
  turn.touch(master)
}

/** Whether too many peers are unreachable for an order to get the votes of a majority. */
function canOnlyLeadAlone(turn: Turn, master: Master): boolean {
  return reachablePeers(master) + 1 < majorityOfAll(turn.state, master, turn.now.mono)
}

function epochOfAttempt(turn: Turn, master: Master, { forced, isAlone }: { forced: boolean, isAlone: boolean }): Epoch {
  if (isAlone || (!forced && mayShareMajority(turn, master))) return newOwnEpoch(turn, master)
  const isOwnWanted = turn.state.isSaveFailing || (!forced && wereVotesWithheld(master, turn.now.mono))
  if (isOwnWanted) return uniqueEpoch(turn, master, forced)
  // An order does not share the epoch of an election that is under way.
  return forced ? lastUsedEpoch(turn, master) + 1n : epochAtStake(turn, master)
}

/**
 * Whether votes were withheld in the last election, by others than those that are paused. Voters that cannot save
 * report them only in an own epoch.
 */
function wereVotesWithheld(master: Master, now: Millis): boolean {
  const { lost } = master.attempt
  return lost !== undefined && lost.withheld > pausedPeers(master, now)
}

/** An epoch that no other candidate can use. Elections for masters that are lost together share it. */
export function uniqueEpoch(turn: Turn, master: Master, forced: boolean): Epoch {
  const { currentEpoch, myId } = turn.state
  if (!forced && epochAtStake(turn, master) === currentEpoch && isOwnEpoch(currentEpoch, myId)) return currentEpoch
  return newOwnEpoch(turn, master)
}

function newOwnEpoch(turn: Turn, master: Master): Epoch {
  return ownEpoch(lastUsedEpoch(turn, master), turn.state.myId, turn.random)
}

/**
 * The last epoch that was used: our vote is free only above it. A file may hold a vote of a later epoch than its
 * current one.
 */
function lastUsedEpoch({ state }: Turn, { leaderEpoch }: Master): Epoch {
  return state.currentEpoch > leaderEpoch ? state.currentEpoch : leaderEpoch
}

/**
 * Schedules a retry after an election without a winner, at most `RETRIES_MAX` in a row. The sentinels take turns again,
 * with the step that is measured now; the random part, small at first, helps where sentinels see different ranks.
 */
export function scheduleRetry(turn: Turn, master: Master): void {
  const { attempt } = master
  attempt.splitVotes += 1
  if (attempt.splitVotes > RETRIES_MAX) {
    attempt.splitVotes = 0
    return
  }
  const step = staggerStep(turn, master)
  const spread = Math.min(RETRY_MAX_MS, Math.ceil(step / 4 * 2 ** attempt.splitVotes))
  attempt.retryAt = turn.now.mono + RETRY_MIN_MS + rank(turn, master) * step + turn.random.below(spread)
}
