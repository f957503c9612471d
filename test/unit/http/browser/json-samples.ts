/** Answers of a sentinel that monitors one healthy master. */
import type {
  EventJson, FailoverJson, MasterDetailsJson, MasterJson, PeerJson, ReplicaJson,
} from '../../../../src/http/json.ts'

const INSTANCE = { runId: 'r', status: 'ok', downMs: null, lastPingReplyMs: 120 } as const

export function replicaJson(changes: Partial<ReplicaJson> = {}): ReplicaJson {
  return {
    ...INSTANCE, name: '10.0.0.2:6379', address: '10.0.0.2:6379', flags: ['slave'], replicationLinkUp: true,
    replicationLinkDownMs: 0, replicatesFrom: '10.0.0.1:6379', role: 'slave', priority: 100, offset: '42', infoAgeMs: 500,
    ...changes,
  }
}

export function peerJson(changes: Partial<PeerJson> = {}): PeerJson {
  return {
    ...INSTANCE, isSelf: false, name: 'bbbbbbbbcccc', address: '10.0.0.8:26379', flags: ['sentinel'], lastHelloMs: 700,
    seesMaster: '10.0.0.1:6379', disagrees: false, votedFor: null, votedEpoch: 0, ...changes,
  }
}

export function masterJson(changes: Partial<MasterJson> = {}): MasterJson {
  return {
    name: 'mymaster', address: '10.0.0.1:6379', status: 'ok', failover: null,
    quorum: { usable: 3, quorum: 2, majority: 2, ok: true, message: 'OK 3 usable Sentinels.' },
    replicas: { total: 1, ok: 1 }, sentinels: { total: 3, ok: 3 }, configEpoch: 7, warnings: [], ...changes,
  }
}

export function detailsJson(changes: Partial<MasterDetailsJson> = {}): MasterDetailsJson {
  return {
    ...masterJson(), ...INSTANCE, flags: ['master'],
    settings: { quorum: 2, downAfterMs: 5_000, failoverTimeoutMs: 180_000, parallelSyncs: 1 },
    replicaList: [replicaJson()],
    sentinelList: [{ isSelf: true, name: 'aaaaaaaadddd', status: 'ok', flags: [] }, peerJson()],
    failovers: [], ...changes,
  }
}

export function failoverJson(changes: Partial<FailoverJson> = {}): FailoverJson {
  return {
    role: 'leader', outcome: 'switched', reason: null, epoch: '8', started: '2026-01-02T03:04:05.000Z', durationMs: 450,
    from: '10.0.0.1:6379', to: '10.0.0.2:6379', phases: [{ name: '+odown', sinceStartMs: 100 }],
    beforeRestart: false, ...changes,
  }
}

export function eventJson(changes: Partial<EventJson> = {}): EventJson {
  return {
    id: 's-1', time: '2026-01-02T03:04:05.000Z', level: 'warning', event: '+sdown', master: 'mymaster', subject: 'master',
    address: '10.0.0.1:6379', payload: 'master mymaster 10.0.0.1 6379', ...changes,
  }
}
