/** Projections of records for people and tools (protocol.md 2.2, 2.3). */
import { WIRE_PHASE } from '../failover/phases.ts'
import { lagOf, newestOffset } from '../failover/placement.ts'
import { goneMsOf } from '../failover/selection.ts'
import { promotedReplica } from '../state/failover.ts'
import { announced, currentAddress } from '../monitoring/announce.ts'
import { outcomeOf } from '../monitoring/lost-data.ts'
import { meansAddress } from '../names.ts'
import type { DataNode, Instance } from '../state/instance.ts'
import { isDisconnected } from '../state/link.ts'
import type { Master } from '../state/master.ts'
import type { Peer } from '../state/peer.ts'
import type { Replica } from '../state/replica.ts'
import { shownSettings } from '../state/settings.ts'
import { masterOf, type SentinelState } from '../state/sentinel-state.ts'
import type { Millis } from '../time.ts'
import type { DataNodeView, InstanceView, MasterView, PeerView, ReplicaView } from './view.ts'
import { viewPause } from './pause-view.ts'
import { viewWitnesses } from './witnessed-view.ts'

/** A view under construction. Fields that may be absent are set one by one: spreading them in takes much longer. */
type InTheMaking<View> = { -readonly [Field in keyof View]: View[Field] }

export function viewMaster(state: SentinelState, master: Master, now: Millis): MasterView {
  const { failover } = master
  const view: InTheMaking<MasterView> = {
    ...viewDataNode(state, master, now),
    configEpoch: master.configEpoch,
    replicaCount: master.replicas.size,
    otherSentinelCount: master.peers.size,
    settings: shownSettings(master.settings),
  }
  if (master.odown && master.odownSince !== undefined) view.odownMs = now - master.odownSince
  const shownAsMasterMs = goneMsOf(master, now)
  if (shownAsMasterMs !== undefined) view.shownAsMasterMs = shownAsMasterMs
  if (master.link.outage?.crash !== undefined) view.hasCrashed = true
  const lostData = master.lostData === undefined ? undefined : outcomeOf(master.lostData)
  if (lostData !== undefined) view.lostData = lostData
  const witnessed = viewWitnesses(state, master, now)
  if (witnessed !== undefined) view.witnessed = witnessed
  const pause = viewPause(state, master, now)
  if (pause !== undefined) view.pause = pause
  if (failover.phase !== 'none') view.failoverState = WIRE_PHASE[failover.phase]
  return view
}

export function viewReplicas(state: SentinelState, master: Master, now: Millis): ReplicaView[] {
  const newest = newestOffset(master)
  return [...master.replicas.values()].map((replica) => ({
    ...viewDataNode(state, replica, now),
    masterLinkDownMs: replica.masterLinkDownMs,
    masterLinkUp: replica.masterLinkUp,
    masterHost: replica.reportedMaster?.host,
    masterPort: replica.reportedMaster?.port ?? 0,
    priority: replica.priority,
    offset: replica.offset,
    lagBytes: replica.infoAt === undefined ? undefined : lagOf(master, replica, newest),
    announced: replica.announced,
    isForeign: replica.foreign !== undefined,
  }))
}

export function viewPeer(state: SentinelState, peer: Peer, now: Millis): PeerView {
  const { announcedMaster } = peer
  return {
    ...viewInstance(state, peer, now),
    lastHelloMs: now - peer.lastHelloAt,
    votedLeader: peer.leader,
    votedLeaderEpoch: peer.leaderEpoch,
    ...(announcedMaster === undefined ? {} : {
      announcedMaster: { ...announcedMaster, agrees: agreesOnMaster(state, peer, announcedMaster) },
    }),
    ...(peer.disagreement?.isReported === true ? { disagreesMs: now - peer.disagreement.since } : {}),
  }
}

/** Whether the master that a peer announces is ours. */
export function agreesOnMaster(
  state: SentinelState, { masterName }: Peer, { host, port }: NonNullable<Peer['announcedMaster']>,
): boolean {
  const master = state.masters.get(masterName)
  return master !== undefined && meansAddress(state, currentAddress(master), host, port)
}

function viewDataNode(state: SentinelState, node: DataNode, now: Millis): DataNodeView {
  return {
    ...viewInstance(state, node, now),
    infoRefreshMs: node.infoAt === undefined ? 0 : now - node.infoAt,
    roleReported: node.roleReported === 'master' ? 'master' : 'slave',
    roleReportedMs: now - node.roleReportedSince,
  }
}

function viewInstance(state: SentinelState, instance: Instance, now: Millis): InstanceView {
  const { link, address } = instance
  const view: InTheMaking<InstanceView> = {
    name: instance.name,
    host: announced(state, address),
    port: address.port,
    runId: instance.runId ?? '',
    flags: flagsOf(state, instance),
    pendingCommands: link.pending,
    linkRefcount: link.users.size,
    lastPingSentMs: link.pingPendingSince === undefined ? 0 : now - link.pingPendingSince,
    lastOkPingReplyMs: now - link.lastValidReplyAt,
    lastPingReplyMs: now - link.lastReplyAt,
    downAfterMs: instance.settings.downAfterMs,
  }
  if (instance.sdown && instance.sdownSince !== undefined) view.sdownMs = now - instance.sdownSince
  return view
}

/** The words of the flags field, in wire order. */
function flagsOf(state: SentinelState, instance: Instance): readonly string[] {
  const words: string[] = []
  if (instance.sdown) words.push('s_down')
  if (instance.kind === 'master' && instance.odown) words.push('o_down')
  words.push(instance.kind === 'replica' ? 'slave' : instance.kind === 'peer' ? 'sentinel' : 'master')
  if (isDisconnected(instance.link)) words.push('disconnected')
  if (instance.kind === 'peer' && instance.masterDown) words.push('master_down')
  if (instance.kind === 'master' && instance.failover.phase !== 'none') words.push('failover_in_progress')
  if (instance.kind === 'replica') words.push(...replicaFlags(state, instance))
  if (instance.kind === 'master' && isForced(instance)) words.push('force_failover')
  if (instance.kind === 'master' && instance.suspicion?.withheld !== undefined) words.push('witnessed')
  if (instance.kind !== 'peer' && instance.scriptKill !== undefined) words.push('script_kill_sent')
  if (instance.kind === 'master' && instance.rebootSince !== undefined) words.push('master_reboot')
  return words
}

const RECONFIGURATION_FLAGS = { 'none': [], 'sent': ['reconf_sent'], 'in-progress': ['reconf_inprog'], 'done': ['reconf_done'] }

function replicaFlags(state: SentinelState, replica: Replica): readonly string[] {
  const master = masterOf(state, replica)
  const isPromoted = master !== undefined && promotedReplica(master) === replica
  return [...(isPromoted ? ['promoted'] : []), ...RECONFIGURATION_FLAGS[replica.reconfiguration.stage]]
}

function isForced({ failover }: Master): boolean {
  return failover.phase !== 'none' && failover.forced
}
