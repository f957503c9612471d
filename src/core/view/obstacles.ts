/** Finds the conditions that prevent a failover, with the rules that start one (behaviour.md 7, 8.1, 9.3). */
import { sdownDueAt } from '../detection/subjective-down.ts'
import { blockedUntil, mayStart } from '../election/candidacy.ts'
import { isReachable } from '../election/tally.ts'
import { promotedReplica } from '../state/failover.ts'
import type { Ineligible, Verdict } from '../state/verdict.ts'
import type { Master } from '../state/master.ts'
import type { SentinelState } from '../state/sentinel-state.ts'
import type { Millis } from '../time.ts'
import { refusalsOf, silentMs } from './explain-node.ts'
import type { Obstacle, RefusalView, VoteCount } from './explanation.ts'
import { viewPause } from './pause-view.ts'
import { viewWitnesses } from './witnessed-view.ts'

export interface Circumstances {
  readonly state: SentinelState
  readonly master: Master
  readonly now: Millis
  readonly verdict: Verdict
  readonly votes: VoteCount
}

export function obstaclesNow(circumstances: Circumstances): readonly Obstacle[] {
  const { master } = circumstances
  const isRunning = master.failover.phase !== 'none'
  const found = [...tilt(circumstances), ...progress(circumstances)]
  if (!isRunning && !master.sdown) return [...found, ...masterUp(circumstances)]
  if (!isRunning) found.push(...paused(circumstances))
  if (!isRunning && !master.odown) found.push(...noQuorum(circumstances))
  if (!isElected(master)) found.push(...noMajority(circumstances), ...peerRefusals(circumstances))
  if (master.failover.phase !== 'reconf-replicas') found.push(...noCandidate(circumstances))
  return isRunning ? found : [...found, ...delay(circumstances)]
}

export function obstaclesIfMasterDied(circumstances: Circumstances): readonly Obstacle[] {
  return [
    ...tilt(circumstances), ...paused(circumstances), ...quorumOutOfReach(circumstances), ...noMajority(circumstances),
    ...peerRefusals(circumstances), ...noCandidate(circumstances), ...delay(circumstances),
  ]
}

/** No votes are needed any more. */
function isElected({ failover, handover }: Master): boolean {
  const needsNone = failover.phase !== 'none' && failover.forced && handover === undefined
  return needsNone || (failover.phase !== 'none' && failover.phase !== 'wait-start')
}

/** How long the last attempt still blocks the next one. */
export function attemptDelay(master: Master, now: Millis): Millis {
  if (mayStart(master, now) !== 'blocked') return 0
  const { retryAt } = master.attempt
  const until = blockedUntil(master) ?? now
  return Math.max(0, (retryAt !== undefined && retryAt > now ? Math.min(retryAt, until) : until) - now)
}

function tilt({ state, now }: Circumstances): Obstacle[] {
  if (state.tiltSince === undefined) return []
  const forMs = now - state.tiltSince
  const leftMs = Math.max(0, state.tunables['tilt-period'] - forMs)
  return [{ kind: 'tilt', forMs, leftMs, cause: state.tiltCause }]
}

function paused({ state, master, now }: Circumstances): Obstacle[] {
  const pause = viewPause(state, master, now)
  return pause === undefined ? [] : [{ kind: 'paused', ...pause }]
}

function progress({ master, now }: Circumstances): Obstacle[] {
  const { failover } = master
  if (failover.phase === 'none') return []
  const { phase, epoch, forced, since } = failover
  const { handover } = master
  const coordinated = handover === undefined
    ? undefined : { leftMs: Math.max(0, handover.until - now), isAdopted: handover.isAdopted }
  const promoted = promotedReplica(master)?.name
  return [{ kind: 'in-progress', phase, epoch, forced, forMs: now - since, promoted, coordinated }]
}

