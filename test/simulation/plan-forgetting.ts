/**
 * Operators forget replicas and sentinels at bad moments: those on the other side of a partition, one that is about to
 * come back, alive ones with FORCE. Expiry is on with short times, and the files name sentinels that were replaced.
 */
import type { ForgetTarget, Operation, Protection } from '../../src/core/index.ts'
import type { Fault, PlannedFault, SimRandom } from '../simulator/index.ts'
import type { Given } from './plan-protection.ts'
import { QUIET_START_MS, targetsOf } from './plan-targets.ts'

export interface ForgettingPlan {
  readonly settings: Partial<Protection>
  readonly faults: readonly PlannedFault[]
  /** How many sentinels the files name that were replaced before. */
  readonly leftovers: number
}

export function planForgetting(random: SimRandom, given: Given, odds: number): ForgettingPlan {
  if (!random.chance(odds)) return { settings: {}, faults: [], leftovers: 0 }
  const leftovers = given.cluster.isFresh === true ? 0 : random.pick([0, 0, 1, 2])
  const hasExpiry = leftovers > 0 || random.chance(40)
  const forgetDeadReplicasMs = random.pick([1000, 4000, 15_000])
  const forgetDeadSentinelsMs = random.pick([500, 3000, 10_000])
  const stories = [planMinority, planMinority, planReplica, planSentinel]
  return {
    settings: hasExpiry ? { forgetDeadReplicasMs, forgetDeadSentinelsMs } : {},
    faults: [
      ...hasExpiry ? planShift(random, given) : [],
      ...Array.from({ length: random.between(1, 2) }, () => random.pick(stories)(random, given)).flat(),
    ],
    leftovers,
  }
}

/** The same order on several sentinels within a moment. */
function orders(random: SimRandom, sentinels: readonly string[], atMs: number, operation: Operation): PlannedFault[] {
  return sentinels.map((sentinel) => ({ atMs: atMs + random.below(1500), fault: { kind: 'operator', sentinel, operation } }))
}

function forget(random: SimRandom, name: string, target: ForgetTarget, force = 0): Operation {
  return { kind: 'forget', name, target, forMs: random.pick([1, 2000, 8000, 20_000]), isForced: random.chance(force) }
}

function sentinelTarget(sentinel: string): ForgetTarget {
  return { kind: 'sentinel', host: `10.0.0.${sentinel.slice(1)}`, port: 26_379 }
}

/** A few sentinels, with some of the data nodes, are cut off and forget the rest; the rest may forget them as well. */
function planMinority(random: SimRandom, { cluster, groups: options, chaosMs }: Given): PlannedFault[] {
  const { sentinels, groups: [group] } = targetsOf(cluster, options)
  const { name = '', nodes = [] } = group ?? {}
  const [{ downAfterMs = 2000 } = {}] = options
  const size = random.between(1, Math.max(1, Math.ceil(sentinels.length / 2) - 1))
  const few = sentinels.slice(0, size)
  const rest = sentinels.slice(size)
  const side = [...few, ...nodes.filter((_node, at) => random.chance(at === 0 ? 30 : 60))]
  const atMs = random.between(QUIET_START_MS, chaosMs)
  const ms = downAfterMs * random.between(3, 6) + random.between(3000, 20_000)
  const force = random.chance(15) ? 100 : 0
  const forgetting = random.chance(30) ? [[few, rest], [rest, few]] as const : [[few, rest]] as const
  return [
    { atMs, fault: { kind: 'partition', side, isOneWay: false, ms } },
    ...forgetting.flatMap(([here, gone]) => gone.flatMap((sentinel) => (
      orders(random, here, atMs + downAfterMs + 500, forget(random, name, sentinelTarget(sentinel), force))
    ))),
    ...random.chance(60) ? [{ atMs: atMs + 2 * downAfterMs + random.below(3000), fault: death(random, nodes[0] ?? '') }] : [],
    ...random.chance(30) ? [{ atMs: atMs + 2 * downAfterMs, fault: { kind: 'kill-sentinel', sentinel: few[0] ?? '', ms: 20 } as const }] : [],
  ]
}

