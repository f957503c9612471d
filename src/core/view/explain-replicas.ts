/** What each replica's place in the selection is, and why (behaviour.md 9.3). */
import { type Ineligible, precedence, selectionLimits } from '../failover/selection.ts'
import type { Replica } from '../state/replica.ts'
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

function explain({ state, now }: Circumstances, replica: Replica, standing: Standing): ReplicaExplanation {
  const { name, priority, offset } = replica
  return { name, ...explainNode(state, replica, now), priority, offset, standing }
}

function standingAt(ranked: readonly Replica[], replica: Replica, at: number): Standing {
  const [best, second] = ranked
  if (best === undefined || at === 0) {
    return { kind: 'best', by: second === undefined ? undefined : precedence(replica, second) }
  }
  return { kind: 'lower', rank: at + 1, by: precedence(best, replica) }
}

function exclusion({ state, master, now }: Circumstances, replica: Replica, why: Ineligible): Exclusion {
  const limits = selectionLimits(state, master, now)
  const rule = (measuredMs?: number, limitMs?: number): Exclusion => ({ kind: 'excluded', why, measuredMs, limitMs })
  switch (why) {
    case 'down':
      return rule(replica.sdownSince === undefined ? undefined : now - replica.sdownSince)
    case 'silent':
      return rule(now - replica.link.lastValidReplyAt, limits.replyMs)
    case 'info-too-old':
      return rule(replica.infoAt === undefined ? undefined : now - replica.infoAt, limits.infoMs)
    case 'master-link-down-too-long':
      return rule(replica.masterLinkDownMs, limits.masterLinkDownMs)
    case 'disconnected':
    case 'priority-zero':
      return rule()
  }
}
