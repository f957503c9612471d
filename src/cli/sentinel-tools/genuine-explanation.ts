/**
 * Explains the state of a master from the replies of an original sentinel, in the form of SENTINEL EXPLAIN. The rules
 * are those of the core. Facts that no reply has (its last attempt, refusals, turns) are left out.
 */
import {
  brokenRule, compareReplicas, explainExclusion, leadingUnsigned, majorityOf, selectionLimits, standingAt,
  type MasterExplanation, type Obstacle, type ReplicaExplanation, type SelectionFacts, type SentinelExplanation,
} from '../../core/index.ts'
import { flagsOf, type Entry, type MasterFacts } from './sentinel-facts.ts'

/** Periods of the original, in milliseconds. No reply has them. */
const PING_PERIOD_MS = 1000
const INFO_PERIOD_MS = 10_000
const TILT_MS = 30_000

export interface SentinelMood {
  /** How long the sentinel has been in TILT, in milliseconds; undefined when it is not. */
  readonly tiltMs: number | undefined
}

export function genuineExplanation(facts: MasterFacts, mood: SentinelMood): MasterExplanation {
  const { master } = facts
  const flags = flagsOf(master)
  const sentinels = facts.sentinels.map(explainSentinel)
  const votes = countVotes(facts, sentinels)
  const replicas = explainReplicas(facts)
  const [best] = replicas
  const candidate = best?.standing.kind === 'best' ? best.name : undefined
  const [sdown, odown, isRunning] = ['s_down', 'o_down', 'failover_in_progress'].map((flag) => flags.includes(flag))
  const tilt: Obstacle[] = mood.tiltMs === undefined
    ? [] : [{ kind: 'tilt', forMs: mood.tiltMs, leftMs: Math.max(0, TILT_MS - mood.tiltMs) }]
  const ability = [...outOfReach(votes), ...noCandidate(replicas, candidate)]
  const down: Obstacle[] = odown === true ? [] : [{
    kind: 'no-quorum', agree: votes.agree, quorum: votes.quorum,
    disagree: sentinels.filter((one) => one.reachable && !one.saysDown).length,
    unreachable: sentinels.filter((one) => !one.reachable && !one.saysDown).length,
  }]
  const up: Obstacle = { kind: 'master-up', answeredMs: number(master, 'last-ok-ping-reply'), downInMs: undefined }
  const open = sdown === true ? [...tilt, ...down, ...ability] : [...tilt, up]
  const reasons = open.length === 0 ? heldBack(master) : open
  return {
    name: master.get('name') ?? '',
    ...nodeOf(master),
    odown: odown === true,
    failover: isRunning === true ? 'running' : reasons.length === 0 ? 'due' : 'no',
    reasons: isRunning === true ? [] : reasons,
    ifMasterDied: sdown === true || isRunning === true ? undefined : [...tilt, ...ability],
    votes,
    sentinels,
    candidate,
    replicas,
    nextAttemptMs: 0,
    currentEpoch: leadingUnsigned(master.get('config-epoch') ?? ''),
    lostElection: undefined,
    crash: undefined,
    problems: [],
    pause: undefined,
    schedule: undefined,
    lastSelection: undefined,
  }
}

/**
 * Time in milliseconds after which an attempt would be visible: it begins in the step after the quorum agreed, and a
 * flag shows it from then on.
 */
const ATTEMPT_VISIBLE_MS = 2000

/** The delay between two attempts (behaviour.md 5). The replies show only that no attempt begins. */
function heldBack(master: Entry): Obstacle[] {
  const odownMs = number(master, 'o-down-time')
  return odownMs < ATTEMPT_VISIBLE_MS
    ? [] : [{ kind: 'held-back', odownMs, waitMs: 2 * number(master, 'failover-timeout') }]
}

function number(entry: Entry, field: string): number {
  return Number(entry.get(field) ?? '0')
}

function nodeOf(entry: Entry) {
  return {
    host: entry.get('ip') ?? '',
    port: number(entry, 'port'),
    sdown: flagsOf(entry).includes('s_down'),
    refusals: [],
    lastFailure: undefined,
  }
}

