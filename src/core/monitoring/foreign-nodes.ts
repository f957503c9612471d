/**
 * Nodes at addresses of a master's replicas that hold another deployment's data
 * (docs/decisions/0048-lineage-and-foreign-nodes.md). A node is foreign when no replication id of it is ours and either
 * its link works to a master that is none of ours, or it is a master whose data had another id before that is not ours
 * either; or when sentinels that are none of ours list it. It stays foreign until it is linked to this deployment or
 * its ids are. No order is given to it, nor to nodes whose origin is unknown.
 */
import { hostAndPort } from '../../text/index.ts'
import { NO_POSITION } from '../limits.ts'
import { lineageOf } from '../lineage.ts'
import { knownIp, meansAddress } from '../names.ts'
import { ownText } from '../own-text.ts'
import { orderedReplica } from '../state/failover.ts'
import { dataNodesOf, type DataNode } from '../state/instance.ts'
import type { Master } from '../state/master.ts'
import { isStartedAgain, type Replica } from '../state/replica.ts'
import { masterOf, type SentinelState } from '../state/sentinel-state.ts'
import type { Millis } from '../time.ts'
import type { Turn } from '../turn.ts'
import { isOfLineage } from './grow-lineage.ts'
import type { InfoFacts } from './info-parser.ts'
import { isIdentified } from './twins.ts'

/** Called after INFO of a replica. Gives no orders and runs in TILT as well. */
export function judgeOrigin(turn: Turn, replica: Replica): void {
  const master = masterOf(turn.state, replica)
  if (master === undefined) return
  compareOrigin(turn, master, replica)
  if (mayBeOrdered(turn.state, master, replica)) replica.unknownSince = undefined
  else replica.unknownSince ??= turn.now.mono
}

function compareOrigin(turn: Turn, master: Master, replica: Replica): void {
  if (hasBegunEmpty(replica)) {
    replica.foreign = undefined
    replica.roleReportedSince = turn.now.mono
  }
  doubtFreshId(turn.state, master, replica)
  if (replica.roleReported === 'master' && replica.listsStrangers) replica.strangeReplid = replica.replid
  if (hasOurData(turn.state, master, replica)) {
    replica.foreign = undefined
    replica.ownReplid = replica.replid
    recordAlias(turn.state, master, replica)
  } else if (followsOurs(turn.state, master, replica)) {
    recordFollowing(turn.state, master, replica)
  } else if (isCertainlyOurs(turn.state, master, replica)) {
    replica.ownReplid = replica.replid
  } else if (replica.foreign === undefined && isForeign(turn, master, replica)) {
    markForeign(turn, master, replica, replica.roleReported === 'slave' ? replica.reportedMaster : undefined)
  }
}

/**
 * The fresh id of a master that was replaced counted as ours before a replica followed it. One that is none of ours
 * shows that it may be another deployment's (`isCertainlyOurs`).
 */
function doubtFreshId(state: SentinelState, master: Master, replica: Replica): void {
  const { roleReported, replid, replid2, listsStrangers, ownReplid } = replica
  if (roleReported !== 'master' || replid2 !== undefined || !listsStrangers || ownReplid !== replid) return
  if (!isOfLineage(state, master, replica)) replica.ownReplid = undefined
}

/** Whether a server without data is at the address of a foreign master now. Nothing shows yet whose server it is. */
function hasBegunEmpty({ foreign, roleReported, replid, replid2, hasKeys, listsStrangers }: Replica): boolean {
  return foreign !== undefined && foreign.replid !== replid
    && roleReported === 'master' && replid2 === undefined && hasKeys === false && !listsStrangers
}

function recordFollowing(state: SentinelState, master: Master, replica: Replica): void {
  if (replica.masterLinkUp) replica.foreign = undefined
  // Not behind one of our replicas, which may turn out to be foreign.
  if (replica.foreign !== undefined || !follows(state, replica, master)) return
  if (isJustRepointed(master, replica) || hasStrangeData(replica)) return
  replica.followedWith = replica.replid
  if (replica.masterLinkUp) replica.ownReplid = replica.replid
}

/**
 * Whether it still holds a position in the stream of another master, although it is to follow ours: ours works, with an
 * id that we know. A replica that was started again from an append-only file has unknown data, too, but no position.
 */
function isJustRepointed(master: Master, { masterLinkUp, offset }: Replica): boolean {
  return !masterLinkUp && offset > NO_POSITION && !master.sdown && isIdentified(master)
}

