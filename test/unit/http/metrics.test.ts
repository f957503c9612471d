/** The metrics that alerts are made of: causes, fleets, replicas, and counters that exist before their first event. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import type { MasterExplanation, Obstacle, RefusalView, ReplicaExplanation } from '../../../src/core/index.ts'
import { BLOCKED_REASONS, blockedReasons } from '../../../src/http/metrics/blocked-reasons.ts'
import { fleetId } from '../../../src/http/metrics/fleet.ts'
import { fakeMaster, masterView, MY_ID, peerView, replicaView } from '../commands/fake-core.ts'
import { MASTER, at } from '../events/samples.ts'
import { startHttp, type Rig } from './http-world.ts'

let rig: Rig
beforeEach(async () => { rig = await startHttp() })
afterEach(() => rig.server.close())

const metrics = async (): Promise<string> => (await rig.get('/metrics')).text

function lines(text: string, name: string): string[] {
  return text.split('\n').filter((line) => new RegExp(`^${name}[ {]`).test(line)).map((line) => line.slice(name.length))
}

const permission: RefusalView = { purpose: 'order', command: 'SLAVEOF', error: 'NOPERM this user has no permissions', ageMs: 5 }
const login: RefusalView = { purpose: 'auth', command: 'AUTH', error: 'WRONGPASS invalid username-password pair', ageMs: 5 }

function replica(overrides: Partial<ReplicaExplanation> = {}): ReplicaExplanation {
  return {
    name: '10.0.0.2:6379', host: '10.0.0.2', port: 6379, sdown: false, refusals: [], lastFailure: undefined, priority: 100,
    offset: 1n, syncInProgress: false, lastResort: undefined, zone: undefined, lag: undefined,
    standing: { kind: 'best', by: undefined }, ...overrides,
  }
}

function explanation(overrides: Partial<MasterExplanation> = {}): MasterExplanation {
  return {
    name: 'mymaster', host: '10.0.0.1', port: 6379, sdown: true, refusals: [], lastFailure: undefined, odown: true,
    crash: undefined, failover: 'no', reasons: [], ifMasterDied: undefined,
    votes: { agree: 2, quorum: 2, known: 3, reachable: 3, majority: 2, needed: 2 }, sentinels: [], candidate: undefined,
    replicas: [replica()], nextAttemptMs: 0, currentEpoch: 1n, lostElection: undefined, problems: [], pause: undefined,
    lastSelection: undefined, ...overrides,
  }
}

const excluded = (why: 'down' | 'priority-zero' | 'foreign', refusals: readonly RefusalView[] = []): ReplicaExplanation => (
  replica({ standing: { kind: 'excluded', why, measuredMs: undefined, limitMs: undefined }, refusals })
)

describe('redis_sentinel_master_failover_blocked', () => {
  it.each<[string, readonly Obstacle[], readonly ReplicaExplanation[], readonly string[]]>([
    ['an ACL that denies SLAVEOF', [{ kind: 'candidate-refuses', replica: 'r', refusal: permission }], [], ['replica_permission']],
    ['a wrong password on the chosen replica', [{ kind: 'candidate-refuses', replica: 'r', refusal: login }], [], ['replica_password']],
    [
      'another error of the chosen replica',
      [{ kind: 'candidate-refuses', replica: 'r', refusal: { ...permission, error: 'ERR no' } }], [], ['replica_refuses'],
    ],
    [
      'a wrong password that makes the only replica count as down', [{ kind: 'no-good-replica', excluded: [{ why: 'down', count: 1 }] }],
      [excluded('down', [login])], ['replica_password'],
    ],
    [
      'replicas that cannot be promoted for two reasons', [{ kind: 'no-good-replica', excluded: [] }],
      [excluded('down'), excluded('priority-zero')], ['replica_down', 'replica_priority_zero'],
    ],
    ['a foreign replica', [{ kind: 'no-good-replica', excluded: [] }], [excluded('foreign')], ['replica_foreign']],
    ['no replica', [{ kind: 'no-replicas' }], [], ['no_replica']],
    [
      'too few sentinels', [
        { kind: 'no-quorum', agree: 1, quorum: 2, disagree: 0, unreachable: 2 },
        { kind: 'quorum-out-of-reach', quorum: 2, reachable: 1, known: 3 }, { kind: 'no-majority', needed: 2, reachable: 1, known: 3 },
      ], [], ['no_quorum', 'quorum_unreachable', 'no_majority'],
    ],
    ['TILT', [{ kind: 'tilt', forMs: 1, leftMs: 2 }], [], ['tilt']],
    ['a failed election', [{ kind: 'retry', leftMs: 2 }], [], ['waiting']],
    ['the turn of another sentinel, which prevents nothing', [{ kind: 'not-our-turn', leftMs: 2 }], [], []],
  ])('names the cause of %s', (_title, reasons, replicas, codes) => {
    expect([...blockedReasons(explanation({ reasons, replicas }))]).toEqual(codes)
  })

  it('shows what would prevent a failover while the master is up', () => {
    const up: Obstacle = { kind: 'master-up', answeredMs: 10, downInMs: undefined }
    const found = blockedReasons(explanation({ sdown: false, reasons: [up], ifMasterDied: [{ kind: 'no-replicas' }] }))
    expect([...found]).toEqual(['no_replica'])
  })

  it('has one series for each reason, whatever the state is', async () => {
    rig.view.fakes = [fakeMaster({ explanation: explanation({ reasons: [{ kind: 'no-replicas' }] }) })]
    const before = lines(await metrics(), 'redis_sentinel_master_failover_blocked')
    expect(before).toEqual(BLOCKED_REASONS.map((reason) => (
      `{master_name="mymaster",reason="${reason}"} ${reason === 'no_replica' ? 1 : 0}`
    )))
  })
})

describe('redis_sentinel_tilt_cause', () => {
  it.each([
    ['stopped', { kind: 'stopped', byMs: 4000 }, [1, 0]], ['jump', { kind: 'back', byMs: 4000 }, [0, 1]], ['none', undefined, [0, 0]],
  ] as const)('has one series for each cause of TILT: %s', async (_title, cause, [stopped, clock]) => {
    const reasons = cause === undefined ? [] : [{ kind: 'tilt', forMs: 1, leftMs: 2, cause } as const]
    rig.view.fakes = [fakeMaster({ explanation: explanation({ reasons }) })]
    expect(lines(await metrics(), 'redis_sentinel_tilt_cause')).toEqual([`{cause="stopped"} ${stopped}`, `{cause="clock"} ${clock}`])
  })
})

describe('redis_sentinel_node_refuses', () => {
  it('names the node and what must be corrected on it', async () => {
    const sentinels = [{
      id: 'b', host: '10.0.0.12', port: 26379, sdown: false, refusals: [], lastFailure: undefined, reachable: true,
      saysDown: false, answeredMs: 1, votedFor: undefined, votedEpoch: 0n,
    }]
    const replicas = [replica({ refusals: [permission, login] })]
    rig.view.fakes = [fakeMaster({ explanation: explanation({ sentinels, replicas }) })]
    const found = lines(await metrics(), 'redis_sentinel_node_refuses')
    expect(found).toEqual(['{master_name="mymaster",role="replica",address="10.0.0.2:6379",cause="password"} 1'])
  })
})

describe('the fleet of a master', () => {
  it('is the same on each of its sentinels, and the same when one of them is down', () => {
    const ids = ['c'.repeat(40), 'a'.repeat(40), 'b'.repeat(40)]
    const seen = ids.map((id) => fleetId(id, ids.filter((other) => other !== id).map((runId) => (
      peerView({ runId, flags: ['s_down', 'sentinel'] })
    ))))
    expect(new Set(seen)).toEqual(new Set(['a'.repeat(40)]))
  })

  it('differs from that of other sentinels with the same master name', () => {
    expect(fleetId('1', [peerView({ runId: '2' })])).not.toBe(fleetId('3', [peerView({ runId: '4' })]))
  })

  it('is in the metrics, and a failover does not change it', async () => {
    const before = lines(await metrics(), 'redis_sentinel_master_fleet_info')
    rig.view.fakes = [fakeMaster({ view: masterView({ port: 6380, runId: 'e'.repeat(40) }) })]
    expect(before).toEqual([`{master_name="mymaster",fleet="${MY_ID}"} 1`])
    expect(lines(await metrics(), 'redis_sentinel_master_fleet_info')).toEqual(before)
  })
})

describe('the metrics of replicas', () => {
  it('have up, link, priority and lag of each', async () => {
    rig.view.fakes = [fakeMaster({
      replicas: [
        replicaView({ lagBytes: 4096, priority: 10 }),
        replicaView({ port: 6381, masterLinkUp: false, masterLinkDownMs: 7_000, lagBytes: undefined }),
        replicaView({ port: 6382, flags: ['s_down', 'slave'] }),
        replicaView({ port: 6383, masterLinkUp: false, masterLinkDownMs: -1000, lagBytes: undefined }),
      ],
    })]
    const text = await metrics()
    const values = (name: string) => lines(text, `redis_sentinel_replica_${name}`)
      .map((line) => line.replace(/\{master_name="mymaster",replica_address="127.0.0.1:(\d+)"\}/, '$1'))
    expect(values('up')).toEqual(['6380 1', '6381 1', '6382 0', '6383 1'])
    expect(values('link_up')).toEqual(['6380 1', '6381 0', '6382 0', '6383 0'])
    expect(values('link_down_seconds')).toEqual(['6380 0', '6381 7', '6382 0'])
    expect(values('priority')).toEqual(['6380 10', '6381 100', '6382 100', '6383 100'])
    expect(values('lag_bytes')).toEqual(['6380 4096', '6382 0'])
  })
})

describe('counters', () => {
  it('exist with 0 before the first failover, and forget masters that are removed', async () => {
    const ends = async () => lines(await metrics(), 'redis_sentinel_failovers_total')
    expect((await ends()).length).toBe(9)
    expect((await ends()).every((line) => line.endsWith(' 0'))).toBe(true)
    rig.bus.event({ name: '+sdown', master: 'mymaster', subject: MASTER }, at(0))
    rig.bus.event({ name: '+try-failover', master: 'mymaster', subject: MASTER }, at(10))
    rig.bus.event({ name: '-failover-abort-not-elected', master: 'mymaster', subject: MASTER }, at(30))
    expect((await ends()).filter((line) => !line.endsWith(' 0')))
      .toEqual(['{master_name="mymaster",role="leader",outcome="aborted",reason="not-elected"} 1'])
    rig.view.fakes = []
    expect((await ends()).length).toBe(1)
  })
})

describe('the metrics of the process', () => {
  it('have the names of client libraries, in base units', async () => {
    const text = await metrics()
    const value = (name: string): number => Number(lines(text, name)[0])
    const now = Date.now() / 1000
    expect(value('process_start_time_seconds')).toBeGreaterThan(now - 3600)
    expect(value('process_start_time_seconds')).toBeLessThan(now)
    expect(value('process_cpu_seconds_total')).toBeGreaterThan(0)
    expect(value('process_cpu_seconds_total')).toBeLessThan(3600)
    expect(value('process_resident_memory_bytes')).toBeGreaterThan(10_000_000)
    expect(value('nodejs_heap_size_used_bytes')).toBeLessThanOrEqual(value('nodejs_heap_size_total_bytes'))
    expect(lines(text, 'nodejs_version_info')[0]).toContain(`version="${process.version}"`)
  })

  it.runIf(process.platform === 'linux')('have the open descriptors and their limit on Linux', async () => {
    const text = await metrics()
    const [open = NaN, most = NaN] = ['process_open_fds', 'process_max_fds'].map((name) => Number(lines(text, name)[0]))
    expect(open).toBeGreaterThan(3)
    expect(most).toBeGreaterThan(open)
  })
})
