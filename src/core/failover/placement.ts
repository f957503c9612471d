/** The zone of a node, and how much of the data a replica lacks (docs/decisions/0055-zones-and-lag.md). Pure. */
import { meansAddress } from '../names.ts'
import type { DataNode } from '../state/instance.ts'
import type { Master } from '../state/master.ts'
import { protectionOf } from '../state/protection.ts'
import type { Replica } from '../state/replica.ts'
import type { SentinelState } from '../state/sentinel-state.ts'

/** The zone that the server reports, else the one in ts-sentinel.ini; undefined = not known. */
export function zoneOf(state: SentinelState, master: Master, { zone, address }: DataNode): string | undefined {
  if (zone !== undefined) return zone
  const { zones } = protectionOf(state, master).placement
  return zones.find(({ host, port }) => meansAddress(state, address, host, port))?.zone
}

/** Whether a replica is in the preferred zone; `undefined` where no zone is preferred. */
export function preferenceOf(state: SentinelState, master: Master): ((replica: Replica) => boolean) | undefined {
  const { preferZone } = protectionOf(state, master).placement
  return preferZone === undefined ? undefined : (replica) => zoneOf(state, master, replica) === preferZone
}

/**
 * The newest offset of the master's data that is known: the master's own, as its last INFO reply showed it, or that of
 * a replica with the same replication id, whose INFO may be newer. Undefined: nothing is known.
 */
export function newestOffset({ position, replicas }: Master): bigint | undefined {
  let newest = position?.offset
  for (const replica of replicas.values()) {
    if (replica.infoAt === undefined || replica.foreign !== undefined) continue
    // Offsets of other histories count something else.
    if (position !== undefined && replica.replid !== position.replid) continue
    const offset = dataOffset(replica)
    if (newest === undefined || offset > newest) newest = offset
  }
  return newest
}

/** Bytes of the replication stream that a replica lacks; undefined = they cannot be compared, its data are others. */
export function lagOf({ position }: Master, replica: Replica, newest: bigint | undefined): number | undefined {
  if (newest === undefined || (position !== undefined && !sharesHistory(position, replica))) return undefined
  const offset = dataOffset(replica)
  return offset >= newest ? 0 : Number(newest - offset)
}

/** A replica that runs as a master, which the others may follow already, has more than it had as a replica. */
function dataOffset({ roleReported, ownOffset, offset }: Replica): bigint {
  return roleReported === 'master' && ownOffset > offset ? ownOffset : offset
}

/** What INFO shows of the history of data: the present replication id, and the one before. */
interface History {
  readonly replid: string | undefined
  readonly replid2: string | undefined
}

/** Whether one history continues the other. Releases before 4.0 report no ids. */
function sharesHistory(one: History, other: History): boolean {
  if (one.replid === undefined || other.replid === undefined) return true
  return one.replid === other.replid || one.replid === other.replid2 || one.replid2 === other.replid
}
