/** The state as JSON: the answers to `/masters` and `/masters/<name>`, which the dashboard draws. */
import type { Epoch, InstanceView, PeerView, ReplicaView } from '../core/index.ts'
import type { FailoverRecord } from '../events/index.ts'
import { abortWord, addressText } from '../explain/index.ts'
import { disagrees, isHealthy, statusOf, watch, watchAll, type Watched } from './instances.ts'
import type {
  EpochJson, FailoverJson, InstanceJson, MasterDetailsJson, MasterJson, OverviewJson, OwnSentinelJson, PeerJson,
  ReplicaJson,
} from './json.ts'
import { masterWarnings, sentinelWarnings } from './warnings.ts'
import type { HttpWorld } from './world.ts'

export function overview(world: HttpWorld): OverviewJson {
  const now = world.now()
  const { view, facts } = world
  const { tilt } = view.summary(now)
  return {
    sentinel: {
      id: view.myId,
      version: facts.packageVersion,
      tilt,
      currentEpoch: epoch(view.currentEpoch),
      uptimeMs: now.mono - facts.startedAt.mono,
      time: new Date(now.wall).toISOString(),
      warnings: sentinelWarnings(world, tilt),
    },
    masters: watchAll(world, now).map(summary),
  }
}

export function details(world: HttpWorld, name: string): MasterDetailsJson | undefined {
  const watched = watch(world, name, world.now())
  if (watched === undefined) return undefined
  const { master, replicas, peers } = watched
  return {
    ...summary(watched),
    runId: master.runId,
    flags: master.flags,
    downMs: master.sdownMs ?? null,
    lastPingReplyMs: master.lastOkPingReplyMs,
    settings: {
      quorum: master.settings.quorum,
      downAfterMs: master.downAfterMs,
      failoverTimeoutMs: master.settings.failoverTimeoutMs,
      parallelSyncs: master.settings.parallelSyncs,
    },
    replicaList: replicas.map(replicaJson),
    sentinelList: [ownJson(world), ...peers.map(peerJson)],
    failovers: world.journal.failovers(name).map(failoverJson),
  }
}

function summary({ master, replicas, peers, quorum }: Watched): MasterJson {
  return {
    name: master.name,
    address: addressText(master),
    status: statusOf(master),
    failover: master.failoverState ?? null,
    quorum,
    replicas: { total: replicas.length, ok: replicas.filter(isHealthy).length },
    sentinels: { total: peers.length + 1, ok: 1 + peers.filter(isHealthy).length },
    configEpoch: epoch(master.configEpoch),
    warnings: masterWarnings({ master, replicas, peers, quorum }),
  }
}

function instanceJson(instance: InstanceView): InstanceJson {
  return {
    name: instance.name,
    address: addressText(instance),
    runId: instance.runId,
    status: statusOf(instance),
    flags: instance.flags,
    downMs: instance.sdownMs ?? null,
    lastPingReplyMs: instance.lastOkPingReplyMs,
  }
}

function replicaJson(replica: ReplicaView): ReplicaJson {
  return {
    ...instanceJson(replica),
    replicationLinkUp: replica.masterLinkUp,
    replicationLinkDownMs: replica.masterLinkDownMs,
    replicatesFrom: replica.masterHost === undefined
      ? null : addressText({ host: replica.masterHost, port: replica.masterPort }),
    role: replica.roleReported,
    priority: replica.priority,
    offset: String(replica.offset),
    infoAgeMs: replica.infoRefreshMs,
  }
}

function peerJson(peer: PeerView): PeerJson {
  return {
    ...instanceJson(peer),
    isSelf: false,
    lastHelloMs: peer.lastHelloMs,
    seesMaster: peer.announcedMaster === undefined ? null : addressText(peer.announcedMaster),
    disagrees: disagrees(peer),
    votedFor: peer.votedLeader ?? null,
    votedEpoch: epoch(peer.votedLeaderEpoch),
  }
}

function ownJson({ view }: HttpWorld): OwnSentinelJson {
  return { name: view.myId, isSelf: true, status: 'ok', flags: [] }
}

export function failoverJson(record: FailoverRecord): FailoverJson {
  return {
    role: record.role,
    outcome: record.outcome,
    reason: record.reason === undefined ? null : abortWord(record.reason),
    epoch: record.epoch === undefined ? null : String(record.epoch),
    started: new Date(record.startedWall).toISOString(),
    durationMs: record.durationMs ?? null,
    from: record.from === undefined ? null : addressText(record.from),
    to: record.to === undefined ? null : addressText(record.to),
    phases: record.phases.map(({ name, sinceStartMs }) => ({ name, sinceStartMs })),
    beforeRestart: record.isBeforeRestart,
  }
}

function epoch(value: Epoch): EpochJson {
  return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : String(value)
}
