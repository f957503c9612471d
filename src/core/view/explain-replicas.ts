/** Each replica's place in the selection, and the reason for it (behaviour.md 9.3). */
import { lagOf, newestOffset, preferenceOf, zoneOf } from '../failover/placement.ts'
import {
  factsOf, limitsOf, precedence, type Rankable, type SelectionFacts, type SelectionLimits,
} from '../failover/selection.ts'
import type { Ineligible } from '../state/verdict.ts'
import type { Master } from '../state/master.ts'
import { protectionOf } from '../state/protection.ts'
import type { Replica } from '../state/replica.ts'
import type { SentinelState } from '../state/sentinel-state.ts'
import type { Millis } from '../time.ts'
import type { Exclusion, LagView, ReplicaExplanation, Standing } from './explanation.ts'
import { explainNode } from './explain-node.ts'
import type { Circumstances } from './obstacles.ts'

export function explainReplicas(circumstances: Circumstances): readonly ReplicaExplanation[] {
  const { state, master, verdict: { ranked, rejected } } = circumstances
  const newest = newestOffset(master)
  const isPreferred = preferenceOf(state, master)
  const good = ranked.map((replica, at) => (
    explain(circumstances, replica, standingAt(ranked, replica, at, isPreferred), newest)
  ))
  const excluded = rejected.map(({ replica, why }) => (
    explain(circumstances, replica, exclusion(circumstances, replica, why, newest), newest)
  ))
  return [...good, ...excluded]
}

function explain(
  { state, master, now, verdict }: Circumstances, replica: Replica, standing: Standing, newest: bigint | undefined,
): ReplicaExplanation {
  const { name, priority, offset, syncInProgress } = replica
  return {
    name, ...explainNode(state, replica, now), priority, offset, syncInProgress, standing,
    lastResort: standing.kind === 'excluded' ? undefined : verdict.lastResort,
    zone: zoneOf(state, master, replica),
    lag: lagView(state, master, replica, newest),
    reported: replica.infoAt === undefined
      ? undefined : { role: replica.roleReported === 'master' ? 'master' : 'slave', isMasterLinkUp: replica.masterLinkUp },
  }
}

/** Undefined where no limit is set. */
function lagView(
  state: SentinelState, master: Master, replica: Replica, newest: bigint | undefined,
): LagView | undefined {
  const { maxLagBytes, isLagStrict } = protectionOf(state, master).placement
  if (maxLagBytes === undefined) return undefined
  return { bytes: lagOf(master, replica, newest), maxBytes: maxLagBytes, isStrict: isLagStrict }
}

export function standingAt<One extends Rankable>(
  ranked: readonly One[], replica: One, at: number, isPreferred?: (one: One) => boolean,
): Standing {
  const [best, second] = ranked
  if (best === undefined || at === 0) {
    return { kind: 'best', by: second === undefined ? undefined : precedence(replica, second, isPreferred) }
  }
  return { kind: 'lower', rank: at + 1, by: precedence(best, replica, isPreferred) }
}

function exclusion(
  { state, master, now }: Circumstances, replica: Replica, why: Ineligible, newest: bigint | undefined,
): Exclusion {
  const downMs = replica.sdownSince === undefined ? undefined : now - replica.sdownSince
  return explainExclusion(why, factsOf({ state, master, replica, now, newest }), limitsOf(state, master, now), downMs)
}

/** The measure that broke a rule, and its limit. `downMs`: for how long the replica is down, where that is known. */
export function explainExclusion(
  why: Ineligible, facts: SelectionFacts, limits: SelectionLimits, downMs: Millis | undefined,
): Exclusion {
  const rule = (measuredMs?: Millis, limitMs?: Millis): Exclusion => ({ kind: 'excluded', why, measuredMs, limitMs })
  switch (why) {
    case 'down':
      return rule(downMs)
    case 'silent':
      return rule(facts.replyAgeMs, limits.replyMs)
    case 'info-too-old':
      return rule(facts.infoAgeMs, limits.infoMs)
    case 'master-link-down-too-long':
      return rule(facts.masterLinkDownMs, limits.masterLinkDownMs)
    case 'disconnected':
    case 'priority-zero':
    case 'excluded-zone':
    case 'too-much-lag':
    case 'no-data':
    case 'lost-data':
    case 'foreign':
    case 'returned-master':
    case 'never-synchronised':
    case 'loading':
      return rule()
  }
}