/** Whether it has not synchronised with our master since a replica that is none of ours followed it. */
function hasStrangeData({ masterLinkUp, replid, strangeReplid }: Replica): boolean {
  return !masterLinkUp && replid === strangeReplid
}

/** Records the address by which it knows our master, where that is none of our records. */
function recordAlias(state: SentinelState, master: Master, replica: Replica): void {
  const { reportedMaster, roleReported, masterLinkUp } = replica
  if (roleReported !== 'slave' || !masterLinkUp || reportedMaster === undefined) return
  if (!dataNodesOf(master).some((node) => follows(state, replica, node))) replica.linkedAs = reportedMaster
}

/** Whether the replica reports this node as its master. The link may be down. */
export function follows(state: SentinelState, { reportedMaster }: Replica, { address }: DataNode): boolean {
  return reportedMaster !== undefined && meansAddress(state, address, reportedMaster.host, reportedMaster.port)
}

/** Its master is ours, or a replica of ours. The link may be down. */
export function followsOurs(state: SentinelState, master: Master, { roleReported, reportedMaster }: Replica): boolean {
  return roleReported === 'slave' && reportedMaster !== undefined
    && isKnownAddress(state, master, reportedMaster.host, reportedMaster.port)
}

function isForeign(turn: Turn, master: Master, replica: Replica): boolean {
  const { state, now } = turn
  if (!isPresentIdKnown(master)) return false
  // A newer configuration that makes it our master would have arrived by then.
  if (isStrangeMaster(state, master, replica)) return now.mono - (replica.unknownSince ?? now.mono) > roleWait(state)
  const { reportedMaster, masterLinkUp } = replica
  return masterLinkUp && hasOtherMaster(state, master, replica)
    // A name that is not looked up could be ours.
    && reportedMaster !== undefined && knownIp(state, reportedMaster.host) !== undefined
}

/** For how long a node must have been a master before it is demoted, or with unknown data before it is foreign. */
export function roleWait({ tunables }: SentinelState): Millis {
  return 4 * tunables['publish-period']
}

/**
 * Whether we know the present id of the master: it may have restarted with a fresh one, which a replica then has before
 * INFO of the master arrives.
 */
function isPresentIdKnown(master: Master): boolean {
  return master.sdown || isIdentified(master)
}

/** It follows a master that is none of ours, with data that are not tied to ours. */
function hasOtherMaster(state: SentinelState, master: Master, replica: Replica): boolean {
  const { roleReported, reportedMaster } = replica
  return roleReported === 'slave' && reportedMaster !== undefined && hasOtherData(state, master, replica)
    && !followsOurs(state, master, replica)
}

/**
 * It is a master, and its data had another id before, so they do not come from an append-only file or from nowhere:
 * it has loaded an RDB file or was promoted. Neither id is ours. Not so the node that this sentinel has ordered to
 * become a master: its data may have had a fresh id of our master for a moment.
 */
function isStrangeMaster(state: SentinelState, master: Master, replica: Replica): boolean {
  return replica.roleReported === 'master' && replica.replid2 !== undefined && hasOtherData(state, master, replica)
    && orderedReplica(master) !== replica
}

/** Its ids are known, and none of them is ours. */
export function hasOtherData(state: SentinelState, master: Master, replica: Replica): boolean {
  const hasLineage = lineageOf(state, master.name).length > 0
  return replica.replid !== undefined && hasLineage && !hasOurData(state, master, replica)
}

/**
 * One of its ids is in the lineage; or it is a master now and has the id with which its data were ours, or those of
 * another node are, or with which it followed our master until an operator promoted it.
 */
function hasOurData(state: SentinelState, master: Master, replica: Replica): boolean {
  const { replid, replid2, ownReplid, followedWith, roleReported } = replica
  if (isOfLineage(state, master, replica)) return true
  return roleReported === 'master' && [replid, replid2].some((id) => (
    id !== undefined && (id === ownReplid || id === followedWith || hasNodeWith(master, id))
  ))
}

/**
 * Whether the data of a node are ours with this id. A master that was replaced and has started again under a fresh id
 * may still be followed while its successor is down, and nothing enters the lineage then.
 */
function hasNodeWith({ replicas }: Master, id: string): boolean {
  return [...replicas.values()].some(({ foreign, ownReplid }) => foreign === undefined && ownReplid === id)
}

/** An address of the master or a replica, or one by which a replica of ours knew its master. */
export function isKnownAddress(state: SentinelState, master: Master, host: string, port: number): boolean {
  if (master.twins.has(hostAndPort(host, port))) return true
  const means = (known: Replica['linkedAs']) => known?.port === port && known.host.toLowerCase() === host.toLowerCase()
  return dataNodesOf(master).some((node) => {
    if (node.kind === 'master') return meansAddress(state, node.address, host, port)
    return node.foreign === undefined && (meansAddress(state, node.address, host, port) || means(node.linkedAs))
  })
}

