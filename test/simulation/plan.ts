/** From a seed to a whole run: the deployment, its settings, and everything that will go wrong in it. */
import {
  SimRandom, type ClusterOptions, type Fault, type GroupOptions, type PlannedFault,
} from '../simulator/index.ts'
import { planFault } from './plan-fault.ts'
import { planHandovers } from './plan-handovers.ts'
import { planOperators } from './plan-operation.ts'
import { planPauses } from './plan-pauses.ts'
import { planSchedules } from './plan-schedules.ts'
import { planProtection, type Given, type ProtectionChoice } from './plan-protection.ts'
import { planReloads } from './plan-reloads.ts'
import { QUIET_START_MS, targetsOf } from './plan-targets.ts'

export interface Plan {
  readonly seed: number
  readonly cluster: ClusterOptions
  /** Faults happen between the start and this moment. */
  readonly chaosMs: number
  readonly faults: readonly PlannedFault[]
  readonly writers: readonly PlannedWriter[]
}

export interface PlannedWriter {
  readonly group: string
  readonly everyMs: number
}

/** The plan of a seed; `protection` says which rules of ts-sentinel.ini are on. */
export function planRun(seed: number, { protection = 'some' }: { readonly protection?: ProtectionChoice } = {}): Plan {
  const random = new SimRandom(seed, 'plan')
  const groups = withReleases(new SimRandom(seed, 'releases'), withPersistence(
    random.fork('persistence'), planGroups(random.fork('groups')),
  ))
  const cluster = {
    ...planCluster(seed, random.fork('cluster'), groups), ...planDoubledLines(random.fork('doubled lines'), groups),
  }
  const chaosMs = random.between(20, 120) * 1000
  const given: Given = { cluster, groups, chaosMs }
  const planned = planProtection(seed, given, protection)
  const { settings, faults, hasStrangers, reportedZones, leftovers, quietUntilMs } = planned
  return {
    seed,
    cluster: { ...cluster, protection: settings, reportedZones, leftovers, ...hasStrangers ? { hasStrangers } : {} },
    chaosMs,
    faults: [
      ...[
        ...planFaults(random.fork('faults'), given),
        ...planComeback(random.fork('comeback'), given),
        ...planOrders(random.fork('operators'), given),
        ...planAddresses(random.fork('addresses'), given),
        ...planEmptyReplica(random.fork('empty replica'), given),
        ...planPausedMaster(random.fork('paused master'), given),
        ...planSplit(random.fork('split configuration'), given),
        ...planForgottenVote(random.fork('forgotten vote'), given),
        ...planPauses(new SimRandom(seed, 'pauses'), given),
        ...planReloads(new SimRandom(seed, 'reloads'), given, settings),
        ...planHandovers(new SimRandom(seed, 'handovers'), given),
        ...planSchedules(new SimRandom(seed, 'schedules'), given),
      ].filter(({ atMs }) => atMs >= quietUntilMs),
      ...faults,
    ].filter(({ atMs }) => atMs < chaosMs).sort((a, b) => a.atMs - b.atMs),
    writers: groups.map(({ name = 'mymaster' }) => ({ group: name, everyMs: random.pick([100, 200, 500]) })),
  }
}

function planGroups(random: SimRandom): GroupOptions[] {
  const count = random.chance(80) ? 1 : 2
  return Array.from({ length: count }, (_unused, at) => {
    const minReplicas = random.chance(25) ? 1 : 0
    return {
      name: at === 0 ? 'mymaster' : `master${at + 1}`,
      downAfterMs: random.pick([500, 800, 1000, 2000, 3000, 5000]),
      failoverTimeoutMs: random.pick([3000, 5000, 10_000, 15_000]),
      parallelSyncs: random.pick([1, 1, 2]),
      rebootDownAfterMs: random.chance(20) ? 2000 : 0,
      replicas: Array.from({ length: random.pick([1, 2, 2, 2, 3, 4]) }, () => ({
        priority: random.pick([100, 100, 100, 100, 50, 10, 0]),
      })),
      nodes: {
        fullSyncMs: random.pick([200, 1000, 5500]), minReplicasToWrite: minReplicas, minReplicasMaxLagMs: 10_000,
      },
    }
  })
}

/** What servers find when they are started again. */
function withPersistence(random: SimRandom, groups: readonly GroupOptions[]): GroupOptions[] {
  return groups.map((group) => ({
    ...group, nodes: { ...group.nodes, persistence: random.pick(['aof', 'aof', 'aof', 'rdb', 'rdb', 'none'] as const) },
  }))
}