/**
 * A minority is cut off until the others would have forgotten it; then half of the others is cut off instead, with the
 * master, which dies. One vote is enough for the quorum.
 */
function planShift(random: SimRandom, { cluster, groups: options }: Given): PlannedFault[] {
  const { sentinels, groups: [group] } = targetsOf(cluster, options)
  if (sentinels.length < 4 || !random.chance(60)) return []
  const { name = '', nodes = [] } = group ?? {}
  const [{ downAfterMs = 2000 } = {}] = options
  const few = sentinels.slice(Math.floor(sentinels.length / 2) + 1)
  const atMs = QUIET_START_MS + random.below(1000)
  const ms = downAfterMs + 22_000
  const quorum: Operation = {
    kind: 'set', name, changes: [{ option: 'quorum', kind: 'count', setting: 'quorum', value: 1 }],
  }
  return [
    ...orders(random, sentinels, atMs - 2000, quorum),
    { atMs, fault: { kind: 'partition', side: few, isOneWay: false, ms } },
    { atMs: atMs + ms - 5, fault: { kind: 'partition', side: [...sentinels.slice(0, 2), ...nodes], isOneWay: false, ms: 15_000 } },
    { atMs: atMs + ms + 100, fault: death(random, nodes[0] ?? '') },
  ]
}

/** A replica is gone for a while, forgotten, and comes back; often the master dies meanwhile. */
function planReplica(random: SimRandom, { cluster, groups: options, chaosMs }: Given): PlannedFault[] {
  const { sentinels, groups: [group] } = targetsOf(cluster, options)
  const { name = '', nodes = [] } = group ?? {}
  const [{ downAfterMs = 2000 } = {}] = options
  const at = random.between(1, Math.max(1, nodes.length - 1))
  const atMs = random.between(QUIET_START_MS, chaosMs)
  const ms = downAfterMs * 2 + random.between(1000, 25_000)
  const forgetting = sentinels.filter(() => random.chance(80))
  const target: ForgetTarget = { kind: 'replica', host: `10.0.1.${at + 1}`, port: 6379 }
  const fault: Fault = random.chance(50)
    ? { kind: 'kill-node', node: nodes[at] ?? '', ms, withData: true, loadMs: 0 } : { kind: 'power-cut-node', node: nodes[at] ?? '', ms }
  return [
    { atMs, fault },
    ...orders(random, forgetting, atMs + downAfterMs + random.between(100, 3000), forget(random, name, target)),
    ...random.chance(40) ? [{ atMs: atMs + random.between(2000, ms + 5000), fault: death(random, nodes[0] ?? '') }] : [],
  ]
}

/** A sentinel dies, is forgotten by some, and comes back. */
function planSentinel(random: SimRandom, { cluster, groups: options, chaosMs }: Given): PlannedFault[] {
  const { sentinels, groups: [group] } = targetsOf(cluster, options)
  const [{ downAfterMs = 2000 } = {}] = options
  const gone = random.pick(sentinels)
  const atMs = random.between(QUIET_START_MS, chaosMs)
  const others = sentinels.filter((sentinel) => sentinel !== gone && random.chance(75))
  const operation = forget(random, group?.name ?? '', sentinelTarget(gone), 20)
  return [
    { atMs, fault: { kind: 'kill-sentinel', sentinel: gone, ms: downAfterMs * 2 + random.between(1000, 20_000) } },
    ...orders(random, others, atMs + random.pick([0, downAfterMs + 1000]), operation),
    ...random.chance(50) ? [{ atMs: atMs + random.between(2000, 12_000), fault: death(random, group?.nodes[0] ?? '') }] : [],
  ]
}

function death(random: SimRandom, node: string): Fault {
  return { kind: 'kill-node', node, ms: random.between(5000, 30_000), withData: true, loadMs: 0 }
}
