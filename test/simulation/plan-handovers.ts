/**
 * Operators order coordinated failovers, and something often goes wrong at one of its steps: the leader, the old master
 * or the chosen replica dies, stops or is cut off, or another sentinel is ordered to fail over as well.
 */
import type { CoordinatedOrder, CoreEventName } from '../../src/core/index.ts'
import type { Fault, PlannedFault, SimRandom } from '../simulator/index.ts'
import type { Given } from './plan-protection.ts'
import { QUIET_START_MS, targetsOf } from './plan-targets.ts'

/** The steps of the leader, in order. */
const STEPS: readonly CoreEventName[] = [
  '+try-failover', '+elected-leader', '+selected-slave', '+failover-state-wait-promotion', '+promoted-slave',
  '+failover-state-reconf-slaves', '+slave-reconf-sent', '+failover-end',
]

export function planHandovers(random: SimRandom, given: Given): PlannedFault[] {
  if (!random.chance(30)) return []
  return Array.from({ length: random.between(1, 3) }, () => planHandover(random, given)).flat()
}

function planHandover(random: SimRandom, { cluster, groups: options, chaosMs }: Given): PlannedFault[] {
  const { sentinels, groups } = targetsOf(cluster, options)
  const { name, nodes } = random.pick(groups)
  const atMs = random.between(QUIET_START_MS, chaosMs)
  const target = random.below(nodes.length)
  const group = groups.findIndex((one) => one.name === name) + 1
  const coordinated: CoordinatedOrder = {
    ...random.chance(30) ? { to: { host: `10.0.${group}.${target + 1}`, port: 6379 } } : {},
    ...random.chance(50) ? { timeoutMs: random.pick([1500, 3000, 60_000]) } : {},
  }
  const order: Fault = {
    kind: 'operator', sentinel: random.pick(sentinels), operation: { kind: 'failover', name, coordinated },
  }
  const faults: PlannedFault[] = [{ atMs: atMs + 1, fault: order }]
  if (random.chance(70)) faults.push({ atMs, fault: planStrike(random) })
  if (random.chance(30)) faults.push({ atMs: atMs + random.below(60), fault: planTrouble(random, nodes) })
  return faults
}

function planStrike(random: SimRandom): Fault {
  return {
    kind: 'ambush',
    event: random.pick(STEPS),
    delayMs: random.pick([0, 0, 1, 2, 5, 20, 25, 40, 100]),
    strike: random.pick([
      'kill the speaker', 'kill the speaker', 'pause the speaker', 'isolate the speaker', 'kill the node', 'kill the node',
      'pause the node', 'isolate the node', 'failover elsewhere', 'reset the speaker',
    ]),
    ms: random.pick([20, 2000, 8000, 30_000]),
  }
}

/** At a moment that no event marks. */
function planTrouble(random: SimRandom, nodes: readonly string[]): Fault {
  const node = random.pick(nodes)
  const ms = random.pick([200, 3000, 15_000])
  return random.pick<Fault>([
    { kind: 'kill-node', node, ms, withData: true, loadMs: 0 },
    { kind: 'pause-node', node, ms },
    { kind: 'slow-network', machine: node, delayMs: random.pick([10, 300, 2000]), jitterMs: 5, ms },
    { kind: 'partition', side: [node], isOneWay: random.chance(50), ms },
  ])
}