/** In some runs all servers, or some of them, do not have the command FAILOVER. */
function withReleases(random: SimRandom, groups: readonly GroupOptions[]): GroupOptions[] {
  const share = random.pick([0, 0, 0, 0, 100, 100, 60])
  const pick = () => ({ version: random.chance(share) ? '5.0.14' : '7.0.15' })
  return groups.map((group) => ({
    ...group, master: { ...group.master, ...pick() },
    ...typeof group.replicas === 'object' ? { replicas: group.replicas.map((replica) => ({ ...replica, ...pick() })) } : {},
  }))
}

function planCluster(seed: number, random: SimRandom, groups: readonly GroupOptions[]): ClusterOptions {
  const sentinels = random.pick([3, 3, 3, 3, 5, 5, 4, 2])
  const delay = random.pick([
    { min: 50, jitter: 100 }, { min: 100, jitter: 200 }, { min: 100, jitter: 200 }, { min: 500, jitter: 5000 },
    { min: 10_000, jitter: 2000 }, { min: 20_000, jitter: 60_000 },
  ])
  const drifts = Array.from({ length: sentinels }, () => random.pick([0, 0, 20, -20, 200, -200, 5000, -5000]))
  const majority = Math.floor(sentinels / 2) + 1
  return {
    seed,
    sentinels,
    delay,
    disk: random.pick([
      { writeMin: 500, writeJitter: 1500 }, { writeMin: 500, writeJitter: 1500 },
      { writeMin: 5000, writeJitter: 20_000 }, { writeMin: 50, writeJitter: 50 },
    ]),
    clock: (index) => ({ monoStart: 1_000_000 * (index + 1), driftPpm: drifts[index] ?? 0 }),
    isFresh: random.chance(15),
    groups: groups.map((group) => ({ ...group, quorum: random.pick([majority, majority, majority, 1, sentinels]) })),
  }
}

function planFaults(random: SimRandom, given: Given): PlannedFault[] {
  const targets = targetsOf(given.cluster, given.groups)
  const count = random.between(1, 12)
  const faults = Array.from({ length: count }, (_unused, at): PlannedFault => {
    const own = random.fork(`fault ${at}`)
    return { atMs: QUIET_START_MS + own.below(given.chaosMs - QUIET_START_MS), fault: planFault(own, targets) }
  })
  return faults.sort((a, b) => a.atMs - b.atMs)
}

/** Several orders at once, in every other run; also in the middle of whatever else goes wrong. */
function planOrders(random: SimRandom, given: Given): PlannedFault[] {
  if (!random.chance(50)) return []
  const targets = targetsOf(given.cluster, given.groups)
  return Array.from({ length: random.between(1, 3) }, (): PlannedFault => ({
    atMs: QUIET_START_MS + random.below(given.chaosMs - QUIET_START_MS), fault: planOperators(random, targets),
  }))
}

/** From the death of the master to the end of the story below. */
const COMEBACK_MS = 65_000

/**
 * A long story that dice seldom tell: the master dies for a while, and whoever leads its failover is cut off in the
 * middle of it. The others follow the new master, take the old one in as replica, and promote it when the new one dies.
 */
function planComeback(random: SimRandom, given: Given): PlannedFault[] {
  if (given.chaosMs < QUIET_START_MS + COMEBACK_MS || !random.chance(25)) return []
  const [group] = targetsOf(given.cluster, given.groups).groups
  const [{ downAfterMs = 2000 } = {}] = given.groups
  const atMs = random.between(QUIET_START_MS, given.chaosMs - COMEBACK_MS)
  const delayMs = random.pick([2, 10, 40, 100])
  return [
    {
      atMs,
      fault: {
        kind: 'ambush', event: '+promoted-slave', delayMs, strike: 'isolate the speaker, then kill the node', ms: 40_000,
      },
    },
    { atMs: atMs + 1, fault: { kind: 'kill-node', node: group?.nodes[0] ?? '', ms: downAfterMs + 2000, withData: true, loadMs: 0 } },
  ]
}

/** Nodes announce other addresses or names while everything runs, one of them shortly before the master dies. */
function planAddresses(random: SimRandom, given: Given): PlannedFault[] {
  if (!random.chance(20)) return []
  const nodes = targetsOf(given.cluster, given.groups).groups.flatMap(({ nodes: all }) => all)
  const names = given.cluster.names === undefined ? [] : ['name' as const]
  const count = random.between(1, 4)
  return Array.from({ length: count }, (): PlannedFault[] => {
    const atMs = random.between(QUIET_START_MS, given.chaosMs)
    const announced = random.pick(nodes)
    const faults: PlannedFault[] = [
      { atMs, fault: { kind: 'announce-address', node: announced, as: random.pick(['other', 'other', ...names, 'seen']) } },
    ]
    if (random.chance(50)) {
      const fault: Fault = { kind: 'kill-node', node: nodes[0] ?? '', ms: 15_000, withData: true, loadMs: 0 }
      faults.push({ atMs: atMs + random.between(0, 12_000), fault })
    }
    return faults
  }).flat()
}