/** `leader`: the master that it follows; undefined = it is a master. */
export function markForeign(turn: Turn, master: Master, replica: Replica, leader: Replica['reportedMaster']): void {
  const { replid = '', replid2 } = replica
  const [ours = ''] = lineageOf(turn.state, master.name)
  const follows = leader === undefined ? undefined : ownText(hostAndPort(leader.host, leader.port))
  replica.foreign = { follows, replid, replid2 }
  turn.emit('+foreign-node', replica, { follows, replid, ours })
  // Replicas of this node have the same data.
  for (const other of master.replicas.values()) {
    if (other !== replica && other.foreign === undefined && other.infoAt !== undefined) judgeOrigin(turn, other)
  }
}

/**
 * Whether the node may be ordered to follow our master. Not a foreign one, not one that follows an unknown master with
 * unknown data, and no master whose data had another id before that is unknown as well. A master with a fresh id and no
 * other is ours as ever: that is what a restart without an RDB file leaves.
 */
export function mayBeOrdered(state: SentinelState, master: Master, replica: Replica): boolean {
  return replica.foreign === undefined
    && !hasOtherMaster(state, master, replica) && !isStrangeMaster(state, master, replica)
}

/**
 * Whether the node may be promoted. A replica that has not synchronised since its start, but is at a position in the
 * stream of unknown data, has loaded an RDB file that is none of ours. One that loaded an append-only file has a fresh
 * id as well, but no position. A master with unknown data that an unknown replica follows is none of ours either.
 */
export function mayBePromoted(state: SentinelState, master: Master, replica: Replica): boolean {
  const { roleReported, neverSynchronised, offset, replid, ownReplid, listsStrangers } = replica
  const hasStrangePosition = neverSynchronised && offset > NO_POSITION && replid !== ownReplid
  const isFollowed = roleReported === 'master' && listsStrangers
  if ((hasStrangePosition || isFollowed) && hasOtherData(state, master, replica)) return false
  return mayBeOrdered(state, master, replica)
}

/**
 * Whether the node may be ordered to follow a promoted replica in a failover. A master that may belong to another
 * deployment is left to the correction, which waits longer.
 */
export function mayFollowNow({ state, now }: Turn, master: Master, replica: Replica): boolean {
  if (!mayBeOrdered(state, master, replica)) return false
  return replica.roleReported !== 'master' || isCertainlyOurs(state, master, replica)
    || now.mono - replica.roleReportedSince > roleWait(state)
}

/**
 * Whether a master that was replaced may be ordered to follow at once, before hellos of other sentinels could show
 * that the address belongs to another deployment: its data are ours; or it was the master before the last switch, has
 * a fresh id and no other, as after a restart without an RDB file, and lists no replica that is none of ours.
 */
export function isCertainlyOurs(state: SentinelState, master: Master, node: DataNode): boolean {
  if (node.kind === 'replica' && node.foreign !== undefined) return false
  if (node.kind === 'master' ? isOfLineage(state, master, node) : hasOurData(state, master, node)) return true
  const wasMaster = node.kind === 'master' || node.deposedAt !== undefined
  // A replica with unknown data has them from its own master.
  return wasMaster && node.roleReported === 'master' && node.replid2 === undefined && !node.listsStrangers
}

/**
 * Whether the candidate, which says that it is a master now, may be a server of another deployment that took its
 * address: it has been started since it was a replica, with ids that are not ours. A strange replica or another unknown
 * id before shows that it is; a candidate of ours that was started from an append-only file has neither, and is
 * believed a little later.
 */
export function mayBeOthersServer({ state, now }: Turn, master: Master, candidate: Replica): boolean {
  const { replid2, foreign, listsStrangers, roleReportedSince } = candidate
  if (!isStartedAgain(candidate) || !hasOtherData(state, master, candidate)) return false
  if (foreign !== undefined || replid2 !== undefined || listsStrangers) return true
  return now.mono - roleReportedSince < Math.min(roleWait(state), master.settings.failoverTimeoutMs / 2)
}

/** Whether INFO of a master lists a replica that is none of ours. */
export function listsStrangers(state: SentinelState, master: Master, { role, replicas }: InfoFacts): boolean {
  return role === 'master' && replicas.some(({ host, port }) => !isKnownAddress(state, master, host, port))
}
