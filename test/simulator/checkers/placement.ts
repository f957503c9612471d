/** Zones and lag of the replicas as a sentinel knows them, read from the texts of INFO and from its settings. */
import type { ReplicaView } from '../../../src/core/index.ts'
import type { Cluster } from '../cluster.ts'
import type { SentinelNode } from '../sentinel-node.ts'
import type { Losses } from './losses.ts'

export interface PlacementGiven {
  readonly cluster: Cluster
  readonly sentinel: SentinelNode
  /** Of the master. */
  readonly name: string
  /** INFO of the master first. */
  readonly texts: readonly string[]
  readonly replicas: readonly ReplicaView[]
  readonly infoOf: (replica: ReplicaView) => string
  readonly losses: Losses
}

export interface SeenPlacement {
  /** Why its zone or its lag forbids its promotion. */
  readonly flawOf: (replica: ReplicaView) => string | undefined
  /** It lacks more than is allowed; undefined where the texts do not show it. */
  readonly lags: (replica: ReplicaView) => boolean | undefined
  readonly isPreferred: (replica: ReplicaView) => boolean
}

export function placementAt(given: PlacementGiven): SeenPlacement {
  const { sentinel: { protection: { placement } } } = given
  const { preferZone, maxLagBytes, isLagStrict } = placement
  const newest = maxLagBytes === undefined ? undefined : newestOf(given)
  const lags = (replica: ReplicaView) => {
    if (maxLagBytes === undefined) return false
    if (newest === undefined) return undefined
    const { ids, offset } = newest
    const isOther = ids !== undefined && !sharesHistory(ids, idsOf(given.infoOf(replica)))
    return isOther || offset - dataOffset(replica, given.infoOf(replica)) > BigInt(maxLagBytes)
  }
  return {
    lags,
    flawOf: (replica) => {
      const info = given.infoOf(replica)
      if (isInExcludedZone(given, replica, info)) return `it is in zone ${zoneOf(given, replica, info)}`
      return isLagStrict && lags(replica) === true ? 'it lacks too much of the data' : undefined
    },
    isPreferred: (replica) => preferZone !== undefined && zoneOf(given, replica, given.infoOf(replica)) === preferZone,
  }
}

/** Whether a sentinel never promotes the replica because of its zone. `info`: the last INFO of the replica. */
export function isInExcludedZone(
  given: Pick<PlacementGiven, 'cluster' | 'sentinel'>, replica: ReplicaView, info: string,
): boolean {
  return given.sentinel.protection.placement.neverPromoteIn.includes(zoneOf(given, replica, info) ?? '')
}

/** `info`: the last INFO of the replica. */
function zoneOf(
  { cluster, sentinel }: Pick<PlacementGiven, 'cluster' | 'sentinel'>, replica: ReplicaView, info: string,
): string | undefined {
  const [, reported] = /^availability_zone:(\S+)/m.exec(info) ?? []
  if (reported !== undefined) return reported
  // Another address of the machine is none that the settings name.
  const ip = replica.host.endsWith('.test') ? cluster.network.firstIp(replica.host) : replica.host
  return sentinel.protection.placement.zones.find(({ host, port }) => host === ip && port === replica.port)?.zone
}

/** Undefined where the master's text shows no working master with the data of the deployment. `ids`: of its data. */
function newestOf({ sentinel, name, texts: [text = ''], replicas, infoOf, losses }: PlacementGiven) {
  const isNewer = (most: bigint, replica: ReplicaView) => {
    const offset = dataOffset(replica, infoOf(replica))
    return offset > most ? offset : most
  }
  const known = replicas.filter((replica) => !replica.isForeign && infoOf(replica) !== '')
  if (text === '') return { ids: undefined, offset: known.reduce(isNewer, 0n) }
  const [, own] = /^master_repl_offset:(\d+)/m.exec(text) ?? []
  if (own === undefined || losses.has(sentinel, name, text) || !/^role:master\r?$/m.test(text) || !/^loading:0\r?$/m.test(text)) return undefined
  const ids = idsOf(text)
  return { ids, offset: known.filter((replica) => idsOf(infoOf(replica))[0] === ids[0]).reduce(isNewer, BigInt(own)) }
}

/** A master reports only the offset of its own stream. */
function dataOffset({ offset }: ReplicaView, text: string): bigint {
  const [, own] = /^master_repl_offset:(\d+)/m.exec(text) ?? []
  if (own === undefined || !/^role:master\r?$/m.test(text)) return offset
  return BigInt(own) > offset ? BigInt(own) : offset
}

/**
 * Whether one history continues the other. A second id that both have does not count: the master loaded an old RDB file
 * twice, say, and wrote something else after each start. Both streams begin at the position of the file, so their
 * offsets say nothing about how much of the one is in the other.
 */
function sharesHistory([id, before]: readonly string[], [otherId, otherBefore]: readonly string[]): boolean {
  return id === otherId || id === otherBefore || before === otherId
}

/** The replication id, and the one before where there is one. */
function idsOf(text: string): readonly string[] {
  return [...text.matchAll(/^master_replid2?:(\S+)/gm)].map(([, id = '']) => id).filter((id) => !/^0*$/.test(id))
}