/** A replica cannot synchronise when the master dies: it is empty, or has only what lay on its disk. */
function planEmptyReplica(random: SimRandom, given: Given): PlannedFault[] {
  if (!random.chance(20)) return []
  const [master = '', ...replicas] = targetsOf(given.cluster, given.groups).groups[0]?.nodes ?? []
  const atMs = random.between(QUIET_START_MS, given.chaosMs)
  return [
    {
      atMs,
      fault: { kind: 'never-synchronised', node: random.pick(replicas), withData: random.chance(50), ms: random.between(10_000, 60_000) },
    },
    {
      atMs: atMs + random.between(500, 8000),
      fault: { kind: 'kill-node', node: master, ms: random.between(1000, 30_000), withData: true, loadMs: 0 },
    },
  ]
}

/** The first master pauses writes for longer than down-after, early, so that little else has gone wrong. */
function planPausedMaster(random: SimRandom, given: Given): PlannedFault[] {
  if (!random.chance(15)) return []
  const [{ downAfterMs = 2000 } = {}] = given.groups
  const [group] = targetsOf(given.cluster, given.groups).groups
  return [{
    atMs: QUIET_START_MS + random.below(4000),
    fault: {
      kind: 'pause-writes', node: group?.nodes[0] ?? '', ms: random.between(1, 3) * downAfterMs + random.below(3000),
    },
  }]
}

/** Two sentinels hold different addresses under one config-epoch. */
function planSplit(random: SimRandom, given: Given): PlannedFault[] {
  if (!random.chance(10)) return []
  const { sentinels, groups } = targetsOf(given.cluster, given.groups)
  const { name: group, nodes } = random.pick(groups)
  const [, ...replicas] = nodes
  const one = random.pick(sentinels)
  const other = random.pick(sentinels.filter((sentinel) => sentinel !== one))
  const atMs = random.between(QUIET_START_MS, given.chaosMs)
  const replica = random.pick(replicas)
  return [{ atMs, fault: { kind: 'split-configuration', group, sentinels: [one, other], replica } }]
}

/**
 * The master dies while disks fail; a voter crashes soon after its vote and is asked again, often by a candidate that
 * does not reach the first one.
 */
function planForgottenVote(random: SimRandom, given: Given): PlannedFault[] {
  if (!random.chance(25)) return []
  const { sentinels, groups } = targetsOf(given.cluster, given.groups)
  const atMs = random.between(QUIET_START_MS, given.chaosMs)
  const broken = sentinels.filter(() => random.chance(70))
  const blind = sentinels.flatMap((sentinel, at) => (
    sentinels.slice(at + 1).filter(() => random.chance(35)).map((node) => ({ sentinel, node }))
  ))
  const ms = random.between(5000, 25_000)
  return [
    ...broken.map((sentinel): PlannedFault => ({ atMs, fault: { kind: 'failing-disk', sentinel, ms } })),
    { atMs, fault: { kind: 'operators', orders: [], blind, ms } },
    {
      atMs,
      fault: {
        kind: 'ambush', event: '+vote-for-leader', delayMs: random.pick([0, 1, 3, 10, 40]), strike: 'kill the voter',
        ms: random.pick([1, 5, 30, 200]),
      },
    },
    {
      atMs: atMs + 1,
      fault: {
        kind: 'kill-node', node: groups[0]?.nodes[0] ?? '', ms: random.between(5000, 30_000), withData: true, loadMs: 0,
      },
    },
  ]
}

/** Lines of known replicas that name a node twice, or the master itself; names where they are looked up. */
function planDoubledLines(random: SimRandom, groups: readonly GroupOptions[]): Pick<ClusterOptions, 'names' | 'knownReplicas'> {
  if (!random.chance(15)) return {}
  const names = random.chance(33) ? undefined : random.pick(['resolved', 'announced'] as const)
  const known = random.pick([
    ['10.0.1.1'], ['10.128.1.1'], ['10.128.1.2'], ['10.0.1.1', '10.128.1.1', '10.128.1.2'],
    ...names === undefined ? [] : [['m.test'], ['r1.test', '10.128.1.2'], ['m.test', 'r1.test', '10.128.1.1']],
  ])
  return { ...names === undefined ? {} : { names }, knownReplicas: { [groups[0]?.name ?? 'mymaster']: known } }
}
