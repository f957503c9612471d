/** What the JSON and the metrics say of a state, and the words for what is wrong with it. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { watchAll } from '../../../src/http/instances.ts'
import { exporterMetrics } from '../../../src/http/metrics/exporter-metrics.ts'
import { Histogram, MetricsText } from '../../../src/http/metrics/text-format.ts'
import type { HttpWorld } from '../../../src/http/index.ts'
import { fakeMaster, masterView, peerView, replicaView, type FakeMaster } from '../commands/fake-core.ts'
import { MASTER, REPLICA, at } from '../events/samples.ts'
import { startHttp, type Rig } from './http-world.ts'

let rig: Rig
beforeEach(async () => { rig = await startHttp() })
afterEach(() => rig.server.close())

const three = { peers: [peerView(), peerView({ name: 'e', port: 26381 })], quorumCheck: { usable: 3, quorum: 2, majority: 2 } }

async function warningsOf(master: Partial<FakeMaster>): Promise<string[]> {
  rig.view.fakes = [fakeMaster({ ...three, ...master })]
  const { masters } = JSON.parse((await rig.get('/masters')).text) as { masters: { warnings: string[] }[] }
  return masters[0]?.warnings ?? []
}

describe('the warnings of /masters', () => {
  it('are empty when there is no problem', async () => {
    expect(await warningsOf({})).toEqual([])
  })

  it.each<[string, Partial<FakeMaster>, string]>([
    ['sdown', { view: masterView({ flags: ['s_down', 'master'] }) }, 'The master has not answered for more than 30 s. A failover starts when the quorum of 2 agrees.'],
    ['odown', { view: masterView({ flags: ['s_down', 'o_down', 'master'] }) }, 'The master is down, and enough sentinels agree.'],
    [
      'witnesses', { view: masterView({ witnessed: { alive: 2, reachable: 3, forMs: 1000, leftMs: 9000 } }) },
      'The master does not answer this sentinel, but 2 of 3 replicas still receive its data: it is not taken for down for another 9.0 s at most.',
    ],
    ['read-only', { view: masterView({ roleReported: 'slave' }) }, 'The master reports the role of a replica and refuses writes.'],
    ['failover', { view: masterView({ failoverState: 'select_slave' }) }, 'A failover is running.'],
    ['quorum too high', { quorumCheck: { usable: 3, quorum: 5, majority: 2 } }, 'The quorum is 5, but only 3 sentinels are known: a failover is impossible.'],
    ['no majority', { quorumCheck: { usable: 1, quorum: 1, majority: 2 } }, 'Only 1 of 3 sentinels can be reached, and the majority is 2'],
    ['no quorum', { quorumCheck: { usable: 2, quorum: 3, majority: 2 } }, 'Only 2 of 3 sentinels can be reached, and the quorum is 3'],
    ['just enough sentinels', { quorumCheck: { usable: 2, quorum: 2, majority: 2 } }, 'If one more sentinel is lost, a failover is impossible.'],
    ['a single sentinel', { peers: [], quorumCheck: { usable: 1, quorum: 1, majority: 1 } }, 'This is the only sentinel.'],
    ['two sentinels', { peers: [peerView()], quorumCheck: { usable: 2, quorum: 2, majority: 2 } }, 'There are two sentinels'],
    ['no replica', { replicas: [] }, 'The master has no replica: a failover is impossible.'],
    ['priority 0', { replicas: [replicaView({ priority: 0 })] }, 'All replicas have replica-priority 0'],
    ['replica down', { replicas: [replicaView({ flags: ['s_down', 'slave'] })] }, 'No replica can be promoted now.'],
    ['link down', { replicas: [replicaView({ masterLinkUp: false })] }, 'Replica 127.0.0.1:6380 has no connection to its master and receives no writes.'],
    ['peer down', { peers: [peerView({ flags: ['s_down', 'sentinel'] }), peerView({ port: 1 })] }, 'Sentinel 127.0.0.1:26380 is down.'],
    [
      'disagreement', { peers: [peerView({ announcedMaster: { host: '10.0.0.9', port: 6379, configEpoch: 7n, agrees: false } }), peerView({ port: 1 })] },
      'Sentinel 127.0.0.1:26380 announces 10.0.0.9:6379 as the master.',
    ],
  ])('exist for a master with %s', async (_title, master, text) => {
    expect(await warningsOf(master)).toContainEqual(expect.stringContaining(text))
  })

  it('exist for this sentinel too', async () => {
    rig.view.tilt = { tilt: true, tiltMs: 1 }
    rig.disk.error = 'No space left on device'
    const { text } = await rig.get('/masters')
    expect(text).toContain('This sentinel is in TILT')
    expect(text).toContain('The configuration file cannot be written (No space left on device).')
    expect(text).toContain('Webhook ops does not take events fast enough: 11 events wait.')
  })
})

describe('/masters/<name>', () => {
  it('has replicas, sentinels and failovers', async () => {
    rig.view.fakes = [fakeMaster({ ...three, view: masterView({ name: 'a b/ü' }) })]
    rig.bus.event({ name: '+sdown', master: 'a b/ü', subject: MASTER }, at(0))
    rig.bus.event({ name: '+try-failover', master: 'a b/ü', subject: MASTER }, at(10))
    rig.bus.event({ name: '-failover-abort-no-good-slave', master: 'a b/ü', subject: MASTER }, at(30))
    const reply = await rig.get(`/masters/${encodeURIComponent('a b/ü')}`)
    expect(JSON.parse(reply.text)).toMatchObject({
      name: 'a b/ü', address: '127.0.0.1:6379', status: 'ok', configEpoch: 7,
      replicaList: [{ address: '127.0.0.1:6380', priority: 100, offset: '123456', replicationLinkUp: true }],
      sentinelList: [{ isSelf: true }, { address: '127.0.0.1:26380' }, { address: '127.0.0.1:26381' }],
      failovers: [{ outcome: 'aborted', reason: 'no-good-slave', durationMs: 30 }],
    })
    expect((await rig.get(`/masters/${encodeURIComponent('a b/ü')}/failovers`)).text).toContain('no-good-slave')
    expect((await rig.get('/metrics')).text).toContain(
      'redis_sentinel_failovers_total{master_name="a b/ü",role="leader",outcome="aborted",reason="no-good-slave"} 1\n',
    )
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
    facts: { version: '', packageVersion: '', runId: '', processId: 1, operatingSystem: '', tcpPort: 1, startedAt: at(0) },
  }
}
