/** `/fleet`: what all sentinels say, asked for by one of them. */
import { beforeEach, describe, expect, it } from 'vitest'

import type { Reply } from '../../../src/core/index.ts'
import { explanationFields } from '../../../src/explain/index.ts'
import type { AskTarget } from '../../../src/ports/index.ts'
import { readDocument } from '../../documents/read-document.ts'
import { fakeMaster, masterView, peerView } from '../commands/fake-core.ts'
import { healthy } from '../explain/explanation-sample.ts'
import { httpRigs, type Rig } from './http-world.ts'

const PEERS = [
  peerView({ runId: 'b'.repeat(40), host: '10.0.1.2', port: 26379 }), peerView({ runId: 'c'.repeat(40), host: '10.0.1.3', port: 26379 }),
]

const bulk = (text: string): Reply => ({ kind: 'bulk', text })
const map = (fields: Readonly<Record<string, string>>): Reply => ({ kind: 'array', items: Object.entries(fields).flat().map(bulk) })
const UNKNOWN: Reply = { kind: 'error', text: 'ERR Unknown sentinel subcommand \'EXPLAIN\'' }

const MASTER = {
  'name': 'mymaster', 'ip': '10.0.0.1', 'port': '6379', 'flags': 'master', 'config-epoch': '7', 'num-slaves': '2',
  'num-other-sentinels': '2', 'last-ok-ping-reply': '120',
}
const REFUSED = {
  'name': 'mymaster', 'finding-1': 'critical promotion-refused: SLAVEOF NO ONE on 10.0.0.5:6379 is refused: NOPERM.',
  'remedy-1': 'Grant it.', 'command-1': 'redis-cli -h 10.0.0.5 ACL SETUSER ops +slaveof', 'about-1': '10.0.0.5:6379',
}

const start = httpRigs()
let rig: Rig
/** Commands by host. */
let sent: Map<string, string[]>
/** Replies by host and command; a missing host does not answer. */
let replies: Record<string, Record<string, Reply>>

beforeEach(async () => {
  rig = await start()
  rig.view.fakes = [fakeMaster({
    view: masterView({ host: '10.0.0.1' }), peers: PEERS, quorumCheck: { usable: 3, quorum: 2, majority: 2 }, explanation: healthy(),
  })]
  sent = new Map()
  const good = {
    'INFO': bulk('# Server\r\nredis_version:7.0.15\r\nts_sentinel_version:0.1.0\r\nts_sentinel_http:*:26380\r\nsentinel_tilt:0\r\n'),
    'SENTINEL MASTERS': { kind: 'array', items: [map(MASTER)] } as const,
    'SENTINEL CKQUORUM mymaster': { kind: 'status', text: 'OK 3 usable Sentinels.' } as const,
    'SENTINEL EXPLAIN mymaster': map({ name: 'mymaster' }),
  }
  replies = { '10.0.1.2': { ...good }, '10.0.1.3': { ...good } }
  rig.asked.ask = (target, commands) => answer(target, commands)
})

function answer({ host }: AskTarget, commands: readonly (readonly string[])[]): Promise<readonly Reply[]> {
  const known = replies[host]
  sent.set(host, [...sent.get(host) ?? [], ...commands.map((argv) => argv.join(' '))])
  if (known === undefined) return Promise.reject(new Error('Connection refused'))
  return Promise.resolve(commands.map((argv) => known[argv.join(' ')] ?? { kind: 'error', text: `ERR no reply to ${argv.join(' ')}` }))
}

const fleet = async () => readDocument('fleet', (await rig.get('/fleet')).text)
const only = async () => readDocument('fleet-master', (await rig.get('/fleet/mymaster')).text)

