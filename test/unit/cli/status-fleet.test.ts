/** `status` of several sentinels and of many masters. */
import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'

import { explainTool, statusTool } from '../../../src/cli/sentinel-tools/index.ts'
import type { ToolOutput } from '../../../src/cli/sentinel-tools/tool.ts'
import { readDocument } from '../../documents/read-document.ts'
import { answeringServer, closeServers, DIES, fields, type Value } from './answering-server.ts'

afterEach(closeServers)

type Record_ = Readonly<Record<string, string>>

interface Played {
  readonly masters: readonly Record_[]
  /** Ports of the other sentinels. */
  readonly peers?: readonly number[]
  readonly id?: string
  /** Fields of SENTINEL EXPLAIN by master's name. */
  readonly explained?: Readonly<Record<string, Record_>>
  readonly info?: string
  readonly replicas?: readonly Record_[]
}

const master = (name: string, more: Record_ = {}): Record_ => ({
  name, 'ip': '10.0.0.1', 'port': '6379', 'flags': 'master', 'last-ok-ping-reply': '100', 'quorum': '2', 'num-slaves': '1',
  'num-other-sentinels': '2', 'down-after-milliseconds': '1000', 'failover-timeout': '180000', 'config-epoch': '3', ...more,
})

function play({ masters, peers = [], id = 'a', explained = {}, info = '', replicas = [] }: Played): Promise<number> {
  const answers: Record<string, Value> = {
    'SENTINEL MASTERS': masters.map(fields), 'SENTINEL MYID': id.padEnd(40, '0'), 'SENTINEL REPLICAS': replicas.map(fields),
    'SENTINEL SENTINELS': peers.map((port) => fields({ name: 'x', ip: '127.0.0.1', port: String(port), runid: '', flags: 'sentinel' })),
    'SENTINEL CKQUORUM': 'OK 3 usable Sentinels.', 'INFO': `redis_version:7.0.15\r\nts_sentinel_version:0.1.0\r\n${info}`,
    'SENTINEL EXPLAIN': fields({}),
  }
  for (const [name, more] of Object.entries(explained)) answers[`SENTINEL EXPLAIN ${name.toUpperCase()}`] = fields(more)
  return answeringServer(answers, () => 'ERR unknown subcommand')
}

async function run(tool: typeof statusTool, args: readonly string[], output: Partial<ToolOutput> = {}) {
  let [text, errors] = ['', '']
  const status = await tool(args, {
    print: (more) => { text += more }, printError: (more) => { errors += more }, terminal: undefined,
    onInterrupt: () => () => undefined, ...output,
  })
  return { status, text, errors }
}

const DOWN = { 'finding-1': 'critical master-down: The master 10.0.0.9:6379 is down.', 'remedy-1': 'Start it.', 'command-1': 'redis-cli PING', 'about-1': '10.0.0.9:6379' }
const SENTINEL_DOWN = { 'finding-1': 'warning sentinel-down: The sentinel 10.0.0.77:26379 is down.', 'about-1': '10.0.0.77:26379' }

const names = Array.from({ length: 60 }, (_, at) => `shard-${String(at).padStart(2, '0')}`)

function sixty(): Promise<number> {
  return play({
    masters: names.map((name) => name === 'shard-41' ? master(name, { flags: 's_down,o_down,master', ip: '10.0.0.9' }) : master(name)),
    explained: Object.fromEntries(names.map((name) => [name, name === 'shard-41'
      ? { ...DOWN, 'finding-2': SENTINEL_DOWN['finding-1'], 'about-2': SENTINEL_DOWN['about-1'] } : SENTINEL_DOWN])),
  })
}

