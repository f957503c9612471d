import type { MasterExplanation, ReplicaExplanation, SentinelExplanation } from '../../../src/core/index.ts'

/** A healthy deployment of three sentinels and two replicas, as one sentinel explains it. */
export function healthy(overrides: Partial<MasterExplanation> = {}): MasterExplanation {
  return {
    name: 'mymaster', host: '10.0.0.1', port: 6379, sdown: false, refusals: [],
    lastFailure: undefined, isConnected: true, version: '7.2.4',
    odown: false, crash: undefined, failover: 'no',
    reasons: [{ kind: 'master-up', answeredMs: 300, downInMs: undefined }], ifMasterDied: [],
    votes: { agree: 0, quorum: 2, known: 3, reachable: 3, majority: 2, needed: 2 },
    sentinels: [sentinel('2'), sentinel('3')],
    candidate: '10.0.0.5:6379',
    replicas: [replica('5'), replica('6', { standing: { kind: 'lower', rank: 2, by: 'run-id' } })],
    nextAttemptMs: 0, currentEpoch: 4n, lostElection: undefined, problems: [],
    pause: undefined, lastSelection: undefined,
    own: {
      id: 'a'.repeat(40), host: '10.0.1.1', port: 26379, user: 'sentinel-user', hasPassword: true, peerUser: 'default',
      hasPeerPassword: false,
      slaveOf: 'SLAVEOF', isSaveFailing: false, saveError: undefined,
    },
    ...overrides,
  }
}

export function replica(last: string, overrides: Partial<ReplicaExplanation> = {}): ReplicaExplanation {
  return {
    name: `10.0.0.${last}:6379`, host: `10.0.0.${last}`, port: 6379, sdown: false, refusals: [], lastFailure: undefined, isConnected: true,
    version: '7.2.4', priority: 100, offset: 100n, syncInProgress: false, lastResort: undefined, zone: undefined, lag: undefined,
    standing: { kind: 'best', by: 'run-id' }, reported: { role: 'slave', isMasterLinkUp: true },
    ...overrides,
  }
}

export function sentinel(last: string, overrides: Partial<SentinelExplanation> = {}): SentinelExplanation {
  return {
    id: last.repeat(40), host: `10.0.1.${last}`, port: 26379, sdown: false, refusals: [], lastFailure: undefined, isConnected: true,
    reachable: true, saysDown: false, answeredMs: 500, votedFor: undefined, votedEpoch: 0n,
    ...overrides,
  }
}