describe('/fleet', () => {
  it('has every sentinel with the address of its page, and the master on which all agree', async () => {
    const { schemaVersion, sentinels, masters } = await fleet()
    expect(schemaVersion).toBe(1)
    expect(sentinels).toMatchObject([
      { address: '10.0.1.1:26379', isSelf: true, answers: true, kind: 'ts-sentinel', version: '0.1.0', page: null },
      { address: '10.0.1.2:26379', isSelf: false, answers: true, kind: 'ts-sentinel', page: 'http://10.0.1.2:26380/', tilt: false },
      { address: '10.0.1.3:26379', isSelf: false, answers: true, kind: 'ts-sentinel', page: 'http://10.0.1.3:26380/', tilt: false },
    ])
    expect(masters).toMatchObject([{
      name: 'mymaster', address: '10.0.0.1:6379', configEpoch: 7, agreed: true, findings: [],
      views: [{ sentinel: '10.0.1.1:26379' }, { sentinel: '10.0.1.2:26379', status: 'ok', quorum: { ok: true } }, { sentinel: '10.0.1.3:26379' }],
    }])
  })

  it('shows the reason that the leader of a failover has first, with its address and the command', async () => {
    const down = { ...MASTER, flags: 's_down,o_down,master' }
    rig.view.fakes = [fakeMaster({
      view: masterView({ host: '10.0.0.1', flags: ['s_down', 'o_down', 'master'] }), peers: PEERS, explanation: healthy({ sdown: true, odown: true }),
    })]
    replies['10.0.1.2'] = { ...replies['10.0.1.2'], 'SENTINEL MASTERS': { kind: 'array', items: [map(down)] } }
    replies['10.0.1.3'] = {
      ...replies['10.0.1.3'],
      'SENTINEL MASTERS': { kind: 'array', items: [map({ ...down, 'flags': `${down.flags},failover_in_progress`, 'failover-state': 'wait_promotion' })] },
      'SENTINEL EXPLAIN mymaster': map(REFUSED),
    }
    const { master } = await only()
    expect(master.findings[0]).toEqual({
      code: 'promotion-refused', severity: 'critical', about: '10.0.0.5:6379', remedy: 'Grant it.',
      text: '10.0.1.3:26379 leads the failover: SLAVEOF NO ONE on 10.0.0.5:6379 is refused: NOPERM.',
      command: 'redis-cli -h 10.0.0.5 ACL SETUSER ops +slaveof',
    })
    expect(master.views[2]).toMatchObject({ failover: 'wait_promotion', status: 'odown' })
  })

  it('has the epochs of two sentinels that lead a failover for a moment', async () => {
    const down = { ...MASTER, 'flags': 's_down,o_down,master,failover_in_progress', 'failover-state': 'wait_start' }
    const attempt = { kind: 'in-progress', phase: 'wait-start', epoch: 5n, forced: false, forMs: 300, promoted: undefined } as const
    rig.view.fakes = [fakeMaster({
      view: masterView({ host: '10.0.0.1', flags: ['s_down', 'o_down', 'master'], failoverState: 'wait_start' }), peers: PEERS,
      explanation: healthy({ sdown: true, odown: true, failover: 'running', reasons: [attempt] }),
    })]
    const fields = new Map(explanationFields(healthy({ failover: 'running', reasons: [{ ...attempt, epoch: 6n }] }), [], 0))
    replies['10.0.1.2'] = {
      ...replies['10.0.1.2'], 'SENTINEL MASTERS': { kind: 'array', items: [map(down)] }, 'SENTINEL EXPLAIN mymaster': map(Object.fromEntries(fields)),
    }
    const { views, findings } = (await only()).master
    expect(views.map(({ failoverEpoch }) => failoverEpoch)).toEqual([5, 6, null])
    expect(findings[0]?.text).toMatch(/led by 10\.0\.1\.2:26379, in epoch 6/)
  })

  it('shows where sentinels have another master, and the highest configuration epoch wins', async () => {
    replies['10.0.1.2'] = {
      ...replies['10.0.1.2'], 'SENTINEL MASTERS': { kind: 'array', items: [map({ ...MASTER, 'ip': '10.0.0.9', 'config-epoch': '9' })] },
    }
    const { master } = await only()
    expect(master).toMatchObject({
      agreed: false, address: '10.0.0.9:6379', configEpoch: 9,
      addresses: [
        { address: '10.0.0.9:6379', sentinels: ['10.0.1.2:26379'] }, { address: '10.0.0.1:6379', sentinels: ['10.0.1.1:26379', '10.0.1.3:26379'] },
      ],
    })
    expect(master.findings.map(({ code }) => code)).toContain('sentinels-disagree')
  })

  it('shows why a sentinel does not answer, and the error of one that refuses the user', async () => {
    delete replies['10.0.1.2']
    replies['10.0.1.3'] = { INFO: { kind: 'error', text: 'NOPERM this user has no permissions to run the \'info\' command' } }
    const { sentinels, masters } = await fleet()
    expect(sentinels.slice(1)).toMatchObject([
      { answers: false, problem: 'Connection refused', kind: null },
      { answers: false, problem: expect.stringContaining('NOPERM') as string, kind: null },
    ])
    expect(masters[0]?.findings.map(({ about }) => about)).toEqual(expect.arrayContaining(['10.0.1.2:26379', '10.0.1.3:26379']))
  })

  it('shows the view and the TILT of an original sentinel', async () => {
    replies['10.0.1.2'] = {
      ...replies['10.0.1.2'], 'INFO': bulk('redis_version:6.2.14\r\nsentinel_tilt:1\r\nsentinel_tilt_since_seconds:10\r\n'),
      'SENTINEL EXPLAIN mymaster': UNKNOWN,
    }
    const { sentinels, masters } = await fleet()
    expect(sentinels[1]).toMatchObject({ kind: 'original', version: '6.2.14', page: null, tilt: true, tiltLeftMs: 20_000 })
    expect(masters[0]?.views[1]).toMatchObject({ address: '10.0.0.1:6379', findings: [] })
  })

  it('uses an answer again for a second, however many pages ask', async () => {
    await Promise.all([fleet(), fleet(), only()])
    expect(sent.get('10.0.1.2')).toEqual(['INFO', 'SENTINEL MASTERS', 'SENTINEL CKQUORUM mymaster', 'SENTINEL EXPLAIN mymaster'])
  })

  it('never leads to a page that others cannot open, or to anything but an address', async () => {
    for (const line of ['127.0.0.1:26380', 'x" onclick="y:1', 'user@evil:80', 'evil/path:80']) {
      rig = await start()
      rig.view.fakes = [fakeMaster({ peers: PEERS, explanation: healthy() })]
      rig.asked.ask = (target, commands) => answer(target, commands)
      replies['10.0.1.2'] = { ...replies['10.0.1.2'], INFO: bulk(`ts_sentinel_version:0.1.0\r\nts_sentinel_http:${line}\r\n`) }
      expect((await fleet()).sentinels[1]?.page).toBeNull()
    }
  })

  it('answers 404 for a master that is not monitored', async () => {
    expect((await rig.get('/fleet/other')).status).toBe(404)
    expect((await rig.get('/fleet/mymaster/x')).status).toBe(404)
  })
})