describe('status of 60 masters', () => {
  it('counts them by state, has the dead one first with its cause and command, and names what concerns all once', async () => {
    const { status, text } = await run(statusTool, [`127.0.0.1:${await sixty()}`])
    const lines = text.split('\n')
    expect(lines[0]).toBe('60 masters: 1 down, 59 warning')
    expect(text.match(/10\.0\.0\.77:26379 is down/g)).toHaveLength(1)
    expect(text).toContain('CRITICAL  shard-41: The master 10.0.0.9:6379 is down.\n          Start it.\n          $ redis-cli PING\n')
    const table = lines.slice(lines.findIndex((line) => line.startsWith('MASTER')))
    expect(table[1]).toMatch(/^shard-41 +10\.0\.0\.9:6379 +down +The master/)
    expect(table[2]).toMatch(/^shard-00 +10\.0\.0\.1:6379 +warning$/)
    expect(status).toBe(1)
  })

  it.each([
    ['down', ['shard-41']], ['10.0.0.9', ['shard-41']], ['shard-0', names.slice(0, 10)], ['SHARD-41', ['shard-41']], ['ok', []],
  ])('shows those with the word %s', async (word, expected) => {
    const port = await sixty()
    const { text } = await run(statusTool, [`127.0.0.1:${port}`, word, '--json'])
    expect(readDocument('fleet', text).masters.map(({ name }) => name)).toEqual(expected)
    if (expected.length !== 0) return
    expect((await run(statusTool, [`127.0.0.1:${port}`, word])).text)
      .toBe('No master has "ok" in its name, its addresses or its state. 60 masters: 1 down, 59 warning.\n')
  })

  it('leaves healthy ones out with --only-problems', async () => {
    const port = await play({ masters: names.map((name) => master(name)), explained: { 'shard-41': DOWN } })
    const { text } = await run(statusTool, [`127.0.0.1:${port}`, '--only-problems'])
    expect(text).toContain('shard-41 at ')
    expect(text).not.toContain('shard-40')
    expect(text).toContain('All 60 masters: 1 down, 59 ok.')
    const healthy = await play({ masters: [master('a')] })
    expect((await run(statusTool, [`127.0.0.1:${healthy}`, '--only-problems'])).text).toBe('No master has a problem. 1 master: 1 ok.\n')
  })
})

describe('a tool that is given the port of a dashboard', () => {
  it('fails with the port that it needs', async () => {
    const dashboard = createServer((socket) => {
      socket.on('data', () => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))
    })
    await once(dashboard.listen(0, '127.0.0.1'), 'listening')
    const { port } = dashboard.address() as AddressInfo
    const { status, errors } = await run(statusTool, [`127.0.0.1:${port}`])
    dashboard.close()
    expect(errors).toContain(`127.0.0.1:${port}: this port speaks HTTP; give the port of the sentinel`)
    expect(status).toBe(2)
  })
})

