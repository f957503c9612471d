/** One fault from the dice. Masters are hit more often than others: that is what sentinels are for. */
import type { Fault, SimRandom } from '../simulator/index.ts'
import { planOperation } from './plan-operation.ts'

export interface FaultTargets {
  readonly sentinels: readonly string[]
  readonly groups: readonly { readonly name: string, readonly nodes: readonly string[] }[]
}

type Planner = (random: SimRandom, targets: FaultTargets) => Fault

export function planFault(random: SimRandom, targets: FaultTargets): Fault {
  return random.pick(random.pick(FAMILIES))(random, targets)
}

function node(random: SimRandom, { groups }: FaultTargets): string {
  const { nodes } = random.pick(groups)
  return random.chance(50) ? nodes[0] ?? '' : random.pick(nodes)
}

function sentinel(random: SimRandom, { sentinels }: FaultTargets): string {
  return random.pick(sentinels)
}

/** Mostly some seconds, now and then very short or long. */
function span(random: SimRandom): number {
  return random.pick([
    random.between(50, 1500), random.between(500, 6000), random.between(2000, 15_000), random.between(10_000, 60_000),
  ])
}

const ON_NODES: readonly Planner[] = [
  (random, targets) => ({
    kind: 'kill-node', node: node(random, targets), ms: span(random), withData: random.chance(85),
    loadMs: random.pick([0, 0, 500, 8000]),
  }),
  (random, targets) => ({
    kind: 'kill-node', node: node(random, targets), ms: span(random), withData: true, loadMs: 0,
  }),
  (random, targets) => ({ kind: 'pause-node', node: node(random, targets), ms: span(random) }),
  (random, targets) => ({ kind: 'power-cut-node', node: node(random, targets), ms: span(random) }),
]

const NODE_TROUBLE: readonly Planner[] = [
  (random, targets) => ({
    kind: 'busy-node', node: node(random, targets), ms: span(random), isKillable: random.chance(70),
    isFunction: random.chance(30),
  }),
  (random, targets) => ({ kind: 'pause-writes', node: node(random, targets), ms: span(random) }),
  (random, targets) => ({ kind: 'failing-snapshots', node: node(random, targets), ms: span(random) }),
  (random, targets) => ({ kind: 'loading-node', node: node(random, targets), ms: span(random) }),
  (random, targets) => ({
    kind: 'odd-pings', node: node(random, targets), ms: span(random),
    error: random.pick(['ERR unknown command', 'NOPERM this user has no permissions', 'MASTERDOWN Link with MASTER is down']),
  }),
  (random, targets) => {
    const { nodes } = random.pick(targets.groups)
    return { kind: 'misdirect-node', node: random.pick(nodes), to: random.pick(nodes) }
  },
  (random, targets) => ({ kind: 'change-priority', node: node(random, targets), priority: random.pick([0, 1, 100]) }),
]

const ON_SENTINELS: readonly Planner[] = [
  (random, targets) => ({ kind: 'kill-sentinel', sentinel: sentinel(random, targets), ms: span(random) }),
  (random, targets) => ({ kind: 'kill-sentinel', sentinel: sentinel(random, targets), ms: random.between(1, 200) }),
  (random, targets) => ({ kind: 'pause-sentinel', sentinel: sentinel(random, targets), ms: span(random) }),
  (random, targets) => ({ kind: 'power-cut-sentinel', sentinel: sentinel(random, targets), ms: span(random) }),
]

const TIME_AND_DISK: readonly Planner[] = [
  (random, targets) => ({
    kind: 'jump-wall-clock', sentinel: sentinel(random, targets),
    byMs: random.pick([-3_600_000, -500, 1500, 5000, 3_600_000]),
  }),
  (random, targets) => ({
    kind: 'drift-clock', sentinel: sentinel(random, targets), ppm: random.pick([-20_000, 20_000]), ms: span(random),
  }),
  (random, targets) => ({
    kind: 'slow-disk', sentinel: sentinel(random, targets), writeMs: random.pick([50, 300, 1000, 4000]), ms: span(random),
  }),
  (random, targets) => ({ kind: 'failing-disk', sentinel: sentinel(random, targets), ms: span(random) }),
  (random, targets) => ({ kind: 'stuck-disk', sentinel: sentinel(random, targets), ms: span(random) }),
]

const ON_NETWORK: readonly Planner[] = [
  (random, targets) => ({ kind: 'partition', side: someMachines(random, targets), isOneWay: random.chance(25), ms: span(random) }),
  (random, targets) => ({ kind: 'partition', side: someMachines(random, targets), isOneWay: false, ms: span(random) }),
  (random, targets) => ({
    kind: 'slow-network', machine: anyMachine(random, targets), delayMs: random.pick([5, 50, 300, 1000]),
    jitterMs: random.pick([1, 50, 500]), ms: span(random),
  }),
  (random, targets) => ({
    kind: 'cut-connections', one: anyMachine(random, targets), other: anyMachine(random, targets),
  }),
]

const OPERATORS: readonly Planner[] = [
  (random, targets) => ({
    kind: 'operator', sentinel: sentinel(random, targets), operation: planOperation(random, targets),
  }),
]

const AMBUSHES: readonly Planner[] = [
  (random) => ({
    kind: 'ambush',
    event: random.pick([
      '+sdown', '+odown', '+try-failover', '+vote-for-leader', '+elected-leader', '+selected-slave', '+promoted-slave',
      '+slave-reconf-sent', '+slave-reconf-inprog', '+switch-master', '+config-update-from', '+convert-to-slave',
    ]),
    delayMs: random.pick([0, 1, random.between(2, 50), random.between(50, 3000)]),
    strike: random.pick([
      'kill the speaker', 'kill the speaker', 'pause the speaker', 'isolate the speaker', 'reset the speaker',
      'kill the node', 'pause the node', 'isolate the node', 'failover elsewhere',
    ]),
    ms: span(random),
  }),
]

const FAMILIES = [
  ON_NODES, ON_NODES, ON_NODES, NODE_TROUBLE, ON_SENTINELS, ON_SENTINELS, TIME_AND_DISK, ON_NETWORK, ON_NETWORK,
  OPERATORS, AMBUSHES, AMBUSHES,
]

function anyMachine(random: SimRandom, targets: FaultTargets): string {
  return random.chance(50) ? sentinel(random, targets) : node(random, targets)
}

/** One machine, or some of each kind. */
function someMachines(random: SimRandom, targets: FaultTargets): string[] {
  if (random.chance(40)) return [anyMachine(random, targets)]
  const all = [...targets.sentinels, ...targets.groups.flatMap(({ nodes }) => nodes)]
  const side = all.filter(() => random.chance(40))
  return side.length === 0 || side.length === all.length ? [anyMachine(random, targets)] : side
}
