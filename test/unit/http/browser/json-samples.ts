/** Answers of a sentinel that monitors one healthy master. */
import type {
  EventJson, ExplanationJson, FailoverJson, FindingJson, FleetMasterJson, FleetSentinelJson, FleetViewJson,
  MasterDetailsJson, MasterJson, PeerJson, ReplicaJson,
} from '../../../../src/http/json.ts'

const INSTANCE = { runId: 'r', status: 'ok', downMs: null, lastPingReplyMs: 120 } as const

export function replicaJson(changes: Partial<ReplicaJson> = {}): ReplicaJson {
  return {
    ...INSTANCE, name: '10.0.0.2:6379', address: '10.0.0.2:6379', flags: ['slave'], replicationLinkUp: true,
    replicationLinkDownMs: 0, replicatesFrom: '10.0.0.1:6379', role: 'slave', priority: 100, offset: '42', lagBytes: 0,
    infoAgeMs: 500,
    ...changes,
  }
}

export function peerJson(changes: Partial<PeerJson> = {}): PeerJson {
  return {
    ...INSTANCE, isSelf: false, name: 'bbbbbbbbcccc', address: '10.0.0.8:26379', flags: ['sentinel'], lastHelloMs: 700,
    seesMaster: '10.0.0.1:6379', disagrees: false, disagreesMs: null, votedFor: null, votedEpoch: 0, ...changes,
  }
}

export function masterJson(changes: Partial<MasterJson> = {}): MasterJson {
  return {
    name: 'mymaster', address: '10.0.0.1:6379', status: 'ok', failover: null,
    quorum: { usable: 3, quorum: 2, majority: 2, ok: true, message: 'OK 3 usable Sentinels.' },
    replicas: { total: 1, ok: 1 }, sentinels: { total: 3, ok: 3 }, configEpoch: 7, paused: null,
    scheduled: null, findings: [], ...changes,
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
    master: 'mymaster', role: 'leader', outcome: 'switched', reason: null, epoch: 8, planned: false,
    lastAnswer: '2026-01-02T03:04:00.000Z', attempt: 1, started: '2026-01-02T03:04:05.000Z', waitedMs: null,
    durationMs: 450, outageMs: 5_450,
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

export function findingJson(changes: Partial<FindingJson> = {}): FindingJson {
  return {
    code: 'only-sentinel', severity: 'warning', text: 'This is the only sentinel.', remedy: null, command: null, about: null,
    ...changes,
  }
}

export function explanationJson(changes: Partial<ExplanationJson> = {}): ExplanationJson {
  return {
    name: 'mymaster', address: '10.0.0.1:6379', master: 'up', failover: 'no', findings: [],
    answer: 'No failover now: the master answers.', reasons: [],
    ifMasterDied: { failover: true, text: 'yes, a failover to 10.0.0.2:6379 would follow', reasons: [] },
    votes: { agree: 0, quorum: 2, known: 3, reachable: 3, majority: 2, needed: 2 }, candidate: '10.0.0.2:6379',
    nextAttemptMs: 0, currentEpoch: 7, paused: null, scheduled: null, lastFailover: 'none since this sentinel started',
    replicas: [], problems: [], forgotten: [], sentinels: [], ...changes,
  }
}

export function fleetSentinelJson(changes: Partial<FleetSentinelJson> = {}): FleetSentinelJson {
  return {
    address: '10.0.0.9:26379', id: 'aaaaaaaadddd', isSelf: false, answers: true, problem: null, kind: 'ts-sentinel',
    version: '0.1.0', page: null, tilt: false, tiltLeftMs: null, ageMs: 10, ...changes,
  }
}

export function fleetViewJson(changes: Partial<FleetViewJson> = {}): FleetViewJson {
  return {
    sentinel: '10.0.0.9:26379', address: '10.0.0.1:6379', configEpoch: 7, status: 'ok', flags: [], failover: null,
    failoverEpoch: null, replicas: 1, sentinels: 3, quorum: { ok: true, message: 'OK' }, lastPingReplyMs: 120, findings: [], ...changes,
  }
}

export function fleetMasterJson(changes: Partial<FleetMasterJson> = {}): FleetMasterJson {
  return {
    name: 'mymaster', address: '10.0.0.1:6379', configEpoch: 7, findings: [], agreed: true, addresses: [],
    views: [fleetViewJson(), fleetViewJson({ sentinel: '10.0.0.8:26379' })], ...changes,
  }
}