describe('status of three sentinels', () => {
  it('shows the leader, its reason, and where they differ, whichever is asked', async () => {
    const refused = {
      'finding-1': 'critical promotion-refused: SLAVEOF NO ONE on 10.0.0.5:6379 is refused: NOPERM.', 'about-1': '10.0.0.5:6379', 'command-1': 'redis-cli ACL SETUSER',
    }
    const leader = await play({
      id: 'b', masters: [master('m', { 'flags': 's_down,o_down,master,failover_in_progress', 'failover-state': 'wait_promotion' })], explained: { m: refused },
    })
    const other = await play({ id: 'c', masters: [master('m', { 'ip': '10.0.0.8', 'config-epoch': '2' })] })
    const first = await play({ masters: [master('m', { flags: 's_down,o_down,master' })], peers: [leader, other] })
    const { status, text } = await run(statusTool, [`127.0.0.1:${first}`])
    expect(text).toMatch(new RegExp(`^CRITICAL  127\\.0\\.0\\.1:${leader} leads the failover: SLAVEOF NO ONE on 10\\.0\\.0\\.5:6379 is refused: NOPERM\\.`))
    expect(text).toContain('$ redis-cli ACL SETUSER')
    expect(text).toMatch(new RegExp(`127\\.0\\.0\\.1:${leader} +leads the failover \\(waiting for the promotion\\); sees it down`))
    expect(text).toMatch(new RegExp(`127\\.0\\.0\\.1:${other} +has 10\\.0\\.0\\.8:6379 as the master`))
    expect(text).toContain('The sentinels have different masters')
    expect(status).toBe(1)
    const explained = await run(explainTool, [`127.0.0.1:${first}`, 'm'])
    expect(explained.text).toMatch(/^CRITICAL  127\.0\.0\.1:\d+ leads the failover: .*NOPERM/)
    expect(explained.text).not.toContain('No failover now')
    expect(explained.status).toBe(0)
    const one = await run(statusTool, [`127.0.0.1:${first}`, '--one'])
    expect(one.text).not.toContain('NOPERM')
  })

  it('shows the epochs of two sentinels that lead for a moment, and the reason of the current one first', async () => {
    const failing = master('m', { 'flags': 's_down,o_down,master,failover_in_progress', 'failover-state': 'wait_start' })
    const explained = (epoch: string) => ({ m: {
      'failover-epoch': epoch, 'finding-1': `critical promotion-refused: refused in epoch ${epoch}.`, 'about-1': `10.0.0.${epoch}:6379`,
    } })
    const current = await play({ id: 'b', masters: [failing], explained: explained('6') })
    const first = await play({ masters: [failing], peers: [current], explained: explained('5') })
    const { text } = await run(statusTool, [`127.0.0.1:${first}`])
    expect(text).toMatch(new RegExp(`^CRITICAL  127\\.0\\.0\\.1:${current} leads the failover of epoch 6: refused in epoch 6\\.`))
    expect(text).toMatch(new RegExp(`127\\.0\\.0\\.1:${first} +leads the failover of epoch 5 \\(waiting for votes\\)`))
    expect(text).toMatch(new RegExp(`127\\.0\\.0\\.1:${current} +leads the failover of epoch 6 \\(waiting for votes\\)`))
    const { text: json } = await run(statusTool, [`127.0.0.1:${first}`, '--json'])
    expect(readDocument('fleet', json).masters[0]?.views.map(({ failoverEpoch }) => failoverEpoch)).toEqual([5, 6])
  })

  it('ends with 1 and names it when the asked sentinel is in TILT and others can act', async () => {
    const peers = [await play({ id: 'b', masters: [master('m')] }), await play({ id: 'c', masters: [master('m')] })]
    const first = await play({
      masters: [master('m')], peers, info: 'sentinel_tilt:1\r\nsentinel_tilt_since_seconds:5\r\n',
      explained: { m: { 'finding-1': 'warning tilt: This sentinel will not act for another 25 s (TILT); 2 others can.' } },
    })
    const { status, text } = await run(statusTool, [`127.0.0.1:${first}`])
    expect(text).toContain('WARNING   This sentinel will not act for another 25 s (TILT); 2 others can.')
    expect(text).toMatch(/TILT for another 25\.0 s, does not act \(asked\)/)
    expect(status).toBe(1)
    expect((await run(explainTool, [`127.0.0.1:${first}`, 'm'])).status).toBe(1)
  })

  it('prints one document of the shared schema with --json', async () => {
    const first = await play({ masters: [master('m')], peers: [await play({ id: 'b', masters: [master('m')] })] })
    const { text } = await run(statusTool, [`127.0.0.1:${first}`, '--json'])
    expect(readDocument('fleet', text)).toMatchObject({
      schemaVersion: 1, sentinels: [{ isSelf: true, answers: true, kind: 'ts-sentinel' }, { isSelf: false }],
      masters: [{ name: 'm', address: '10.0.0.1:6379', configEpoch: 3, agreed: true, views: [{ status: 'ok', lastPingReplyMs: 100 }, {}] }],
    })
    const explained = await run(explainTool, [`127.0.0.1:${first}`, 'm', '--json'])
    expect(readDocument('explain', explained.text)).toMatchObject({ schemaVersion: 1, findings: [] })
  })
})

