/**
 * Theory of operation. A failover is due once the master is ODOWN and no attempt blocks it. All sentinels notice
 * this within milliseconds of each other; if all stood at once, each would vote for itself and nobody would win.
 * So they take turns: the live sentinels are ordered by id, rotated by the epoch that is at stake, and each waits
 * its rank times a step that lets the one before it save its vote and reach the others. Whoever is asked for its
 * vote before its turn grants it and stays out of the way. The step only makes the first round succeed: votes,
 * majority and quorum are untouched, so nothing about safety depends on it, and genuine sentinels need not know.
 *
 * An attempt that nobody won is repeated with a new epoch after a short random delay, if enough voters can be
 * reached to win it. An attempt that somebody else won, or for which we voted, blocks us for 2x failover-timeout.
 */
import {
  MAX_DESYNC_MS, RETRIES_MAX, RETRY_MAX_MS, RETRY_MIN_MS, SAVE_GUESS_MS, SHARED_EPOCH_MS, STAGGER_MAX_MS,
  STAGGER_MIN_MS,
} from '../limits.ts'
import { enter } from '../failover/phases.ts'
import { scriptKillWaitEnd } from '../monitoring/script-kill.ts'
import type { Epoch } from '../state/ids.ts'
import type { Attempt, Master } from '../state/master.ts'
import type { Millis } from '../time.ts'
import type { Turn } from '../turn.ts'
import { isOwnEpoch, ownEpoch } from './own-epoch.ts'
import { isReachable, reachablePeers, votesNeeded } from './tally.ts'
import { castVote } from './vote.ts'
import { majorityOfAll, mayShareMajority } from './voters.ts'

/** Starts an attempt when one is due and it is our turn. */
export function considerCandidacy(turn: Turn, master: Master): void {
  const { attempt } = master
  if (!master.odown) forgetLostElection(attempt)
  if (!master.odown || master.failover.phase !== 'none') {
    attempt.turnAt = undefined
    return
  }
  const now = turn.now.mono
  if (scriptKillWaitEnd(master, now) !== undefined) {
    attempt.turnAt = undefined
    return
  }
  const permission = mayStart(master, now)
  if (permission === 'blocked') {
    attempt.turnAt = undefined
    logDelay(turn, master)
    return
  }
  attempt.turnAt ??= permission === 'retry' ? now : now + rank(turn, master) * staggerStep(turn, master)
  if (permission === 'due') attempt.turnAt = Math.max(attempt.turnAt, rivalsTurnEnd(turn, master))
  if (now >= attempt.turnAt) startFailover(turn, master, { forced: false })
}

/**
 * Whoever has just had our vote for one master is about to ask for those that died with it, or has asked and waits in a
 * socket: its turn lasts a step longer. Not for ever, because it may be blocked for this master.
 */
function rivalsTurnEnd(turn: Turn, master: Master): Millis {
  const { grantedAt } = turn.state
  if (grantedAt === undefined || master.odownSince === undefined) return -Infinity
  return Math.min(grantedAt + staggerStep(turn, master), master.odownSince + STAGGER_MAX_MS)
}

/**
 * A retry belongs to the down period of its election. When the master is down again later, an old election that
 * nobody won neither blocks us nor lets us stand out of turn.
 */
function forgetLostElection(attempt: Attempt): void {
  if (attempt.retryAt === undefined) return
  attempt.retryAt = undefined
  attempt.startAt = undefined
}

/** When `considerCandidacy` can decide differently although nothing arrives. */
export function candidacyDueAt(master: Master, now: Millis): Millis {
  const { attempt, failover } = master
  if (!master.odown || failover.phase !== 'none') return Infinity
  const killWaitEnd = scriptKillWaitEnd(master, now)
  if (killWaitEnd !== undefined) return killWaitEnd
  if (attempt.turnAt !== undefined) return attempt.turnAt
  const retryAt = attempt.retryAt !== undefined && attempt.retryAt > now ? attempt.retryAt : Infinity
  return Math.min(blockedUntil(master) ?? Infinity, retryAt)
}

/** Until when the last attempt, our own or one that we voted for, keeps us from another; undefined = there was none. */
export function blockedUntil({ attempt, settings }: Master): Millis | undefined {
  return attempt.startAt === undefined ? undefined : attempt.startAt + 2 * settings.failoverTimeoutMs
}

