/** Selects the replica that becomes the master and gives the reason against each other one (behaviour.md 9.3). Pure. */
import { mayBeOrdered } from '../monitoring/foreign-nodes.ts'
import { holdsLostData } from '../monitoring/lost-data.ts'
import { isDisconnected } from '../state/link.ts'
import type { Master } from '../state/master.ts'
import type { Replica } from '../state/replica.ts'
import type { SentinelState } from '../state/sentinel-state.ts'
import type { Ineligible, LastResort, Verdict } from '../state/verdict.ts'
import type { Millis } from '../time.ts'

export function rankReplicas(state: SentinelState, master: Master, now: Millis): Verdict {
  const good: Replica[] = []
  const rejected: { replica: Replica, why: Ineligible }[] = []
  for (const replica of master.replicas.values()) {
    const why = whyIneligible(state, master, replica, now)
    if (why === undefined) good.push(replica)
    else rejected.push({ replica, why })
  }
  if (good.length > 0) return verdictOf(good, rejected, undefined)
  const lastResort = LAST_RESORTS.find((one) => rejected.some(({ why }) => why === one))
  if (lastResort === undefined) return verdictOf([], rejected, undefined)
  const last = rejected.filter(({ why }) => why === lastResort).map(({ replica }) => replica)
  return verdictOf(last, rejected.filter(({ why }) => why !== lastResort), lastResort)
}

/** Preferred first: a server that loads refuses its promotion until the load is complete. */
const LAST_RESORTS: readonly LastResort[] = ['never-synchronised', 'loading']

function verdictOf(
  candidates: Replica[], rejected: Verdict['rejected'], lastResort: LastResort | undefined,
): Verdict {
  const ranked = candidates.sort(compareReplicas)
  return { best: ranked[0], ranked, rejected, lastResort }
}

/** The limits of the selection rules; longest ages, inclusive. */
export interface SelectionLimits {
  readonly replyMs: Millis
  readonly infoMs: Millis
  readonly masterLinkDownMs: Millis
}

export interface SelectionPeriods {
  readonly pingPeriodMs: Millis
  readonly infoPeriodMs: Millis
  readonly downAfterMs: Millis
  /** How long the master has been down; undefined = it is not. */
  readonly sdownMs: Millis | undefined
  /** How long a master that is down has reported that it is a replica; undefined = it does not. */
  readonly replicaRoleMs?: Millis | undefined
}

export function selectionLimits(given: SelectionPeriods): SelectionLimits {
  const recently = 5 * given.pingPeriodMs
  return {
    replyMs: recently,
    infoMs: given.sdownMs === undefined ? 3 * given.infoPeriodMs : recently,
    masterLinkDownMs: 10 * given.downAfterMs + Math.max(given.sdownMs ?? 0, given.replicaRoleMs ?? 0),
  }
}

export function limitsOf(state: SentinelState, master: Master, now: Millis): SelectionLimits {
  return selectionLimits({
    pingPeriodMs: state.tunables['ping-period'],
    infoPeriodMs: state.tunables['info-period'],
    downAfterMs: master.settings.downAfterMs,
    sdownMs: master.sdown ? now - (master.sdownSince ?? now) : undefined,
    // Its replicas lose their links when its role changes, and it is down only two INFO periods later.
    replicaRoleMs: master.sdown && master.roleReported === 'slave' ? now - master.roleReportedSince : undefined,
  })
}

/** The facts about a replica that the rules read. */
export interface SelectionFacts {
  readonly sdown: boolean
  readonly disconnected: boolean
  readonly replyAgeMs: Millis
  readonly priority: number
  /** undefined = never. */
  readonly infoAgeMs: Millis | undefined
  readonly masterLinkDownMs: Millis
  readonly neverSynchronised: boolean
  readonly isLoading: boolean
  /** It holds no key. */
  readonly isEmpty: boolean
  /** It holds another deployment's data, certainly or probably. */
  readonly isForeign: boolean
  /** Its master restarted without its data, some replica has them, and this one does not. */
  readonly lacksLostData: boolean
}

export function factsOf(state: SentinelState, master: Master, replica: Replica, now: Millis): SelectionFacts {
  return {
    sdown: replica.sdown,
    disconnected: isDisconnected(replica.link),
    replyAgeMs: now - replica.link.lastValidReplyAt,
    priority: replica.priority,
    infoAgeMs: replica.infoAt === undefined ? undefined : now - replica.infoAt,
    masterLinkDownMs: replica.masterLinkDownMs,
    neverSynchronised: replica.neverSynchronised,
    isLoading: replica.isLoading && !replica.masterLinkUp,
    isEmpty: replica.hasKeys === false,
    isForeign: !mayBeOrdered(state, master, replica),
    lacksLostData: master.lostData?.stage === 'down' && !holdsLostData(state, master, replica),
  }
}

export function brokenRule(facts: SelectionFacts, limits: SelectionLimits): Ineligible | undefined {
  if (facts.sdown) return 'down'
  if (facts.disconnected) return 'disconnected'
  if (facts.replyAgeMs > limits.replyMs) return 'silent'
  if (facts.priority === 0) return 'priority-zero'
  if (facts.infoAgeMs === undefined || facts.infoAgeMs > limits.infoMs) return 'info-too-old'
  if (facts.isForeign) return 'foreign'
  if (facts.lacksLostData) return 'lost-data'
  if (facts.neverSynchronised) return brokenWithoutSync(facts)
  if (facts.masterLinkDownMs > limits.masterLinkDownMs) return 'master-link-down-too-long'
  if (facts.isLoading) return 'loading'
  return undefined
}

/** The link's downtime is meaningless for a replica that never had a link to its master. */
function brokenWithoutSync({ isLoading, isEmpty }: SelectionFacts): Ineligible {
  if (isLoading) return 'loading'
  return isEmpty ? 'no-data' : 'never-synchronised'
}

export function whyIneligible(
  state: SentinelState, master: Master, replica: Replica, now: Millis,
): Ineligible | undefined {
  return brokenRule(factsOf(state, master, replica, now), limitsOf(state, master, now))
}

/** The fields that order the eligible replicas. */
export type Rankable = Pick<Replica, 'priority' | 'offset' | 'runId'>

/** The first of these in which two eligible replicas differ decides between them. */
export type Precedence = 'priority' | 'offset' | 'run-id'

export function precedence(a: Rankable, b: Rankable): Precedence {
  if (a.priority !== b.priority) return 'priority'
  return a.offset === b.offset ? 'run-id' : 'offset'
}

/** Lowest priority first, then the most data, then the smallest run id; an unknown run id comes last. */
export function compareReplicas(a: Rankable, b: Rankable): number {
  if (a.priority !== b.priority) return a.priority - b.priority
  if (a.offset !== b.offset) return a.offset > b.offset ? -1 : 1
  if (a.runId === undefined) return Number(b.runId !== undefined)
  if (b.runId === undefined) return -1
  const [left, right] = [a.runId.toLowerCase(), b.runId.toLowerCase()]
  return left < right ? -1 : Number(left > right)
}
