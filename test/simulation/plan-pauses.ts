/**
 * Operators pause failovers on some or all sentinels, while the master dies before, meanwhile or not at all; a paused
 * sentinel is restarted, a pause is repeated, ended early, or expires while the master is down.
 */
import type { Operation } from '../../src/core/index.ts'
import type { PlannedFault, SimRandom } from '../simulator/index.ts'
import type { Given } from './plan-protection.ts'
import { QUIET_START_MS, targetsOf } from './plan-targets.ts'

export function planPauses(random: SimRandom, given: Given): PlannedFault[] {
  if (!random.chance(25)) return []
  return Array.from({ length: random.between(1, 2) }, () => planStory(random, given)).flat()
}

function planStory(random: SimRandom, { cluster, groups: options, chaosMs }: Given): PlannedFault[] {
  const [{ downAfterMs = 2000 } = {}] = options
  const { sentinels, groups: [group] } = targetsOf(cluster, options)
  const { name = '', nodes: [node = ''] = [] } = group ?? {}
  const atMs = random.between(QUIET_START_MS, chaosMs)
  const share = random.pick([30, 70, 100])
  const paused = sentinels.filter(() => random.chance(share))
  const forMs = random.pick([1, 500, 3000, 10_000, 10_000, 30_000])
  const pause: Operation = { kind: 'pause', name, forMs, reason: 'test' }
  const withinMs = random.pick([1, 50, 2000])
  const faults = paused.map((sentinel): PlannedFault => (
    { atMs: atMs + random.below(withinMs), fault: { kind: 'operator', sentinel, operation: pause } }
  ))
  const later = (kind: 'paused' | 'resume' | 'pause'): PlannedFault => ({
    atMs: atMs + random.between(withinMs, 12_000),
    fault: { kind: 'operator', sentinel: random.pick(sentinels), operation: kind === 'pause' ? pause : { kind, name } },
  })
  faults.push(later('paused'), later('paused'))
  if (random.chance(30)) faults.push(later('resume'))
  if (random.chance(30)) faults.push(later('pause'))
  if (random.chance(40)) {
    faults.push({
      atMs: atMs + random.between(10, 8000),
      fault: { kind: 'kill-sentinel', sentinel: random.pick(sentinels), ms: random.pick([5, 500, 5000]) },
    })
  }
  // Often so that the pause comes in the middle of the election.
  const deathMs = random.chance(50) ? -downAfterMs - random.between(0, 120) : random.between(0, 5000)
  if (random.chance(85)) {
    const fault = { kind: 'kill-node', node, ms: random.pick([forMs, 20_000, 40_000]) + downAfterMs, withData: true, loadMs: 0 } as const
    faults.push({ atMs: Math.max(QUIET_START_MS, atMs + deathMs), fault })
  }
  return faults
}
