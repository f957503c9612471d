/** Selects the replica that becomes the master and gives the reason against each other one (behaviour.md 9.3). Pure. */
import { mayBePromoted } from '../monitoring/foreign-nodes.ts'
import { holdsLostData } from '../monitoring/lost-data.ts'
import { isReturnedMaster } from '../monitoring/returned-master.ts'
import { isDisconnected } from '../state/link.ts'
import type { Master } from '../state/master.ts'
import { protectionOf } from '../state/protection.ts'
import type { Replica } from '../state/replica.ts'
import type { SentinelState } from '../state/sentinel-state.ts'
import type { Ineligible, LastResort, Verdict } from '../state/verdict.ts'
import type { Millis } from '../time.ts'
import { lagOf, newestOffset, preferenceOf, zoneOf } from './placement.ts'

export function rankReplicas(state: SentinelState, master: Master, now: Millis): Verdict {
  const good: Replica[] = []
  const rejected: { replica: Replica, why: Ineligible }[] = []
  const limits = limitsOf(state, master, now)
  const newest = newestOffset(master)
  for (const replica of master.replicas.values()) {
    const why = brokenRule(factsOf({ state, master, replica, now, newest }), limits)
    if (why === undefined) good.push(replica)
    else rejected.push({ replica, why })
  }
  const ranked = (candidates: Replica[], lastResort?: LastResort): Verdict => {
    const isPreferred = preferenceOf(state, master)
    candidates.sort((a, b) => compareReplicas(a, b, isPreferred))
    const others = rejected.filter(({ why }) => why !== lastResort)
    return { best: candidates[0], ranked: candidates, rejected: others, lastResort }
  }
  if (good.length > 0) return ranked(good)
  const lastResort = LAST_RESORTS.find((one) => rejected.some(({ why }) => why === one) && !isForbidden(one, limits))
  return ranked(rejected.filter(({ why }) => why === lastResort).map(({ replica }) => replica), lastResort)
}

/** Preferred first: a server that loads refuses its promotion until the load is complete. */
const LAST_RESORTS: readonly LastResort[] = ['too-much-lag', 'never-synchronised', 'loading']

function isForbidden(lastResort: LastResort, { isLagStrict }: SelectionLimits): boolean {
  return lastResort === 'too-much-lag' && isLagStrict
}

/** The limits of the selection rules; longest ages, inclusive. */
export interface SelectionLimits {
  readonly replyMs: Millis
  readonly infoMs: Millis
  readonly masterLinkDownMs: Millis
  /** Bytes of the data that a replica may lack; undefined = no limit. */
  readonly lagBytes: number | undefined
  /** Whether one that lacks more is not even the last resort. */
  readonly isLagStrict: boolean
}

export interface SelectionPeriods {
  readonly pingPeriodMs: Millis
  readonly infoPeriodMs: Millis
  readonly downAfterMs: Millis
  /** How long the master has been down; undefined = it is not. */
  readonly sdownMs: Millis | undefined
  /** `goneMsOf` a master that is down. */
  readonly shownAsMasterMs?: Millis | undefined
  readonly lagBytes?: number | undefined
  readonly isLagStrict?: boolean
}

export function selectionLimits(given: SelectionPeriods): SelectionLimits {
  const recently = 5 * given.pingPeriodMs
  return {
    replyMs: recently,
    infoMs: given.sdownMs === undefined ? 3 * given.infoPeriodMs : recently,
    masterLinkDownMs: 10 * given.downAfterMs + Math.max(given.sdownMs ?? 0, given.shownAsMasterMs ?? 0),
    lagBytes: given.lagBytes,
    isLagStrict: given.isLagStrict ?? false,
  }
}

/**
 * How long ago the replicas may have lost their links to a master that is shown as a replica: they lost them when its
 * role changed, or when it was down before, and it counts as down only two INFO periods after the report of its role.
 * After RESET it counts as down anew. Undefined: SDOWN tells it.
 */
export function goneMsOf(master: Master, now: Millis): Millis | undefined {
  const { roleReported, shownAsMasterAt, wasResetWhileGone } = master
  return roleReported === 'slave' || wasResetWhileGone ? now - shownAsMasterAt : undefined
}

export function limitsOf(state: SentinelState, master: Master, now: Millis): SelectionLimits {
  const { maxLagBytes, isLagStrict } = protectionOf(state, master).placement
  return selectionLimits({
    pingPeriodMs: state.tunables['ping-period'],
    infoPeriodMs: state.tunables['info-period'],
    downAfterMs: master.settings.downAfterMs,
    sdownMs: master.sdown ? now - (master.sdownSince ?? now) : undefined,
    shownAsMasterMs: master.sdown ? goneMsOf(master, now) : undefined,
    lagBytes: maxLagBytes,
    isLagStrict,
  })
}