describe('the table of status', () => {
  const replica = (port: string, more: Record_ = {}): Record_ => ({
    'ip': '10.0.0.2', port, 'flags': 'slave', 'last-ok-ping-reply': '100', 'master-link-status': 'ok', 'info-refresh': '900', ...more,
  })

  it('has no node that is ok while a newer finding has it as down', async () => {
    const port = await play({
      masters: [master('m', { ip: '10.0.0.9' })], replicas: [replica('6379'), replica('6380')],
      explained: { m: { ...DOWN, 'finding-2': 'warning replica-down: The replica 10.0.0.2:6380 is down.', 'about-2': '10.0.0.2:6380' } },
    })
    const { text } = await run(statusTool, [`127.0.0.1:${port}`])
    expect(text).toMatch(/^m at 10\.0\.0\.9:6379: down$/m)
    expect(text).toMatch(/^ {2}master +10\.0\.0\.9:6379 +down /m)
    expect(text).toMatch(/^ {2}replica +10\.0\.0\.2:6379 +ok .* up$/m)
    expect(text).toMatch(/^ {2}replica +10\.0\.0\.2:6380 +no answer .* up$/m)
  })

  it('has the age of the INFO that reported the link of a replica, where it is older than 2 s', async () => {
    const down = { 'master-link-status': 'err', 'master-link-down-time': '61000', 'info-refresh': '2001' }
    const port = await play({ masters: [master('m')], replicas: [replica('6379', { 'info-refresh': '8100' }), replica('6380', down)] })
    const { text } = await run(statusTool, [`127.0.0.1:${port}`])
    expect(text).toMatch(/10\.0\.0\.2:6379 .* up \(INFO 8\.1 s old\)$/m)
    expect(text).toMatch(/10\.0\.0\.2:6380 .* down for 1 min 1 s \(INFO 2\.0 s old\)$/m)
  })
})

describe('status --watch on a terminal', () => {
  it('goes on with another sentinel when the given one dies, reports that, and gives the cursor back at the end', async () => {
    const other = await play({ id: 'b', masters: [master('m')] })
    const dying: Record<string, Value> = {}
    const first = await answeringServer(dying, () => 'ERR unknown subcommand')
    Object.assign(dying, {
      'SENTINEL MASTERS': [fields(master('m'))], 'SENTINEL MYID': 'a'.repeat(40), 'SENTINEL REPLICAS': [], 'SENTINEL CKQUORUM': 'OK',
      'SENTINEL SENTINELS': [fields({ ip: '127.0.0.1', port: String(other), runid: 'b'.repeat(40), flags: 'sentinel' })],
      'SENTINEL EXPLAIN': fields({}), 'INFO': 'ts_sentinel_version:0.1.0\r\n',
    })
    const written: string[] = []
    let interrupt: (status: number) => void = () => undefined
    const status = await run(statusTool, [`127.0.0.1:${first}`, '--watch'], {
      onInterrupt: (end) => {
        interrupt = end
        return () => undefined
      },
      terminal: {
        usesColour: true,
        size: () => ({ columns: 200, rows: 30 }),
        write: (text) => {
          written.push(text)
          if (text.includes(`asked 127.0.0.1:${first}`)) dying['SENTINEL MASTERS'] = DIES
          if (text.includes(`127.0.0.1:${first} does not answer`)) interrupt(130)
        },
      },
    })
    const pictures = written.filter((text) => text.includes('asked '))
    expect(pictures[0]).toMatch(/\d\d:\d\d:\d\d \+\d\d:\d\d {2}asked 127\.0\.0\.1:\d+; 2 of 2 sentinels answer/)
    expect(pictures.at(-1)).toContain(`so asked 127.0.0.1:${other}; 1 of 2 sentinels answers`)
    expect(pictures.at(-1)).toContain('m at 10.0.0.1:6379')
    expect(pictures.at(-1)).toMatch(new RegExp(`sentinel +127\\.0\\.0\\.1:${first} +does not answer: `))
    expect(written.at(-1)).toBe('\n\u001b[?25h')
    expect(status.status).toBe(130)
  })
})
