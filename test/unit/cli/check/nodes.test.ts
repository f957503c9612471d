/** What `check` reports about servers that are known twice, whose data cannot be trusted, or that are too old. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, it } from 'vitest'

import type { Finding } from '../../../../src/cli/check/finding.ts'
import { findingsOf } from '../../../../src/cli/check/index.ts'
import { answeringServer, closeServers, fields } from '../answering-server.ts'

const folder = mkdtempSync(join(tmpdir(), 'ts-sentinel-nodes-'))
afterAll(() => { rmSync(folder, { recursive: true, force: true }) })
afterEach(closeServers)

const NO_SUCH_COMMAND = ([command = '']: readonly string[]) => `ERR unknown command '${command}'`

/** A server whose INFO has these lines. */
function server(...info: readonly string[]): Promise<number> {
  return answeringServer({ 'PING': 'PONG', 'INFO': info.join('\r\n'), 'COMMAND INFO': [], 'CONFIG GET': [] }, NO_SUCH_COMMAND)
}

const REPLICA = ['role:slave', 'master_host:127.0.0.1', 'master_port:1', 'master_link_status:up']

/** The lines of a master that lists replicas at these ports. */
function master(...ports: readonly number[]): readonly string[] {
  return ['role:master', ...ports.map((port, at) => `slave${at}:ip=127.0.0.1,port=${port},state=online,offset=1,lag=0`)]
}

const ID = 'a'.repeat(40)

async function found(code: string, masterPort: number, ...lines: readonly string[]): Promise<readonly Finding[]> {
  return (await check(masterPort, ...lines)).filter((one) => one.code === code)
}

async function check(masterPort: number, ...lines: readonly string[]): Promise<readonly Finding[]> {
  const file = join(folder, 'sentinel.conf')
  writeFileSync(file, [`sentinel monitor m 127.0.0.1 ${masterPort} 2`, ...lines, ''].join('\n'))
  const findings = await findingsOf({ file, offline: false, admin: undefined })
  if (typeof findings === 'string') throw new Error(findings)
  return findings
}