/** The facts about a replica that the rules read. */
export interface SelectionFacts {
  readonly sdown: boolean
  readonly disconnected: boolean
  readonly replyAgeMs: Millis
  readonly priority: number
  /** It is in a zone of which no replica is promoted. */
  readonly isInExcludedZone: boolean
  /** undefined = never. */
  readonly infoAgeMs: Millis | undefined
  readonly masterLinkDownMs: Millis
  readonly neverSynchronised: boolean
  readonly isLoading: boolean
  /** It holds no key. */
  readonly isEmpty: boolean
  /** It holds another deployment's data, certainly or probably. */
  readonly isForeign: boolean
  /** It was replaced and runs as a master again, while its successor is up. */
  readonly hasReturned: boolean
  /** Its master restarted without its data, some replica has them, and this one does not. */
  readonly lacksLostData: boolean
  /** Bytes that it lacks of the newest data known; undefined = its data are others, or nothing is known. */
  readonly lagBytes: number | undefined
}

export interface Judged {
  readonly state: SentinelState
  readonly master: Master
  readonly replica: Replica
  readonly now: Millis
  /** `newestOffset` of the master. */
  readonly newest: bigint | undefined
}

export function factsOf({ state, master, replica, now, newest }: Judged): SelectionFacts {
  const { neverPromoteIn } = protectionOf(state, master).placement
  return {
    sdown: replica.sdown,
    disconnected: isDisconnected(replica.link),
    replyAgeMs: now - replica.link.lastValidReplyAt,
    priority: replica.priority,
    isInExcludedZone: neverPromoteIn.length > 0 && neverPromoteIn.includes(zoneOf(state, master, replica) ?? ''),
    infoAgeMs: replica.infoAt === undefined ? undefined : now - replica.infoAt,
    masterLinkDownMs: replica.masterLinkDownMs,
    neverSynchronised: replica.neverSynchronised,
    // One that is a master has no link, whatever it had as a replica.
    isLoading: replica.isLoading && !(replica.roleReported === 'slave' && replica.masterLinkUp),
    isEmpty: replica.hasKeys === false,
    isForeign: !mayBePromoted(state, master, replica),
    // Other sentinels may be ordering it to follow: an election does not keep them from that at once.
    hasReturned: !master.sdown && isReturnedMaster(replica),
    lacksLostData: master.lostData?.stage === 'down' && !holdsLostData(state, master, replica),
    lagBytes: lagOf(master, replica, newest),
  }
}

export function brokenRule(facts: SelectionFacts, limits: SelectionLimits): Ineligible | undefined {
  if (facts.sdown) return 'down'
  if (facts.disconnected) return 'disconnected'
  if (facts.replyAgeMs > limits.replyMs) return 'silent'
  if (facts.priority === 0) return 'priority-zero'
  if (facts.isInExcludedZone) return 'excluded-zone'
  if (facts.infoAgeMs === undefined || facts.infoAgeMs > limits.infoMs) return 'info-too-old'
  if (facts.isForeign) return 'foreign'
  if (facts.hasReturned) return 'returned-master'
  if (facts.lacksLostData) return 'lost-data'
  if (limits.isLagStrict && lagsTooMuch(facts, limits)) return 'too-much-lag'
  if (facts.neverSynchronised) return brokenWithoutSync(facts)
  if (facts.masterLinkDownMs > limits.masterLinkDownMs) return 'master-link-down-too-long'
  if (facts.isLoading) return 'loading'
  return lagsTooMuch(facts, limits) ? 'too-much-lag' : undefined
}

function lagsTooMuch({ lagBytes = Infinity }: SelectionFacts, limits: SelectionLimits): boolean {
  return limits.lagBytes !== undefined && lagBytes > limits.lagBytes
}

/** The link's downtime is meaningless for a replica that never had a link to its master. */
function brokenWithoutSync({ isLoading, isEmpty }: SelectionFacts): Ineligible {
  if (isLoading) return 'loading'
  return isEmpty ? 'no-data' : 'never-synchronised'
}

export function whyIneligible(
  state: SentinelState, master: Master, replica: Replica, now: Millis,
): Ineligible | undefined {
  const facts = factsOf({ state, master, replica, now, newest: newestOffset(master) })
  return brokenRule(facts, limitsOf(state, master, now))
}

/** The fields that order the eligible replicas. */
export type Rankable = Pick<Replica, 'priority' | 'offset' | 'runId'>

/** The first of these in which two eligible replicas differ decides between them. */
export type Precedence = 'priority' | 'zone' | 'offset' | 'run-id'

export function precedence<One extends Rankable>(a: One, b: One, isPreferred?: (one: One) => boolean): Precedence {
  if (a.priority !== b.priority) return 'priority'
  if (isPreferred !== undefined && isPreferred(a) !== isPreferred(b)) return 'zone'
  return a.offset === b.offset ? 'run-id' : 'offset'
}

/**
 * Lowest priority first, then the preferred zone, then the most data, then the smallest run id; an unknown run id comes
 * last.
 */
export function compareReplicas<One extends Rankable>(a: One, b: One, isPreferred?: (one: One) => boolean): number {
  if (a.priority !== b.priority) return a.priority - b.priority
  if (isPreferred !== undefined && isPreferred(a) !== isPreferred(b)) return isPreferred(a) ? -1 : 1
  if (a.offset !== b.offset) return a.offset > b.offset ? -1 : 1
  if (a.runId === undefined) return Number(b.runId !== undefined)
  if (b.runId === undefined) return -1
  const [left, right] = [a.runId.toLowerCase(), b.runId.toLowerCase()]
  return left < right ? -1 : Number(left > right)
}
