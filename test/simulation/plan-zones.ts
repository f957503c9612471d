/**
 * Zones of the data nodes, by ts-sentinel.ini or by INFO, and limits of the lag; often a replica falls behind before
 * the master dies.
 */
import { NO_PLACEMENT, type Placement, type Protection, type ZoneOfNode } from '../../src/core/index.ts'
import { planGroup, type Fault, type PlannedFault, type SimRandom } from '../simulator/index.ts'
import type { Given } from './plan-protection.ts'
import { QUIET_START_MS, targetsOf } from './plan-targets.ts'

export interface ZonesPlan {
  readonly settings: Partial<Protection>
  readonly reported: Readonly<Record<string, string>>
  readonly faults: readonly PlannedFault[]
}

const ZONES = ['a', 'b', 'c']

/** Offsets that 0, 1, 10 and 50 writes take. */
const LIMITS = [0, 60, 600, 3000]

export function planZones(random: SimRandom, given: Given, odds: number): ZonesPlan {
  if (!random.chance(odds)) return { settings: {}, reported: {}, faults: [] }
  const zones: ZoneOfNode[] = []
  const reported: Record<string, string> = {}
  for (const { options: { name, ip } } of given.groups.flatMap((group, at) => planGroup(group, at).nodes)) {
    if (random.chance(65)) zones.push({ host: ip, port: 6379, zone: random.pick(ZONES) })
    if (random.chance(50)) reported[name] = random.pick(ZONES)
  }
  return { settings: { placement: planPlacement(random, zones) }, reported, faults: planLag(random, given) }
}

function planPlacement(random: SimRandom, zones: readonly ZoneOfNode[]): Placement {
  const preferZone = random.chance(60) ? random.pick(ZONES) : undefined
  const excluded = ZONES.filter((zone) => zone !== preferZone)
  const lag = random.chance(60) ? { maxLagBytes: random.pick(LIMITS), isLagStrict: random.chance(25) } : {}
  const neverPromoteIn = random.chance(50) ? [random.pick(excluded)] : []
  return { ...NO_PLACEMENT, ...lag, preferZone, zones, neverPromoteIn }
}

/** Replicas do not hear the master for a while, and it dies. */
function planLag(random: SimRandom, given: Given): PlannedFault[] {
  if (!random.chance(60)) return []
  const [node = '', ...replicas] = targetsOf(given.cluster, given.groups).groups[0]?.nodes ?? []
  const atMs = QUIET_START_MS + random.below(6000)
  const ms = random.between(1000, 9000)
  const blind = replicas.filter(() => random.chance(50)).map((sentinel) => ({ sentinel, node }))
  const death: Fault = { kind: 'kill-node', node, ms: random.between(1000, 30_000), withData: true, loadMs: 0 }
  return [
    { atMs, fault: { kind: 'operators', orders: [], blind, ms } }, { atMs: atMs + random.below(ms), fault: death },
  ]
}
