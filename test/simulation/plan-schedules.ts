/**
 * Operators schedule coordinated failovers on some or all sentinels, and cancel some; sentinels are restarted or down
 * at the time, clocks jump, and the master dies before.
 */
import type { CoordinatedOrder, Operation } from '../../src/core/index.ts'
import { WALL_START_MS, type PlannedFault, type SimRandom } from '../simulator/index.ts'
import type { Given } from './plan-protection.ts'
import { QUIET_START_MS, targetsOf } from './plan-targets.ts'

export function planSchedules(random: SimRandom, { cluster, groups: options, chaosMs }: Given): PlannedFault[] {
  if (!random.chance(20)) return []
  const { sentinels, groups: [group] } = targetsOf(cluster, options)
  const { name = '', nodes: [node = '', ...replicas] = [] } = group ?? {}
  const atMs = random.between(QUIET_START_MS, chaosMs)
  const dueMs = atMs + random.pick([-1000, 600, 3000, 12_000])
  const to = random.chance(25) && cluster.names === undefined ? { host: `10.0.1.${2 + random.below(replicas.length)}`, port: 6379 } : undefined
  const coordinated: CoordinatedOrder = { at: WALL_START_MS + dueMs, ...to === undefined ? {} : { to } }
  const operation: Operation = { kind: 'failover', name, coordinated }
  const holders = sentinels.filter(() => random.chance(85))
  const faults = holders.map((sentinel): PlannedFault => (
    { atMs: atMs + random.below(300), fault: { kind: 'operator', sentinel, operation } }
  ))
  const around = () => dueMs + random.between(-3000, 3000)
  if (random.chance(20)) {
    const cancel: Operation = { kind: 'cancel-failover', name }
    const some = random.chance(50) ? sentinels : [random.pick(sentinels)]
    faults.push(...some.map((sentinel): PlannedFault => ({ atMs: around(), fault: { kind: 'operator', sentinel, operation: cancel } })))
  }
  if (random.chance(40)) {
    const ms = random.pick([5, 2000, 2000, 90_000])
    const down = random.chance(50) ? [random.pick(sentinels)] : sentinels
    faults.push(...down.map((sentinel): PlannedFault => ({ atMs: around(), fault: { kind: 'kill-sentinel', sentinel, ms } })))
  }
  if (random.chance(25)) {
    const byMs = random.pick([-5000, 5000, 70_000])
    faults.push({ atMs: around(), fault: { kind: 'jump-wall-clock', sentinel: random.pick(sentinels), byMs } })
  }
  if (random.chance(25)) {
    faults.push({ atMs: around(), fault: { kind: 'kill-node', node, ms: random.between(500, 20_000), withData: true, loadMs: 0 } })
  }
  return faults.map((planned) => ({ ...planned, atMs: Math.max(QUIET_START_MS, planned.atMs) }))
}
