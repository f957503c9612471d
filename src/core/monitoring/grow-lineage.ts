/**
 * Which replication ids belong to the data of a master (docs/decisions/0048-lineage-and-foreign-nodes.md). A promotion
 * gives the data a fresh id and keeps the old one as the second; a restart gives a fresh id, and keeps the old one only
 * where the data came from an RDB file. So an id that is not known proves nothing.
 */
import { addToLineage, lineageOf } from '../lineage.ts'
import { meansAddress } from '../names.ts'
import { confirmedReplica } from '../state/failover.ts'
import type { DataNode } from '../state/instance.ts'
import type { Master } from '../state/master.ts'
import type { Replica } from '../state/replica.ts'
import type { SentinelState } from '../state/sentinel-state.ts'
import type { Turn } from '../turn.ts'

/** Whether the ids of a node tie its data to this master: the present one, or the one before. */
export function isOfLineage(state: SentinelState, master: Master, { replid, replid2 }: Pick<DataNode, 'replid' | 'replid2'>): boolean {
  const ids = lineageOf(state, master.name)
  return (replid !== undefined && ids.includes(replid)) || (replid2 !== undefined && ids.includes(replid2))
}

/**
 * The node at the master's address works as the master, so its data are the deployment's, whatever its id is. Not once
 * a replica has been promoted: another deployment's master may have its address by then.
 */
export function acceptMasterData(turn: Turn, master: Master): void {
  if (confirmedReplica(master) !== undefined) return
  const { replid, replid2 } = master
  const known = lineageOf(turn.state, master.name)
  // The second id of a server that was not tied may be that of another deployment, whose file it loaded. The first id
  // that was ever known, the last one here, needed no tie: a replica may have shown it before the master.
  const needsNoTie = known.length === 0 || known.at(-1) === replid
  if (needsNoTie && replid2 !== undefined && !known.includes(replid2)) addToLineage(turn, master.name, replid2)
  if (replid !== undefined) addToLineage(turn, master.name, replid)
}

/**
 * A replica whose link to the master works has the master's id. It counts where nothing is known yet, and where its
 * second id is known; other ids must be seen at the master first, which may have lost its data.
 */
export function acceptReplicaData(turn: Turn, master: Master, replica: Replica): void {
  const { replid, reportedMaster, masterLinkUp, roleReported } = replica
  if (replid === undefined || roleReported !== 'slave' || !masterLinkUp || reportedMaster === undefined) return
  if (!meansAddress(turn.state, master.address, reportedMaster.host, reportedMaster.port)) return
  const ids = lineageOf(turn.state, master.name)
  if (ids.includes(replid)) return
  if (ids.length === 0 || isOfLineage(turn.state, master, replica)) addToLineage(turn, master.name, replid)
}
