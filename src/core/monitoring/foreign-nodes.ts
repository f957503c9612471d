/**
 * Nodes at addresses of a master's replicas that hold another deployment's data
 * (docs/decisions/0048-lineage-and-foreign-nodes.md). A node is foreign for certain when its link works to a master
 * that is none of ours, and no replication id of it is in the lineage; or when sentinels that are none of ours list it.
 * It stays foreign until it is linked to this deployment or its ids are. No order is given to it, nor to nodes whose
 * ids and master are unknown.
 */
import { hostAndPort } from '../../text/index.ts'
import { lineageOf } from '../lineage.ts'
import { knownIp, meansAddress } from '../names.ts'
import { ownText } from '../own-text.ts'
import { dataNodesOf } from '../state/instance.ts'
import type { Master } from '../state/master.ts'
import type { Replica } from '../state/replica.ts'
import { masterOf, type SentinelState } from '../state/sentinel-state.ts'
import type { Turn } from '../turn.ts'
import { announcedName } from './announce.ts'
import { isOfLineage } from './grow-lineage.ts'
import type { Hello } from './hello-codec.ts'

/** Called after INFO of a replica. Gives no orders and runs in TILT as well. */
export function judgeOrigin(turn: Turn, replica: Replica): void {
  const master = masterOf(turn.state, replica)
  if (master === undefined) return
  if (isOfLineage(turn.state, master, replica)) {
    replica.foreign = undefined
    recordAlias(turn.state, master, replica)
  } else if (isLinkedToOurs(turn.state, master, replica)) {
    replica.foreign = undefined
  } else if (replica.foreign === undefined && isForeign(turn, master, replica)) {
    const { host, port } = replica.reportedMaster ?? { host: '', port: 0 }
    markForeign(turn, master, replica, hostAndPort(host, port))
  }
}

/** Records the address by which it knows our master, where that is none of our records. */
function recordAlias(state: SentinelState, master: Master, replica: Replica): void {
  const { reportedMaster, roleReported, masterLinkUp } = replica
  if (roleReported !== 'slave' || !masterLinkUp || reportedMaster === undefined) return
  const { host, port } = reportedMaster
  const isOurs = dataNodesOf(master).some(({ address }) => meansAddress(state, address, host, port))
  if (!isOurs) replica.linkedAs = reportedMaster
}

function isLinkedToOurs(state: SentinelState, master: Master, replica: Replica): boolean {
  const { roleReported, masterLinkUp, reportedMaster } = replica
  return roleReported === 'slave' && masterLinkUp && reportedMaster !== undefined
    && isKnownAddress(state, master, reportedMaster.host, reportedMaster.port)
}

function isForeign(turn: Turn, master: Master, replica: Replica): boolean {
  const { reportedMaster, masterLinkUp } = replica
  return masterLinkUp && hasOtherMaster(turn.state, master, replica) && isMasterKnown(master)
    // A name that is not looked up could be ours.
    && reportedMaster !== undefined && knownIp(turn.state, reportedMaster.host) !== undefined
}

/**
 * Whether we know the present id of the master: it may have restarted with a fresh one, which a replica then has before
 * INFO of the master arrives.
 */
function isMasterKnown({ sdown, infoAt, link: { command } }: Master): boolean {
  return sdown || (infoAt !== undefined && command !== undefined && infoAt >= command.startedAt)
}

/** It follows a master that is none of ours, with data that are not tied to ours. */
function hasOtherMaster(state: SentinelState, master: Master, replica: Replica): boolean {
  const { roleReported, reportedMaster } = replica
  return roleReported === 'slave' && reportedMaster !== undefined && hasOtherData(state, master, replica)
    && !isKnownAddress(state, master, reportedMaster.host, reportedMaster.port)
}

/** Its ids are known, and none of them is in the lineage. */
function hasOtherData(state: SentinelState, master: Master, replica: Replica): boolean {
  const hasLineage = lineageOf(state, master.name).length > 0
  return replica.replid !== undefined && hasLineage && !isOfLineage(state, master, replica)
}

/** An address of the master or a replica, or one by which a replica of ours knew its master. */
function isKnownAddress(state: SentinelState, master: Master, host: string, port: number): boolean {
  if (master.twins.has(hostAndPort(host, port))) return true
  const means = (known: Replica['linkedAs']) => known?.port === port && known.host.toLowerCase() === host.toLowerCase()
  return dataNodesOf(master).some((node) => {
    if (node.kind === 'master') return meansAddress(state, node.address, host, port)
    return node.foreign === undefined && (meansAddress(state, node.address, host, port) || means(node.linkedAs))
  })
}

function markForeign(turn: Turn, master: Master, replica: Replica, follows: string): void {
  const replid = replica.replid ?? ''
  const [ours = ''] = lineageOf(turn.state, master.name)
  replica.foreign = { follows: ownText(follows), replid }
  turn.emit('+foreign-node', replica, { follows, replid, ours })
  // Replicas of this node have the same data.
  for (const other of master.replicas.values()) {
    if (other !== replica && other.foreign === undefined && other.infoAt !== undefined) judgeOrigin(turn, other)
  }
}

/**
 * Whether the node may be ordered to follow our master. Not a foreign one, and not one that follows an unknown master
 * with unknown data. A master with unknown ids is ours as ever: a restart gives it a fresh one, and two restarts from
 * an RDB file leave none that we know.
 */
export function mayBeOrdered(state: SentinelState, master: Master, replica: Replica): boolean {
  return replica.foreign === undefined && !hasOtherMaster(state, master, replica)
}

/**
 * A hello on the channel of a replica from a sentinel that is none of ours. One that names this node or an unknown
 * address as the master belongs to another deployment, which uses the address now, unless the data are tied to ours.
 */
export function judgeStrangeHello(turn: Turn, replica: Replica, hello: Hello): void {
  const master = masterOf(turn.state, replica)
  if (master === undefined || replica.foreign !== undefined || replica.infoAt === undefined) return
  if (!hasOtherData(turn.state, master, replica) || isLinkedToOurs(turn.state, master, replica)) return
  const { masterHost, masterPort } = hello
  const isItself = meansAddress(turn.state, replica.address, masterHost, masterPort)
  if (!isItself && isKnownAddress(turn.state, master, masterHost, masterPort)) return
  const follows = isItself ? announcedName(turn.state, replica.address) : hostAndPort(masterHost, masterPort)
  markForeign(turn, master, replica, follows)
}