function masterUp({ state, master, now }: Circumstances): Obstacle[] {
  const answeredMs = now - master.link.lastValidReplyAt
  const due = sdownDueAt({ state }, master)
  const isSilent = due !== undefined && silentMs(state, master, now) !== undefined
  const role: Obstacle[] = master.roleReported === 'master' ? [] : [{
    kind: 'master-is-replica', forMs: now - master.roleReportedSince, downInMs: due === undefined ? undefined : Math.max(0, due - now),
  }]
  const witnessed = viewWitnesses(state, master, now)
  if (witnessed !== undefined) return [...role, { kind: 'witnessed', answeredMs, ...witnessed }]
  return [...role, { kind: 'master-up', answeredMs, downInMs: isSilent ? Math.max(0, due - now) : undefined }]
}

function noQuorum(circumstances: Circumstances): Obstacle[] {
  const { master, votes } = circumstances
  let disagree = 0
  let unreachable = 0
  for (const peer of master.peers.values()) {
    if (peer.masterDown) continue
    if (isReachable(peer)) disagree += 1
    else unreachable += 1
  }
  return [
    { kind: 'no-quorum', agree: votes.agree, quorum: votes.quorum, disagree, unreachable },
    ...quorumOutOfReach(circumstances),
  ]
}

function quorumOutOfReach({ votes: { quorum, reachable, known } }: Circumstances): Obstacle[] {
  return reachable >= quorum ? [] : [{ kind: 'quorum-out-of-reach', quorum, reachable, known }]
}

function noMajority({ votes: { needed, reachable, known } }: Circumstances): Obstacle[] {
  return reachable >= needed ? [] : [{ kind: 'no-majority', needed, reachable, known }]
}

/** Peers that answer with an error: wrong password, missing rights, not a sentinel. */
function peerRefusals({ master, now, votes }: Circumstances): Obstacle[] {
  const refusals = [...master.peers.values()]
    .map((peer) => decisive(refusalsOf(peer, now)))
    .filter((one) => one !== undefined)
  const [refusal] = refusals
  if (refusal === undefined || votes.known - refusals.length >= votes.needed) return []
  return [{ kind: 'peers-refuse', count: refusals.length, refusal }]
}

/** A failed login is the cause of all other refusals. */
function decisive(refusals: readonly RefusalView[]): RefusalView | undefined {
  return refusals.find(({ purpose }) => purpose === 'auth') ?? refusals.find(({ purpose }) => purpose === 'ask')
}

function noCandidate({ master, now, verdict }: Circumstances): Obstacle[] {
  const candidate = promotedReplica(master) ?? verdict.best
  if (candidate === undefined) {
    return master.replicas.size === 0
      ? [{ kind: 'no-replicas' }]
      : [{ kind: 'no-good-replica', excluded: countReasons(verdict) }]
  }
  const refusal = refusalsOf(candidate, now).find(({ purpose }) => purpose === 'order')
  return refusal === undefined ? [] : [{ kind: 'candidate-refuses', replica: candidate.name, refusal }]
}

function countReasons({ rejected }: Verdict): readonly { why: Ineligible, count: number }[] {
  const counts = new Map<Ineligible, number>()
  for (const { why } of rejected) counts.set(why, (counts.get(why) ?? 0) + 1)
  return [...counts].map(([why, count]) => ({ why, count }))
}

function delay({ state, master, now }: Circumstances): Obstacle[] {
  const { attempt } = master
  if (mayStart(master, now) === 'blocked') {
    const leftMs = attemptDelay(master, now)
    if (attempt.retryAt !== undefined && attempt.retryAt > now) return [{ kind: 'retry', leftMs }]
    const isOurs = master.leader === undefined || master.leader.toLowerCase() === state.myId.toLowerCase()
    return [{ kind: 'too-soon', leftMs, votedFor: isOurs ? undefined : master.leader, epoch: master.leaderEpoch }]
  }
  if (!master.odown || attempt.turnAt === undefined || attempt.turnAt <= now) return []
  return [{ kind: 'not-our-turn', leftMs: attempt.turnAt - now }]
}
