/** What the JSON and the metrics say of a state, and the words for what is wrong with it. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { watchAll } from '../../../src/http/instances.ts'
import { exporterMetrics } from '../../../src/http/metrics/exporter-metrics.ts'
import { Histogram, MetricsText } from '../../../src/prometheus/index.ts'
import type { HttpWorld } from '../../../src/http/index.ts'
import { fakeMaster, masterView, peerView, replicaView, type FakeMaster } from '../commands/fake-core.ts'
import { readDocument } from '../../documents/read-document.ts'
import { MASTER, REPLICA, at } from '../events/samples.ts'
import { healthy, replica } from '../explain/explanation-sample.ts'
import { startHttp, type Rig } from './http-world.ts'

let rig: Rig
beforeEach(async () => { rig = await startHttp() })
afterEach(() => rig.server.close())

const three = { peers: [peerView(), peerView({ name: 'e', port: 26381 })], quorumCheck: { usable: 3, quorum: 2, majority: 2 } }

describe('the findings of /masters', () => {
  it('are those of SENTINEL EXPLAIN, the cause first, with what to type', async () => {
    const refusal = { purpose: 'order', command: 'SLAVEOF NO ONE', error: 'NOPERM no slaveof', ageMs: 5 } as const
    const explanation = healthy({ sdown: true, odown: true, reasons: [], replicas: [replica('5', { refusals: [refusal] })] })
    rig.view.fakes = [fakeMaster({ ...three, explanation })]
    const { masters } = readDocument('masters', (await rig.get('/masters')).text)
    expect(masters[0]?.findings[0]).toMatchObject({
      code: 'promotion-refused', severity: 'critical', about: '10.0.0.5:6379',
      command: expect.stringContaining('redis-cli -h 10.0.0.5 -p 6379 ACL SETUSER sentinel-user ') as string,
    })
    const explained = readDocument('explain', (await rig.get('/masters/mymaster/explain')).text)
    expect(explained.findings).toEqual(masters[0]?.findings)
  })

  it('are empty when there is no problem', async () => {
    rig.view.fakes = [fakeMaster({ ...three, explanation: healthy() })]
    const { masters } = readDocument('masters', (await rig.get('/masters')).text)
    expect(masters[0]?.findings).toEqual([])
  })

  it('exist for this sentinel too', async () => {
    rig.view.tilt = { tilt: true, tiltMs: 1 }
    rig.disk.error = 'No space left on device'
    rig.disk.keepError = 'Read-only file system'
    const { text } = await rig.get('/masters')
    readDocument('masters', text)
    expect(text).toContain('This sentinel is in TILT')
    expect(text).toContain('The configuration file cannot be written (No space left on device).')
    expect(text).toContain('The file of remembered state cannot be written (Read-only file system).')
    expect(text).toContain('Webhook ops does not take events fast enough: 11 events wait.')
  })
})

describe('the findings of a sentinel', () => {
  it('have the words of SENTINEL EXPLAIN for TILT and a file that cannot be saved', async () => {
    rig.view.tilt = { tilt: true, tiltMs: 1 }
    rig.disk.error = 'No space left on device'
    const tilt = { kind: 'tilt', forMs: 5000, leftMs: 25_000 } as const
    const { own } = healthy()
    const explanation = healthy({
      reasons: [tilt], ifMasterDied: [tilt],
      ...own === undefined ? {} : { own: { ...own, isSaveFailing: true, saveError: 'No space left on device' } },
    })
    rig.view.fakes = [fakeMaster({ ...three, explanation })]
    const { sentinel, masters } = readDocument('masters', (await rig.get('/masters')).text)
    const ofMaster = masters[0]?.findings.filter(({ code }) => ['tilt', 'config-not-saved'].includes(code))
    expect(ofMaster).toHaveLength(2)
    expect(sentinel.findings).toEqual(expect.arrayContaining(ofMaster ?? []))
  })
})

describe('/masters/<name>', () => {
  it('has replicas, sentinels and failovers', async () => {
    rig.view.fakes = [fakeMaster({ ...three, view: masterView({ name: 'a b/ü' }) })]
    rig.bus.event({ name: '+sdown', master: 'a b/ü', subject: MASTER }, at(0))
    rig.bus.event({ name: '+try-failover', master: 'a b/ü', subject: MASTER }, at(10))
    rig.bus.event({ name: '-failover-abort-no-good-slave', master: 'a b/ü', subject: MASTER }, at(30))
    const reply = await rig.get(`/masters/${encodeURIComponent('a b/ü')}`)
    expect(readDocument('master', reply.text)).toMatchObject({
      schemaVersion: 1, name: 'a b/ü', address: '127.0.0.1:6379', status: 'ok', configEpoch: 7,
      replicaList: [{ address: '127.0.0.1:6380', priority: 100, offset: '123456', lagBytes: 0, replicationLinkUp: true }],
      sentinelList: [{ isSelf: true }, { address: '127.0.0.1:26380' }, { address: '127.0.0.1:26381' }],
      failovers: [{ outcome: 'aborted', reason: 'no-good-slave', durationMs: 30 }],
    })
    for (const path of [`/masters/${encodeURIComponent('a b/ü')}/failovers`, '/failovers']) {
      expect(readDocument('failovers', (await rig.get(path)).text)).toMatchObject({ schemaVersion: 1, failovers: [{ master: 'a b/ü', reason: 'no-good-slave' }] })
    }
    expect((await rig.get('/metrics')).text).toContain(
      'redis_sentinel_failovers_total{master_name="a b/ü",role="leader",outcome="aborted",reason="no-good-slave"} 1\n',
    )
  })
})

describe('replicas in /masters/<name>', () => {
  it('have no time without a link when they never had one', async () => {
    const replicas = [-1000, 7000].map((masterLinkDownMs) => replicaView({ masterLinkUp: false, masterLinkDownMs }))
    rig.view.fakes = [fakeMaster({ ...three, replicas })]
    const { replicaList } = readDocument('master', (await rig.get('/masters/mymaster')).text)
    expect(replicaList.map(({ replicationLinkDownMs }) => replicationLinkDownMs)).toEqual([null, 7000])
  })
})

describe('/masters/<name>/primary', () => {
  const ask = async (query: string) => (await rig.get(`/masters/mymaster/primary${query}`)).status

  it('is 200 for the address that clients receive, and 503 for others', async () => {
    expect(await ask('?addr=127.0.0.1:6379')).toBe(200)
    expect(await ask('?addr=127.0.0.1:6380')).toBe(503)
    expect(await ask('?addr=127.0.0.2:6379')).toBe(503)
    expect(await ask('')).toBe(200)
    expect(await ask('?addr=127.0.0.1')).toBe(400)
    rig.view.fakes = [fakeMaster({ address: { host: 'fe80::1', port: 6379, durableFrom: 0 } })]
    expect(await ask('?addr=[FE80::1]:6379')).toBe(200)
    expect(await ask('?addr=fe80::1:6379')).toBe(200)
  })

  it('is 503 for a master that reports the role of a replica, because it refuses writes', async () => {
    rig.view.fakes = [fakeMaster({ view: masterView({ roleReported: 'slave' }) })]
    const reply = await rig.get('/masters/mymaster/primary?addr=127.0.0.1:6379')
    expect(reply.status).toBe(503)
    expect(JSON.parse(reply.text)).toMatchObject({ reason: 'the master reports the role of a replica' })
  })

  it('requires a quorum when the request asks for it', async () => {
    expect(await ask('?addr=127.0.0.1:6379&quorum=required')).toBe(200)
    rig.view.fakes = [fakeMaster({ quorumCheck: { usable: 1, quorum: 2, majority: 2 } })]
    expect(await ask('?addr=127.0.0.1:6379')).toBe(200)
    expect(await ask('?addr=127.0.0.1:6379&quorum=required')).toBe(503)
  })

  // behaviour.md 11.4 P5: nobody is told an address that a crash could take back.
  it('is 503 while the address is not durable', async () => {
    rig.disk.isStuck = true
    expect(await ask('?addr=127.0.0.1:6379')).toBe(503)
  })
})

describe('the metrics', () => {
  it('escape names, and count buckets from below', () => {
    const text = new MetricsText()
    text.gauge('g', 'help', { labels: { name: 'a"b\\c\nd' }, value: Number.POSITIVE_INFINITY })
    const histogram = new Histogram([1, 2])
    for (const value of [0.5, 1, 1.5, 9]) histogram.add(value)
    text.histogram('h', 'help', [{ labels: { x: 'y' }, histogram }])
    text.counter('nothing', 'help')
    expect(text.text).toBe([
      '# HELP g help', '# TYPE g gauge', String.raw`g{name="a\"b\\c\nd"} +Inf`,
      '# HELP h help', '# TYPE h histogram', 'h_bucket{x="y",le="1"} 2', 'h_bucket{x="y",le="2"} 3', 'h_bucket{x="y",le="+Inf"} 4',
      'h_sum{x="y"} 12', 'h_count{x="y"} 4', '',
    ].join('\n'))
  })

  it('count phases and votes once', async () => {
    const master = 'mymaster'
    rig.bus.event({ name: '+sdown', master, subject: MASTER }, at(0))
    rig.bus.event({ name: '+odown', master, subject: MASTER, agree: 2, quorum: 2 }, at(100))
    rig.bus.event({ name: '+try-failover', master, subject: MASTER }, at(110))
    rig.bus.event({ name: '+elected-leader', master, subject: MASTER }, at(130))
    rig.bus.event({ name: '+selected-slave', master, subject: REPLICA }, at(130))
    rig.bus.event({ name: '+promoted-slave', master, subject: REPLICA }, at(200))
    for (const ms of [400, 500]) rig.bus.event({ name: '+switch-master', master, from: MASTER, to: REPLICA }, at(ms))
    for (const leader of [rig.view.myId, 'other']) rig.bus.event({ name: '+vote-for-leader', master, leader, epoch: 8n }, at(600))
    rig.bus.event({ name: '+tilt' }, at(1_000))
    const { text } = await rig.get('/metrics')
    expect(text).toContain('redis_sentinel_failovers_total{master_name="mymaster",role="leader",outcome="switched",reason="odown"} 1\n')
    expect(text).toContain('redis_sentinel_failover_phase_seconds_sum{phase="switch"} 0.4\n')
    expect(text).toContain('redis_sentinel_failover_phase_seconds_sum{phase="agreement"} 0.1\n')
    expect(text).toMatch(/redis_sentinel_votes_total\{for="self"\} 1\nredis_sentinel_votes_total\{for="other"\} 1\n/)
    expect(text).toContain('redis_sentinel_tilt_seconds_total 4\n')
  })

  it('count a master that was found down by the end of its process, and no other silence', async () => {
    const counted = async () => (await rig.get('/metrics')).text.match(/^redis_sentinel_master_crashes_detected_total.*$/m)?.[0]
    expect(await counted()).toBe('redis_sentinel_master_crashes_detected_total{master_name="mymaster"} 0')
    rig.bus.event({ name: '+sdown', master: 'mymaster', subject: MASTER }, at(0))
    rig.bus.event({ name: '-sdown', master: 'mymaster', subject: MASTER }, at(10))
    rig.view.fakes = [fakeMaster({ ...three, view: masterView({ hasCrashed: true }) })]
    rig.bus.event({ name: '+sdown', master: 'mymaster', subject: REPLICA }, at(15))
    rig.bus.event({ name: '+sdown', master: 'mymaster', subject: MASTER }, at(20))
    expect(await counted()).toBe('redis_sentinel_master_crashes_detected_total{master_name="mymaster"} 1')
  })

  it('show failing writes of the file of remembered state', async () => {
    expect((await rig.get('/metrics')).text).toMatch(/_state_file_writes_total 7\n[^]*_state_file_failing 0\n/)
    rig.disk.keepError = 'No space left on device'
    expect((await rig.get('/metrics')).text).toMatch(/_state_file_write_failures_total 3\n[^]*_state_file_failing 1\n/)
  })

  it('leave out replicas that are not announced, as the exporter does', () => {
    rig.view.fakes = [fakeMaster({ replicas: [replicaView(), replicaView({ announced: false }), replicaView({ flags: ['s_down'] })] })]
    const text = new MetricsText()
    const world = worldOf(rig)
    exporterMetrics(text, world, { now: world.now(), all: watchAll(world, world.now()) })
    expect(text.text).toContain('redis_sentinel_master_ok_slaves{master_address="127.0.0.1:6379",master_name="mymaster"} 1\n')
  })
})

function worldOf({ view }: Rig): Pick<HttpWorld, 'view' | 'scripts' | 'connectedClients' | 'now' | 'facts'> {
  return {
    view, scripts: { pending: () => [] }, connectedClients: () => 0, now: () => at(0),
    facts: { version: '', packageVersion: '', runId: '', processId: 1, operatingSystem: '', tcpPort: 1, http: undefined, startedAt: at(0), redisCliTls: () => [] },
  }
}

describe('what operators have planned', () => {
  const first = async (view: FakeMaster['view']) => {
    rig.view.fakes = [fakeMaster({ view })]
    const { masters } = readDocument('masters', (await rig.get('/masters')).text)
    return masters[0]
  }

  it('is in /masters, and null where there is nothing', async () => {
    expect(await first(masterView())).toMatchObject({ paused: null, scheduled: null })
    const pause = {
      untilWall: 1_760_000_000_000, leftMs: 5000, reason: undefined, paused: 2, known: 3, needed: 2, effective: true,
    }
    const schedule = { atWall: 1_760_000_000_000, leftMs: 7000, to: { host: '10.0.0.2', port: 6379 } }
    expect(await first(masterView({ pause, schedule }))).toMatchObject({
      paused: { until: '2025-10-09T08:53:20.000Z', leftMs: 5000, reason: null, paused: 2, known: 3, needed: 2, effective: true },
      scheduled: { at: '2025-10-09T08:53:20.000Z', leftMs: 7000, to: '10.0.0.2:6379' },
    })
  })
})
