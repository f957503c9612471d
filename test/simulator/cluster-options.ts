/** What a simulated deployment looks like. Everything has a default; what a test sets is what matters to it. */
import {
  initialDurable, initialSettings, NO_OWN_STATE, type DurableMaster, type DurableState, type OwnState, type Protection,
} from '../../src/core/index.ts'
import type { RedisOptions } from './redis-options.ts'
import type { Delay } from './route.ts'
import { SENTINEL_PORT } from './sentinel-node.ts'
import type { ClockOptions } from './sim-clock.ts'
import type { DiskOptions } from './sim-disk.ts'

type NodeOptions = Omit<Partial<RedisOptions>, 'name' | 'ip' | 'port' | 'master'>

/** One master with its replicas, as sentinels are configured for it. */
export interface GroupOptions {
  readonly name?: string
  readonly quorum?: number
  readonly downAfterMs?: number
  readonly failoverTimeoutMs?: number
  readonly parallelSyncs?: number
  readonly rebootDownAfterMs?: number
  readonly authPass?: string
  readonly clientReconfigScript?: string
  /** Settings of the master's machine. */
  readonly master?: NodeOptions
  /** How many, or the settings of each. */
  readonly replicas?: number | readonly NodeOptions[]
  /** Settings of every data node. */
  readonly nodes?: NodeOptions
}

export interface ClusterOptions {
  readonly seed?: number
  readonly sentinels?: number
  readonly groups?: readonly GroupOptions[]
  readonly delay?: Delay
  readonly disk?: DiskOptions
  /** Clock of each sentinel, by number from 0. */
  readonly clock?: (index: number) => ClockOptions
  /** Sentinels that do not know replicas and each other yet, as after a first start. */
  readonly isFresh?: boolean
  /** Names are looked up; every data node is called `<name>.test`. `announced`: they are told to others, too. */
  readonly names?: 'resolved' | 'announced'
  /** The files name masters by their host names; only with `names`. */
  readonly hasHostNames?: boolean
  /** Replicas that the file names as well, by group; as after lines were kept when addresses changed. */
  readonly knownReplicas?: Readonly<Record<string, readonly string[]>>
  /** Sentinels that were replaced before, and that the files still name. */
  readonly leftovers?: number
  /** What ts-sentinel.ini of every sentinel, or of each by its number from 0, says for all masters. */
  readonly protection?: Partial<Protection> | ((index: number) => Partial<Protection>)
  /** A second deployment, `x-m` with the replica `x-r1`, that the sentinels do not monitor. */
  readonly hasStrangers?: boolean
  /** The zone that a data node reports, by its name. */
  readonly reportedZones?: Readonly<Record<string, string>>
  /** The trace tells also what sentinels send. */
  readonly isDetailed?: boolean
}

export interface PlannedNode {
  readonly options: RedisOptions
  readonly group: string
}

export interface PlannedGroup {
  readonly name: string
  readonly options: GroupOptions
  readonly nodes: readonly PlannedNode[]
}

const DATA_PORT = 6379

/** Data nodes are called `m`, `r1`, `r2` …, with the group's name in front from the second group on. */
export function planGroup(options: GroupOptions, index: number): PlannedGroup {
  const name = options.name ?? (index === 0 ? 'mymaster' : `master${index + 1}`)
  const prefix = index === 0 ? '' : `${name}-`
  const ip = (host: number) => `10.0.${index + 1}.${host}`
  const replicas = typeof options.replicas === 'object'
    ? options.replicas
    : Array.from({ length: options.replicas ?? 2 }, () => ({}))
  const common = { ...options.nodes, ...(options.authPass === undefined ? {} : { password: options.authPass }) }
  const master: RedisOptions = { ...common, ...options.master, name: `${prefix}m`, ip: ip(1) }
  const nodes = replicas.map((own, at): RedisOptions => ({
    ...common, ...own, name: `${prefix}r${at + 1}`, ip: ip(at + 2), master: { host: ip(1), port: DATA_PORT },
  }))
  return {
    name, options,
    nodes: [master, ...nodes].map((node) => ({ options: { origin: name, ...node }, group: name })),
  }
}

/** Its addresses are 10.0.20.x. */
const STRANGERS = 19

/** The deployment that no sentinel of the run monitors. */
export function planStrangers(): PlannedGroup {
  return planGroup({ name: 'x', replicas: 1, nodes: { fullSyncMs: 200 } }, STRANGERS)
}

export function sentinelIp(index: number): string {
  return `10.0.0.${index + 1}`
}

type FirstStateOptions = Pick<ClusterOptions, 'names' | 'hasHostNames' | 'knownReplicas' | 'leftovers'> & {
  readonly ids: readonly string[]
  readonly index: number
  readonly groups: readonly PlannedGroup[]
  readonly isFresh: boolean
}

/** The configuration file of one sentinel at the beginning. */
export function firstState(
  given: FirstStateOptions,
): DurableState {
  return {
    ...initialDurable(given.ids[given.index] ?? ''),
    resolveHostnames: given.names !== undefined,
    announceHostnames: given.names === 'announced',
    masters: given.groups.map((group) => masterState(group, given)),
  }
}

/** Nothing runs at their addresses. */
function leftoverPeers(count: number): DurableMaster['sentinels'] {
  return Array.from({ length: count }, (_unused, at) => (
    { host: `10.0.0.${100 + at}`, port: SENTINEL_PORT, runId: String(at).padStart(40, 'e') }
  ))
}

/** The file of our own state of one sentinel at the beginning: those that were replaced were never alive together. */
export function firstOwnState(
  { ids, groups, leftovers = 0, isFresh }: Pick<FirstStateOptions, 'ids' | 'groups' | 'leftovers' | 'isFresh'>,
): OwnState {
  if (leftovers === 0 || isFresh) return NO_OWN_STATE
  const kept = { aliveAtOnce: ids.length, tombstones: [] }
  return { ...NO_OWN_STATE, forgotten: new Map(groups.map(({ name }) => [name, kept])) }
}

function masterState(
  group: PlannedGroup, given: FirstStateOptions,
): DurableMaster {
  const { options } = group
  const [master, ...replicas] = group.nodes
  const peers = given.ids
    .map((runId, at) => ({ host: sentinelIp(at), port: SENTINEL_PORT, runId }))
    .filter((_peer, at) => at !== given.index)
  return {
    name: group.name,
    host: given.hasHostNames === true ? `${master?.options.name}.test` : master?.options.ip ?? '',
    port: DATA_PORT,
    settings: {
      ...initialSettings(options.quorum ?? Math.floor(given.ids.length / 2) + 1),
      downAfterMs: options.downAfterMs ?? 2000,
      failoverTimeoutMs: options.failoverTimeoutMs ?? 10_000,
      ...options.parallelSyncs === undefined ? {} : { parallelSyncs: options.parallelSyncs },
      ...options.rebootDownAfterMs === undefined ? {} : { rebootDownAfterMs: options.rebootDownAfterMs },
      clientReconfigScript: options.clientReconfigScript,
      authPass: options.authPass,
    },
    configEpoch: 0n,
    leaderEpoch: 0n,
    replicas: [
      ...given.isFresh ? [] : replicas.map(({ options: { ip } }) => ip),
      ...given.knownReplicas?.[group.name] ?? [],
    ].map((host) => ({ host, port: DATA_PORT })),
    sentinels: given.isFresh ? [] : [...peers, ...leftoverPeers(given.leftovers ?? 0)],
  }
}
