/** The first command of a transcript: `deployment seed=1 replicas=3 down-after=500ms`. All settings have defaults. */
import { NO_PLACEMENT, type Placement } from '../../../src/core/index.ts'
import type { ClusterOptions, GroupOptions } from '../../simulator/index.ts'
import { readCount, readDuration, readSettings } from './words.ts'

export interface Deployment {
  readonly options: ClusterOptions
  /** The transcript begins before the sentinels know replicas and each other. */
  readonly isFresh: boolean
  /** Also the two events of links that are made again. */
  readonly showsLinks: boolean
}

const OF_DEPLOYMENT: Readonly<Record<string, (value: string) => ClusterOptions>> = {
  'seed': (value) => ({ seed: readCount(value) }),
  'sentinels': (value) => ({ sentinels: readCount(value) }),
  'crash-detection': (value) => ({ protection: { crashDetectionMs: readDuration(value) } }),
  'witnesses': (value) => ({ protection: { witnesses: value === 'yes' } }),
  /** `strangers=yes`: a second deployment, which the sentinels do not monitor. */
  'strangers': (value) => ({ hasStrangers: value === 'yes' }),
}

/** Settings of [master <name>] in ts-sentinel.ini. */
const OF_PLACEMENT: Readonly<Record<string, (value: string) => Partial<Placement>>> = {
  'prefer-zone': (value) => ({ preferZone: value }),
  'never-promote-in': (value) => ({ neverPromoteIn: value.split(',') }),
  'max-lag-bytes': (value) => ({ maxLagBytes: readCount(value) }),
  'max-lag-strict': (value) => ({ isLagStrict: value === 'yes' }),
}

const OF_GROUP: Readonly<Record<string, (value: string) => GroupOptions>> = {
  'quorum': (value) => ({ quorum: readCount(value) }),
  'parallel-syncs': (value) => ({ parallelSyncs: readCount(value) }),
  'down-after': (value) => ({ downAfterMs: readDuration(value) }),
  'failover-timeout': (value) => ({ failoverTimeoutMs: readDuration(value) }),
  'reboot-down-after': (value) => ({ rebootDownAfterMs: readDuration(value) }),
  /** How long a full synchronisation takes. */
  'full-sync': (value) => ({ nodes: { fullSyncMs: readDuration(value) } }),
}

/**
 * `replicas`: how many. `priorities`: the `replica-priority` of each, in order. `info-renamed`: the number of a replica
 * that refuses INFO, because it knows the command by another name. `zones`: what each reports in its INFO.
 */
const OF_REPLICAS: readonly string[] = ['replicas', 'priorities', 'info-renamed', 'zones']

/** `masters=2`: a second one, with the name `second` and the same settings. */
const OF_TRANSCRIPT: readonly string[] = ['masters', 'fresh', 'links']

/** @throws Error when a setting is unknown. */
export function readDeployment(words: readonly string[]): Deployment {
  let options: ClusterOptions = {}
  let group: GroupOptions = {}
  let placement: Placement | undefined
  const settings = readSettings(words)
  for (const [name, value] of settings) {
    const [ofDeployment, ofGroup, ofPlacement] = [OF_DEPLOYMENT[name], OF_GROUP[name], OF_PLACEMENT[name]]
    if (ofDeployment !== undefined) options = { ...options, ...ofDeployment(value) }
    else if (ofGroup !== undefined) group = { ...group, ...ofGroup(value) }
    else if (ofPlacement !== undefined) placement = { ...NO_PLACEMENT, ...placement, ...ofPlacement(value) }
    else if (!OF_TRANSCRIPT.includes(name) && !OF_REPLICAS.includes(name)) throw new Error(`deployment: unknown setting ${name}`)
  }
  group = { ...group, replicas: replicasOf(settings) }
  if (placement !== undefined) options = { ...options, protection: { placement } }
  const groups = settings.get('masters') === '2' ? [group, { ...group, name: 'second' }] : [group]
  const isFresh = settings.get('fresh') === 'yes'
  return { options: { ...options, groups, isFresh }, isFresh, showsLinks: settings.get('links') === 'shown' }
}

function replicasOf(settings: ReadonlyMap<string, string>): NonNullable<GroupOptions['replicas']> {
  const priorities = settings.get('priorities')?.split(',')
  const count = priorities?.length ?? readCount(settings.get('replicas') ?? '2')
  const renamed = settings.get('info-renamed')
  const zones = settings.get('zones')?.split(',')
  return Array.from({ length: count }, (_replica, at) => ({
    ...(priorities === undefined ? {} : { priority: readCount(priorities[at] ?? '') }),
    ...(zones?.[at] === undefined ? {} : { zone: zones[at] }),
    ...(renamed === String(at + 1) ? { renamedCommands: { INFO: 'INFO-OF-OWN' } } : {}),
  }))
}