describe('check', () => {
  it('reports a server that is known under two addresses, by the second one', async () => {
    const info = [...REPLICA, 'redis_version:7.0.15', `run_id:${'a'.repeat(40)}`]
    const [first, second] = [await server(...info), await server(...info)]
    const masterPort = await server(...master(first), 'redis_version:7.0.15', `run_id:${'b'.repeat(40)}`)
    expect(await found('same-server', masterPort, `sentinel known-replica m 127.0.0.1 ${second}`)).toEqual([{
      level: 'warning', code: 'same-server', line: `${join(folder, 'sentinel.conf')}:2`, where: `127.0.0.1:${second}`,
      what: expect.stringContaining(`and 127.0.0.1:${first} are the same server (same run id)`) as string,
      todo: 'use one address for it everywhere: replica-announce-ip, known-replica lines, the monitor line',
    }])
  })

  it('reports the master that is known as its own replica under another address', async () => {
    const run = `run_id:${'b'.repeat(40)}`
    const twin = await server(...master(), run)
    const masterPort = await server(...master(), run)
    const [finding] = await found('same-server', masterPort, `sentinel known-replica m 127.0.0.1 ${twin}`)
    expect(finding).toMatchObject({ where: `127.0.0.1:${twin}`, what: `127.0.0.1:${twin} and 127.0.0.1:${masterPort} are the same server (same run id)` })
  })

  it('reports an address that the master lists for two replicas, once', async () => {
    const replica = await server(...REPLICA)
    const masterPort = await server(...master(replica, replica, replica))
    expect(await found('shared-address', masterPort)).toEqual([expect.objectContaining({
      level: 'error', where: `127.0.0.1:${replica}`, todo: 'give each replica an address of its own',
    })])
  })

  it.each([
    ['names another master', { 'ip': '127.0.0.1', 'port': '9', 'config-epoch': '3' }, 'sentinels-disagree', /names 127\.0\.0\.1:9 as the master m \(config-epoch 3\)/],
    ['does not monitor the master', '-ERR No such master with that name', 'sentinel-without-master', /monitors no master of this name/],
  ])('reports a sentinel that %s', async (_title, answer, code, what) => {
    const masterPort = await server(...master())
    const reply = typeof answer === 'string' ? answer : fields(answer)
    const sentinel = await answeringServer({ 'PING': 'PONG', 'SENTINEL MASTER': reply }, NO_SUCH_COMMAND)
    const line = `sentinel known-sentinel m 127.0.0.1 ${sentinel} ${'b'.repeat(40)}`
    expect(await found(code, masterPort, line)).toMatchObject([{ where: `127.0.0.1:${sentinel}`, what: expect.stringMatching(what) as string }])
  })

  it('reports no sentinel that names the same master, nor one that names it by a host name', async () => {
    const masterPort = await server(...master())
    const lines = await Promise.all(['127.0.0.1', 'redis.example.com'].map(async (ip, at) => {
      const reply = fields({ ip, 'port': String(masterPort), 'config-epoch': '1' })
      const port = await answeringServer({ 'PING': 'PONG', 'SENTINEL MASTER': reply }, NO_SUCH_COMMAND)
      return `sentinel known-sentinel m 127.0.0.1 ${port} ${String(at).repeat(40)}`
    }))
    expect(await found('sentinels-disagree', masterPort, ...lines)).toEqual([])
  })

  const ids = (first: string, second: string) => [`master_replid:${first.repeat(40)}`, `master_replid2:${second.repeat(40)}`]

  it.each([
    ['follows an unknown master', 'error', [...REPLICA, ...ids('9', '0')], /^127\.0\.0\.1:\d+ holds the data of another deployment: it follows/],
    ['is a master after a promotion', 'warning', ['role:master', ...ids('9', '8')], /is a master and may hold the data of another/],
  ])('reports a node with the data of another deployment that %s, with the command that makes it ours', async (
    _title, level, info, what,
  ) => {
    const node = await server(...info)
    const masterPort = await server(...master(node), ...ids('1', '0'))
    expect(await found('foreign-node', masterPort)).toMatchObject([{
      level, where: `127.0.0.1:${node}`, what: expect.stringMatching(what) as string,
      todo: expect.stringContaining(`"REPLICAOF 127.0.0.1 ${masterPort}"`) as string,
    }])
  })

  it.each([
    ['has the data of its master', [...REPLICA, ...ids('1', '0')]], ['was the master before', ['role:master', ...ids('2', '0')]],
    ['was restarted as a master from an RDB file', ['role:master', ...ids('3', '2')]],
    ['was restarted as a master without one', ['role:master', ...ids('3', '0')]],
  ])('reports no node that %s', async (_title, info) => {
    const masterPort = await server(...master(await server(...info)), ...ids('1', '2'))
    expect(await found('foreign-node', masterPort)).toEqual([])
  })

  it.each([
    ['6.2 and newer', 'master_link_down_since_seconds:-1', ''],
    ['before 6.2', 'master_link_down_since_seconds:1795900000', ''],
    ['6.2 and newer, at work', 'master_link_down_since_seconds:-1', 'master_sync_in_progress:1'],
  ])('reports a replica that has never synchronised (%s)', async (_release, since, progress) => {
    const replica = await server('role:slave', 'master_link_status:down', since, progress)
    const [finding] = await found('never-synchronised', await server(...master(replica)))
    expect(finding).toMatchObject({ level: 'warning', where: `127.0.0.1:${replica}` })
    expect(finding?.what).toMatch(/^127\.0\.0\.1:\d+ has not synchronised with its master since it was started/)
    expect(finding?.what.includes('a full synchronisation is in progress')).toBe(progress !== '')
    expect(finding?.todo).toContain('masterauth and masteruser')
  })

  it('does not call a replica that lost its master one that never synchronised', async () => {
    const replica = await server('role:slave', 'master_link_status:down', 'master_link_down_since_seconds:30')
    expect(await found('never-synchronised', await server(...master(replica)))).toEqual([])
  })

  it('reports a replica of an older release than its master, but no newer one and no patch release', async () => {
    const replicas = await Promise.all(['6.2.14', '7.0.1', '7.2.4'].map((version) => server(...REPLICA, `redis_version:${version}`)))
    const findings = await found('older-release', await server(...master(...replicas), 'redis_version:7.0.15'))
    expect(findings).toEqual([expect.objectContaining({ level: 'warning', where: `127.0.0.1:${replicas[0]}` })])
    expect(findings[0]?.what).toContain('6.2.14')
    expect(findings[0]?.what).toContain('7.0.15')
    expect(findings[0]?.todo).toBe('upgrade this replica; upgrade masters last')
  })

  it.each([
    ['monitored-is-sentinel', 'redis_mode:sentinel', 'write the address of the redis-server'],
    ['monitored-is-cluster-node', 'redis_mode:cluster', 'monitor a server without cluster mode'],
    ['monitored-is-cluster-node', 'cluster_enabled:1', 'monitor a server without cluster mode'],
  ])('reports %s in the place of the master once, and no command of it as missing or renamed', async (code, line, todo) => {
    const port = await server('role:master', line)
    const all = await check(port)
    expect(all.map((one) => one.code)).toEqual([code])
    expect(all[0]).toMatchObject({ level: 'error', where: `127.0.0.1:${port}`, todo: expect.stringContaining(todo) as string })
  })

  it('reports a known replica that is a sentinel', async () => {
    const sentinel = await server('redis_mode:sentinel')
    expect(await found('replica-is-sentinel', await server(...master()), `sentinel known-replica m 127.0.0.1 ${sentinel}`))
      .toMatchObject([{ where: `127.0.0.1:${sentinel}` }])
  })

  it('gives the monitor line of the master where a replica is monitored', async () => {
    const [finding] = await found('monitored-is-replica', await server('role:slave', 'master_host:10.0.0.7', 'master_port:6380'))
    expect(finding?.todo).toContain('`sentinel monitor m 10.0.0.7 6380 2`')
  })

  it('reports a master at a loopback address whose replicas are on other machines', async () => {
    const port = await server('role:master', 'slave0:ip=192.0.2.1,port=1,state=online,offset=1,lag=0')
    expect(await found('monitor-loopback', port)).toMatchObject([{ level: 'error', where: `127.0.0.1:${port}` }])
  })

  it.each([['2', 1], ['1', 0]])('reports min-replicas-to-write %s of a master with two replicas %i times', async (least, times) => {
    const replicas = [await server(...REPLICA), await server(...REPLICA)]
    const port = await answeringServer({
      'PING': 'PONG', 'INFO': master(...replicas).join('\r\n'), 'COMMAND INFO': [],
      'CONFIG GET MIN-REPLICAS-TO-WRITE': ['min-replicas-to-write', least], 'CONFIG GET': [],
    }, NO_SUCH_COMMAND)
    const findings = await found('min-replicas-too-high', port)
    expect(findings).toHaveLength(times)
    if (times > 0) expect(findings[0]?.todo).toContain('set min-replicas-to-write to 1 on all nodes')
  })

  it('reports a down-after-milliseconds of a few round trips, with a value to use', async () => {
    const slow = await answeringServer({ 'PING': 'PONG', 'INFO': 'role:master', 'COMMAND INFO': [], 'CONFIG GET': [] }, NO_SUCH_COMMAND, 30)
    const [finding] = await found('down-after-latency', slow, 'sentinel down-after-milliseconds m 250')
    expect(finding).toMatchObject({ level: 'warning', where: `127.0.0.1:${slow}`, todo: expect.stringContaining('use 1000 or more') as string })
    expect(await found('down-after-latency', slow, 'sentinel down-after-milliseconds m 5000')).toEqual([])
  })

  const SENTINEL = { 'PING': 'PONG', 'SENTINEL MYID': 'e'.repeat(40) }
  const peerLine = (port: number) => `sentinel known-sentinel m 127.0.0.1 ${port} ${'b'.repeat(40)}`

  it.each([
    ['the login', { AUTH: '-WRONGPASS invalid username-password pair', PING: '-NOAUTH Authentication required.' }, 'WRONGPASS'],
    ['commands without a login', { AUTH: '-ERR no', PING: '-NOAUTH Authentication required.' }, 'ERR no'],
  ])('reports a sentinel that refuses %s, in its words', async (_title, answers, words) => {
    const peer = await answeringServer(answers, NO_SUCH_COMMAND)
    const lines = [peerLine(peer), 'requirepass wrong']
    expect(await found('sentinel-login', await server(...master()), ...lines)).toMatchObject([{
      where: `127.0.0.1:${peer}`, what: expect.stringContaining(words) as string,
      todo: expect.stringContaining('set the same requirepass on all sentinels') as string,
    }])
  })

  it('reports a known sentinel that is a data node', async () => {
    const masterPort = await server(...master())
    const node = await server('role:master')
    expect(await found('known-sentinel-is-node', masterPort, peerLine(node))).toMatchObject([{ where: `127.0.0.1:${node}` }])
  })

  it('reports a sentinel with the id of this file', async () => {
    const peer = await answeringServer(SENTINEL, NO_SUCH_COMMAND)
    const lines = [`sentinel myid ${'e'.repeat(40)}`, peerLine(peer)]
    expect(await found('same-id', await server(...master()), ...lines)).toMatchObject([{ level: 'error', where: `127.0.0.1:${peer}` }])
  })

  it('reports each setting that another sentinel has differently', async () => {
    const masterPort = await server(...master())
    const reply = fields({ 'ip': '127.0.0.1', 'port': String(masterPort), 'quorum': '3', 'down-after-milliseconds': '5000' })
    const peer = await answeringServer({ ...SENTINEL, 'SENTINEL MASTER': reply }, NO_SUCH_COMMAND)
    const lines = [peerLine(peer), 'sentinel down-after-milliseconds m 30000']
    expect((await found('sentinels-differ', masterPort, ...lines)).map(({ what }) => what)).toEqual([
      `127.0.0.1:${peer} has the quorum 3 for m, and this file has 2`,
      `127.0.0.1:${peer} has the down-after-milliseconds 5000 for m, and this file has 30000`,
    ])
  })

  it('reports an announced address where another sentinel or a data node answers, by its line', async () => {
    const masterPort = await server(...master())
    const file = join(folder, 'sentinel.conf')
    const lines = (port: number) => [`sentinel myid ${ID}`, 'sentinel announce-ip 127.0.0.1', `sentinel announce-port ${port}`]
    const other = await answeringServer(SENTINEL, NO_SUCH_COMMAND)
    const own = await answeringServer({ ...SENTINEL, 'SENTINEL MYID': ID }, NO_SUCH_COMMAND)
    const node = await server('role:slave')
    for (const [port, what] of [[other, 'another sentinel answers'], [node, 'a data node answers']] as const) {
      expect(await found('announce-of-other', masterPort, ...lines(port)))
        .toMatchObject([{ level: 'error', where: `${file}:3`, what: expect.stringContaining(what) as string }])
    }
    expect(await found('announce-of-other', masterPort, ...lines(own))).toEqual([])
  })

  it('names the line of the file for a node, and that of the login where it is wrong', async () => {
    const file = join(folder, 'sentinel.conf')
    const refusing = await answeringServer({ AUTH: '-WRONGPASS invalid username-password pair' }, NO_SUCH_COMMAND)
    expect(await found('auth-wrong', refusing, '', 'sentinel auth-pass m x')).toMatchObject([{ where: `127.0.0.1:${refusing}`, line: `${file}:3` }])
    expect(await found('monitored-is-sentinel', await server('redis_mode:sentinel'))).toMatchObject([{ line: `${file}:1` }])
    const dead = [`sentinel known-sentinel m 127.0.0.1 1 ${'b'.repeat(40)}`, 'sentinel known-slave m 127.0.0.1 2']
    const findings = await check(await server(...master()), ...dead)
    expect(findings.filter(({ where }) => /:[12]$/.test(where) && !where.startsWith(folder)).map(({ where, line }) => [where, line]))
      .toEqual([['127.0.0.1:2', `${file}:3`], ['127.0.0.1:1', `${file}:2`]])
  })
})
