/** What the faults of a run may hit, and when they begin. */
import type { ClusterOptions, GroupOptions } from '../simulator/index.ts'
import type { FaultTargets } from './plan-fault.ts'

/** Faults begin once the deployment has found itself. */
export const QUIET_START_MS = 4000

export function targetsOf(cluster: ClusterOptions, groups: readonly GroupOptions[]): FaultTargets {
  const sentinels = Array.from({ length: cluster.sentinels ?? 3 }, (_unused, at) => `s${at + 1}`)
  return {
    sentinels,
    groups: groups.map(({ name = 'mymaster', replicas }, at) => {
      const prefix = at === 0 ? '' : `${name}-`
      const count = typeof replicas === 'object' ? replicas.length : replicas ?? 2
      return { name, nodes: [`${prefix}m`, ...Array.from({ length: count }, (_none, nth) => `${prefix}r${nth + 1}`)] }
    }),
  }
}
