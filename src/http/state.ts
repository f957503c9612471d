/** The state as JSON: the answers to `/masters` and `/masters/<name>`, which the dashboard draws. */
import type { Epoch, InstanceView, Now, PauseView, PeerView, ReplicaView, ScheduleView } from '../core/index.ts'
import type { FailoverRecord } from '../events/index.ts'
import { abortWord, addressText, statusOf } from '../explain/index.ts'
import { disagrees, isHealthy, watch, watchAll, type Watched } from './instances.ts'
import type {
  EpochJson, FailoverJson, HistoryDocument, InstanceJson, MasterDocument, MasterJson, MastersDocument,
  OwnSentinelJson, PauseJson, PeerJson, ReplicaJson, ScheduleJson,
} from './json.ts'
import { masterFindings, sentinelFindings } from './findings.ts'
import type { HttpWorld } from './world.ts'

export function overview(world: HttpWorld, { actions }: { readonly actions: boolean }): MastersDocument {
  const now = world.now()
  const { view, facts } = world
  const { tilt } = view.summary(now)
  const masters = watchAll(world, now).map((watched) => summary(world, watched, now))
  return {
    schemaVersion: 1,
    sentinel: {
      id: view.myId,
      version: facts.packageVersion,
      tilt,
      currentEpoch: epochJson(view.currentEpoch),
      uptimeMs: now.mono - facts.startedAt.mono,
      time: new Date(now.wall).toISOString(),
      actions,
      findings: sentinelFindings(world, tilt, masters.flatMap(({ findings }) => findings)),
    },
    masters,
  }
}

export function details(world: HttpWorld, name: string): MasterDocument | undefined {
  const now = world.now()
  const watched = watch(world, name, now)
  if (watched === undefined) return undefined
  const { master, replicas, peers } = watched
  return {
    schemaVersion: 1,
    ...summary(world, watched, now),
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

function summary(world: HttpWorld, { master, replicas, peers, quorum }: Watched, now: Now): MasterJson {
  return {
    name: master.name,
    address: addressText(master),
    status: statusOf(master),
    failover: master.failoverState ?? null,
    quorum,
    replicas: { total: replicas.length, ok: replicas.filter(isHealthy).length },
    sentinels: { total: peers.length + 1, ok: 1 + peers.filter(isHealthy).length },
    configEpoch: epochJson(master.configEpoch),
    paused: master.pause === undefined ? null : pauseJson(master.pause),
    scheduled: master.schedule === undefined ? null : scheduleJson(master.schedule),
    findings: masterFindings(world, master.name, now),
  }
}

function scheduleJson({ atWall, leftMs, to }: ScheduleView): ScheduleJson {
  return { at: new Date(atWall).toISOString(), leftMs, to: to === undefined ? null : addressText(to) }
}

function pauseJson({ untilWall, reason, ...rest }: PauseView): PauseJson {
  return { until: new Date(untilWall).toISOString(), reason: reason ?? null, ...rest }
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
    // Redis reports -1 s.
    replicationLinkDownMs: replica.masterLinkDownMs < 0 ? null : replica.masterLinkDownMs,
    replicatesFrom: replica.masterHost === undefined
      ? null : addressText({ host: replica.masterHost, port: replica.masterPort }),
    role: replica.roleReported,
    priority: replica.priority,
    offset: String(replica.offset),
    lagBytes: replica.lagBytes ?? null,
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
    disagreesMs: disagrees(peer) ? peer.disagreesMs ?? null : null,
    votedFor: peer.votedLeader ?? null,
    votedEpoch: epochJson(peer.votedLeaderEpoch),
  }
}

function ownJson({ view }: HttpWorld): OwnSentinelJson {
  return { name: view.myId, isSelf: true, status: 'ok', flags: [] }
}

/** The failovers of these masters, oldest first. */
export function failovers({ journal }: Pick<HttpWorld, 'journal'>, names: readonly string[]): HistoryDocument {
  const records = names.flatMap((name) => journal.failovers(name)).sort((a, b) => a.startedWall - b.startedWall)
  return { schemaVersion: 1, failovers: records.map(failoverJson) }
}

export function failoverJson(record: FailoverRecord): FailoverJson {
  return {
    master: record.master,
    role: record.role,
    outcome: record.outcome,
    reason: record.reason === undefined ? null : abortWord(record.reason),
    epoch: record.epoch === undefined ? null : epochJson(record.epoch),
    planned: record.isPlanned ?? null,
    lastAnswer: record.lastAnswerWall === undefined ? null : new Date(record.lastAnswerWall).toISOString(),
    attempt: record.attempt,
    started: new Date(record.startedWall).toISOString(),
    waitedMs: record.waitedMs ?? null,
    durationMs: record.durationMs ?? null,
    outageMs: record.outageMs ?? null,
    from: record.from === undefined ? null : addressText(record.from),
    to: record.to === undefined ? null : addressText(record.to),
    phases: record.phases.map(({ name, sinceStartMs }) => ({ name, sinceStartMs })),
    beforeRestart: record.isBeforeRestart,
  }
}

export function epochJson(value: Epoch): EpochJson {
  return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : String(value)
}
