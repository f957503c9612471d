/**
 * With witnesses on, sentinels lose sight of the master while its replicas do not; often it dies meanwhile, or a
 * replica loses it as well.
 */
import type { Protection } from '../../src/core/index.ts'
import type { Fault, PlannedFault, SimRandom } from '../simulator/index.ts'
import type { Given } from './plan-protection.ts'
import { targetsOf } from './plan-targets.ts'

export interface WitnessesPlan {
  readonly settings: Partial<Protection>
  readonly faults: readonly PlannedFault[]
}

export function planWitnesses(
  random: SimRandom, { cluster, groups: options }: Given,
  { on, blindness }: { readonly on: boolean, readonly blindness: number },
): WitnessesPlan {
  if (!on) return { settings: {}, faults: [] }
  const [{ downAfterMs = 2000 } = {}] = options
  const { sentinels, groups: [group] } = targetsOf(cluster, options)
  const story = (atMs: number) => planStory(random, { atMs, sentinels, nodes: group?.nodes ?? [], downAfterMs })
  const witnessMax = random.chance(50) ? {} : { witnessMaxMs: random.pick([3000, 20_000]) }
  const faults = random.chance(blindness) ? story(4000 + random.below(3000)) : []
  if (faults.length > 0 && random.chance(50)) faults.push(...story(random.between(25_000, 60_000)))
  return { settings: { witnesses: true, ...witnessMax }, faults }
}

interface StoryOptions {
  readonly atMs: number
  readonly sentinels: readonly string[]
  /** The master first. */
  readonly nodes: readonly string[]
  readonly downAfterMs: number
}

function planStory(random: SimRandom, { atMs, sentinels, nodes, downAfterMs }: StoryOptions): PlannedFault[] {
  const [node = '', ...replicas] = nodes
  const lost = random.pick(replicas)
  const blind = [
    ...sentinels.filter(() => random.chance(80)).map((sentinel) => ({ sentinel, node })),
    ...random.chance(20) ? sentinels.map((sentinel) => ({ sentinel, node: lost })) : [],
  ]
  const ms = random.between(1, 8) * downAfterMs
  const laterMs = atMs + random.between(0, 4) * downAfterMs + random.below(1000)
  const faults: PlannedFault[] = [{ atMs, fault: { kind: 'operators', orders: [], blind, ms } }]
  if (random.chance(35)) {
    const unlinked = [{ sentinel: lost, node }]
    faults.push({ atMs: laterMs, fault: { kind: 'operators', orders: [], blind: unlinked, ms: random.between(1, ms) } })
  }
  const end = planEnd(random, node)
  return end === undefined ? faults : [...faults, { atMs: laterMs, fault: end }]
}

/** How the master dies while it is not seen, if it does. */
function planEnd(random: SimRandom, node: string): Fault | undefined {
  const kind = random.pick(['none', 'none', 'power-cut-node', 'pause-node', 'kill-node'] as const)
  const ms = random.between(1000, 20_000)
  if (kind === 'none') return undefined
  return kind === 'kill-node' ? { kind, node, ms, withData: true, loadMs: 0 } : { kind, node, ms }
}
