/**
 * The conditions that prevent a failover as codes for metrics. An alert names the cause with them, so the set of codes
 * is fixed and does not depend on texts. The conditions come from SENTINEL EXPLAIN, that is, from the rules that act.
 */
import type { Ineligible, MasterExplanation, Obstacle, ReplicaExplanation } from '../../core/index.ts'
import { refusalCause } from './refusal-cause.ts'

/** The values of the label `reason`. The manual page and docs/monitoring.md describe each. */
export const BLOCKED_REASONS = [
  'tilt', 'paused', 'no_quorum', 'quorum_unreachable', 'no_majority', 'peers_refuse', 'no_replica', 'replica_down',
  'replica_priority_zero', 'replica_excluded', 'replica_not_synchronised', 'replica_foreign', 'replica_permission',
  'replica_password', 'replica_refuses', 'waiting',
] as const

export type BlockedReason = typeof BLOCKED_REASONS[number]

/** What prevents a failover: now when the master is down or a failover runs, otherwise if the master died now. */
export function blockedReasons({ reasons, ifMasterDied, replicas }: MasterExplanation): ReadonlySet<BlockedReason> {
  return new Set((ifMasterDied ?? reasons).flatMap((obstacle) => codesOf(obstacle, replicas)))
}

function codesOf(obstacle: Obstacle, replicas: readonly ReplicaExplanation[]): readonly BlockedReason[] {
  switch (obstacle.kind) {
    case 'tilt':
    case 'paused':
      return [obstacle.kind]
    case 'no-quorum':
      return ['no_quorum']
    case 'quorum-out-of-reach':
      return ['quorum_unreachable']
    case 'no-majority':
      return ['no_majority']
    case 'peers-refuse':
      return ['peers_refuse']
    case 'no-replicas':
      return ['no_replica']
    case 'no-good-replica':
      return replicas.flatMap(exclusionCode)
    case 'candidate-refuses':
      return [refusalCode(obstacle)]
    case 'too-soon':
    case 'held-back':
    case 'retry':
      return ['waiting']
    // A master that works, a failover that runs, and the turn of another sentinel prevent nothing.
    case 'master-up':
    case 'master-is-replica':
    case 'witnessed':
    case 'in-progress':
    case 'not-our-turn':
      return []
  }
}

const EXCLUSIONS: Readonly<Record<Ineligible, BlockedReason>> = {
  'down': 'replica_down',
  'disconnected': 'replica_down',
  'silent': 'replica_down',
  'info-too-old': 'replica_down',
  'priority-zero': 'replica_priority_zero',
  'excluded-zone': 'replica_excluded',
  'too-much-lag': 'replica_excluded',
  'master-link-down-too-long': 'replica_not_synchronised',
  'never-synchronised': 'replica_not_synchronised',
  'loading': 'replica_not_synchronised',
  'no-data': 'replica_not_synchronised',
  'lost-data': 'replica_not_synchronised',
  'returned-master': 'replica_not_synchronised',
  'foreign': 'replica_foreign',
}

/** A replica that refuses the login or PING counts as down. The refusal is the cause. */
function exclusionCode({ standing, refusals }: ReplicaExplanation): readonly BlockedReason[] {
  if (standing.kind !== 'excluded') return []
  const code = EXCLUSIONS[standing.why]
  const cause = code === 'replica_down' ? refusalCause(refusals) : undefined
  return [cause === undefined ? code : `replica_${cause}`]
}

function refusalCode({ refusal }: Extract<Obstacle, { kind: 'candidate-refuses' }>): BlockedReason {
  const cause = refusalCause([refusal])
  return cause === undefined ? 'replica_refuses' : `replica_${cause}`
}