function explainSentinel(entry: Entry): SentinelExplanation {
  const flags = flagsOf(entry)
  const voted = entry.get('voted-leader') ?? '?'
  return {
    id: entry.get('runid') ?? '',
    ...nodeOf(entry),
    reachable: !flags.includes('s_down') && !flags.includes('disconnected'),
    saysDown: flags.includes('master_down'),
    answeredMs: number(entry, 'last-ok-ping-reply'),
    votedFor: voted === '?' ? undefined : voted,
    votedEpoch: leadingUnsigned(entry.get('voted-leader-epoch') ?? ''),
  }
}

function countVotes({ master }: MasterFacts, sentinels: readonly SentinelExplanation[]): MasterExplanation['votes'] {
  const known = sentinels.length + 1
  const majority = majorityOf(known)
  const quorum = number(master, 'quorum')
  const own = flagsOf(master).includes('s_down') ? 1 : 0
  return {
    agree: own + sentinels.filter((one) => one.saysDown).length,
    quorum, known, majority,
    reachable: 1 + sentinels.filter((one) => one.reachable).length,
    needed: Math.max(majority, quorum),
  }
}

function explainReplicas({ master, replicas }: MasterFacts): ReplicaExplanation[] {
  const limits = selectionLimits({
    pingPeriodMs: PING_PERIOD_MS, infoPeriodMs: INFO_PERIOD_MS, downAfterMs: number(master, 'down-after-milliseconds'),
    sdownMs: master.has('s-down-time') ? number(master, 's-down-time') : undefined,
  })
  const judged = replicas.map((entry) => {
    const facts = factsOf(entry)
    return { entry, facts, why: brokenRule(facts, limits), ...rankable(entry) }
  })
  const good = judged.filter(({ why }) => why === undefined).sort((a, b) => compareReplicas(a, b))
  return [
    ...good.map((replica, at) => replicaOf(replica.entry, standingAt(good, replica, at))),
    ...judged.flatMap(({ entry, facts, why }) => why === undefined
      ? [] : [replicaOf(entry, explainExclusion(why, facts, limits, number(entry, 's-down-time') || undefined))]),
  ]
}

function rankable(entry: Entry) {
  return {
    priority: number(entry, 'slave-priority'),
    offset: leadingUnsigned(entry.get('slave-repl-offset') ?? ''),
    runId: entry.get('runid') || undefined,
  }
}

function factsOf(entry: Entry): SelectionFacts {
  const flags = flagsOf(entry)
  return {
    sdown: flags.includes('s_down'),
    disconnected: flags.includes('disconnected'),
    replyAgeMs: number(entry, 'last-ok-ping-reply'),
    priority: number(entry, 'slave-priority'),
    infoAgeMs: number(entry, 'info-refresh') || undefined,
    masterLinkDownMs: number(entry, 'master-link-down-time'),
    // Rules that the original does not have.
    neverSynchronised: false,
    isLoading: false,
    isEmpty: false,
    isForeign: false,
    hasReturned: false,
    lacksLostData: false,
    isInExcludedZone: false,
    lagBytes: undefined,
  }
}

function replicaOf(entry: Entry, standing: ReplicaExplanation['standing']): ReplicaExplanation {
  const { priority, offset } = rankable(entry)
  return {
    name: entry.get('name') ?? '', ...nodeOf(entry), priority, offset, standing,
    syncInProgress: false, lastResort: undefined, zone: undefined, lag: undefined,
  }
}

function outOfReach({ needed, reachable, known, quorum }: MasterExplanation['votes']): Obstacle[] {
  return [
    ...reachable >= quorum ? [] : [{ kind: 'quorum-out-of-reach', quorum, reachable, known } as const],
    ...reachable >= needed ? [] : [{ kind: 'no-majority', needed, reachable, known } as const],
  ]
}

function noCandidate(replicas: readonly ReplicaExplanation[], candidate: string | undefined): Obstacle[] {
  if (candidate !== undefined) return []
  if (replicas.length === 0) return [{ kind: 'no-replicas' }]
  const whys = replicas.flatMap(({ standing }) => standing.kind === 'excluded' ? [standing.why] : [])
  const excluded = [...new Set(whys)].map((why) => ({ why, count: whys.filter((one) => one === why).length }))
  return [{ kind: 'no-good-replica', excluded }]
}