export function mayStart(master: Master, now: Millis): 'due' | 'retry' | 'blocked' {
  const { retryAt } = master.attempt
  if (retryAt !== undefined && now >= retryAt && reachablePeers(master) + 1 >= votesNeeded(master)) return 'retry'
  if (now >= (blockedUntil(master) ?? -Infinity)) return 'due'
  return 'blocked'
}

/** Says once per attempt how long the next one has to wait (behaviour.md 8.1). A short retry is no such wait. */
function logDelay(turn: Turn, master: Master): void {
  const { attempt } = master
  if (attempt.startAt === undefined || attempt.retryAt !== undefined) return
  if (attempt.delayLoggedFor === attempt.startAt) return
  attempt.delayLoggedFor = attempt.startAt
  const untilWall = turn.now.wall + ((blockedUntil(master) ?? turn.now.mono) - turn.now.mono)
  turn.note({ kind: 'failover-delay', master: master.name, untilWall })
}

/** Our place among the live sentinels, rotated by the epoch at stake so that a sick first one does not always stand. */
export function rank(turn: Turn, master: Master): number {
  const { myId } = turn.state
  const ids = [myId]
  for (const peer of master.peers.values()) if (isReachable(peer)) ids.push(peer.runId)
  ids.sort()
  const rotation = Number(epochAtStake(turn, master) % BigInt(ids.length))
  return (ids.indexOf(myId) + rotation) % ids.length
}

/**
 * The epoch of the next attempt. Masters that are lost together share one, as votes are per master and epoch: were it
 * raised for each, the later elections would spoil the earlier ones, whose epoch is then no longer the current one.
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
 * Opens an attempt (behaviour.md 8.1). Its epoch is durable before its events are told. An ordered failover has our own
 * vote from the start, so that no other sentinel gets it, also in TILT, where nothing else goes on.
 */
export function startFailover(turn: Turn, master: Master, options: { forced: boolean }): void {
  const { state } = turn
  const now = turn.now.mono
  const { forced } = options
  const isAlone = forced && canOnlyLeadAlone(turn, master)
  const epoch = epochOfAttempt(turn, master, { forced, isAlone })
  const freshSince = master.sdown && master.sdownSince !== undefined ? master.sdownSince : now
  enter(master, { phase: 'wait-start', epoch, forced, since: now, freshSince, votesUntil: undefined, isAlone })
  if (forced) turn.note({ kind: 'failover-requested', master: master.name })
  turn.persist()
  if (epoch > state.currentEpoch) {
    state.currentEpoch = epoch
    // Attempts for other masters share an epoch that is asked for by votes.
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
    replica.infoWanted ||= (replica.infoAt ?? -Infinity) < freshSince
    turn.touch(replica)
  }
  turn.touch(master)
}

/** So many peers are out of reach that an order cannot have the votes of a majority. */
function canOnlyLeadAlone(turn: Turn, master: Master): boolean {
  return reachablePeers(master) + 1 < majorityOfAll(turn, master)
}

function epochOfAttempt(turn: Turn, master: Master, { forced, isAlone }: { forced: boolean, isAlone: boolean }): Epoch {
  const { currentEpoch, myId } = turn.state
  // A file may hold a vote of a later epoch than its current one; our vote is free only above it.
  const base = currentEpoch > master.leaderEpoch ? currentEpoch : master.leaderEpoch
  if (isAlone || (!forced && mayShareMajority(turn, master))) return ownEpoch(base, myId, turn.random)
  if (turn.state.saveFails || (!forced && wereVotesWithheld(master))) return uniqueEpoch(turn, master, forced)
  // An order does not share the epoch of an election that is under way.
  return forced ? base + 1n : epochAtStake(turn, master)
}

/** Voters that cannot save their votes tell them only in an epoch of the candidate's own. */
function wereVotesWithheld({ attempt }: Master): boolean {
  return attempt.lost !== undefined && attempt.lost.withheld > 0
}

/** An epoch that no other candidate can use. Elections for masters that are lost together share it, too. */
export function uniqueEpoch(turn: Turn, master: Master, forced: boolean): Epoch {
  const { currentEpoch, myId } = turn.state
  if (!forced && epochAtStake(turn, master) === currentEpoch && isOwnEpoch(currentEpoch, myId)) return currentEpoch
  return ownEpoch(currentEpoch > master.leaderEpoch ? currentEpoch : master.leaderEpoch, myId, turn.random)
}

/**
 * Nobody won: try again soon, in our turn, and not for ever. The turns follow each other again, by steps that the
 * lost round has just measured; the random part, small at first, helps where sentinels see different ranks.
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
