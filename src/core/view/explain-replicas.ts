/** Each replica's place in the selection, and the reason for it (behaviour.md 9.3). */
import {
  factsOf, limitsOf, precedence, type Rankable, type SelectionFacts, type SelectionLimits,
} from '../failover/selection.ts'
import type { Ineligible } from '../state/verdict.ts'
import type { Replica } from '../state/replica.ts'
import type { Millis } from '../time.ts'
import type { Exclusion, ReplicaExplanation, Standing } from './explanation.ts'
import { explainNode } from './explain-node.ts'
import type { Circumstances } from './obstacles.ts'

export function explainReplicas(circumstances: Circumstances): readonly ReplicaExplanation[] {
  const { ranked, rejected } = circumstances.verdict
  const good = ranked.map((replica, at) => explain(circumstances, replica, standingAt(ranked, replica, at)))
  const excluded = rejected.map(
    ({ replica, why }) => explain(circumstances, replica, exclusion(circumstances, replica, why)),
  )
  return [...good, ...excluded]
}

function explain(
  { state, now, verdict }: Circumstances, replica: Replica, standing: Standing,
): ReplicaExplanation {
  const { name, priority, offset, syncInProgress } = replica
  return {
    name, ...explainNode(state, replica, now), priority, offset, syncInProgress, standing,
    lastResort: standing.kind === 'excluded' ? undefined : verdict.lastResort,
  }
}

export function standingAt(ranked: readonly Rankable[], replica: Rankable, at: number): Standing {
  const [best, second] = ranked
  if (best === undefined || at === 0) {
    return { kind: 'best', by: second === undefined ? undefined : precedence(replica, second) }
  }
  return { kind: 'lower', rank: at + 1, by: precedence(best, replica) }
}

function exclusion({ state, master, now }: Circumstances, replica: Replica, why: Ineligible): Exclusion {
  const downMs = replica.sdownSince === undefined ? undefined : now - replica.sdownSince
  return explainExclusion(why, factsOf(state, master, replica, now), limitsOf(state, master, now), downMs)
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
    case 'no-data':
    case 'lost-data':
    case 'foreign':
    case 'never-synchronised':
    case 'loading':
      return rule()
  }
}
