/** The tools for a fleet, with sentinels that a test plays: what they ask, refuse, report, and their exit status. */
import { afterEach, describe, expect, it } from 'vitest'

import {
  failoverTool, forgetTool, pauseTool, resumeTool, switchoverTool,
} from '../../../src/cli/fleet-tools/index.ts'
import type { FleetToolWorld } from '../../../src/cli/fleet-tools/fleet-tool.ts'
import { lagOf, offsetsIn } from '../../../src/cli/fleet-tools/candidates.ts'
import { readDocument } from '../../documents/read-document.ts'
import { answeringServer, closeServers, DIES, fields, type Answers, type Value } from './answering-server.ts'

afterEach(closeServers)

type Tool = typeof pauseTool

const NOW = Date.parse('2026-12-01T02:00:00Z')

interface Run {
  readonly status: number
  readonly text: string
  readonly errors: string
  readonly questions: readonly string[]
}

/** `answer` is typed on the terminal; without it there is none. */
async function run(tool: Tool, args: readonly string[], answer?: string): Promise<Run> {
  let [text, errors] = ['', '']
  const questions: string[] = []
  const world: FleetToolWorld = {
    print: (more) => { text += more },
    printError: (more) => { errors += more },
    now: () => NOW,
    ask: answer === undefined ? undefined : (question) => {
      questions.push(question)
      return Promise.resolve(answer)
    },
  }
  return { status: await tool(args, world), text, errors, questions }
}

const REPLICA = {
  'name': '127.0.0.1:2', 'ip': '127.0.0.1', 'port': '2', 'flags': 'slave', 'runid': 'a'.repeat(40), 'last-ok-ping-reply': '1',
  'info-refresh': '1', 'master-link-down-time': '0', 'master-link-status': 'ok', 'slave-priority': '100', 'slave-repl-offset': '7',
}

interface Played {
  readonly id: string
  readonly peers?: readonly { readonly id: string, readonly port: number, readonly flags?: string }[]
  readonly kind?: 'ours' | 'older' | 'original'
  readonly master?: Readonly<Record<string, string>>
  readonly answers?: Answers
}

const idOf = (letter: string): string => letter.repeat(40)

/** A sentinel of three masters' worth of facts: `mymaster` with one replica. Resolves with its port. */
function play({ id, peers = [], kind = 'ours', master = {}, answers = {} }: Played): Promise<number> {
  const listed = peers.map((peer) => fields({
    name: peer.id, ip: '127.0.0.1', port: String(peer.port), runid: idOf(peer.id), flags: peer.flags ?? 'sentinel',
  }))
  const ours: Answers = kind === 'ours' ? { 'SENTINEL PAUSED': null } : {}
  const older: Answers = kind === 'original' ? {} : { 'SENTINEL EXPLAIN': fields({ 'name': 'mymaster', 'replica-1': '127.0.0.1:2 would be promoted: no other replica can be (priority 100, offset 7)' }) }
  return answeringServer({
    'SENTINEL MASTER': fields({ 'name': 'mymaster', 'ip': '127.0.0.1', 'port': '1', 'flags': 'master', 'quorum': '2', 'failover-timeout': '1000', ...master }),
    'SENTINEL MYID': idOf(id),
    'SENTINEL SENTINELS': listed,
    'SENTINEL MASTERS': [fields({ 'name': 'mymaster', 'ip': '127.0.0.1', 'port': '1', 'flags': 'master', 'quorum': '2', 'last-ok-ping-reply': '1' })],
    'SENTINEL REPLICAS': [fields(REPLICA)],
    'SENTINEL CKQUORUM': 'OK 3 usable Sentinels. Quorum and failover authorization can be reached',
    'SENTINEL GET-MASTER-ADDR-BY-NAME': ['127.0.0.1', '1'],
    'SENTINEL INFO-CACHE': [],
    'INFO': 'sentinel_tilt:0\r\n',
    'PSUBSCRIBE': ['psubscribe', '*', '1'],
    ...ours, ...older, ...answers,
  }, ([, subcommand = '']) => `ERR unknown subcommand '${subcommand}'. Try SENTINEL HELP.`)
}

const CLOSED_PORT = 1

describe('a tool for a fleet', () => {
  it.each([
    [pauseTool, ['h:1', 'm'], '--for, the duration of the pause, is missing'],
    [pauseTool, ['h:1'], 'MASTER, the name of one master, is missing'],
    [pauseTool, ['h:1', 'm', '--for', 'soon'], '--for must be a duration'],
    [pauseTool, ['h:1', 'm', '--force'], 'there is no option --force'],
    [pauseTool, ['h:1', 'm', '--for'], '--for needs a value\n'],
    [pauseTool, ['h:1', 'm', '--for', '--yes'], '--for needs a value\n'],
    [pauseTool, ['h:1', 'm', '--uri'], '--uri needs a value\n'],
    [pauseTool, ['h:1', 'm', '--yes=1'], '--yes takes no value\n'],
    [pauseTool, ['h:1', 'm', '--reasn', 'x'], 'there is no option --reasn. Did you mean: --reason?\n'],
    [resumeTool, ['h:1', 'm', 'x'], 'unexpected argument "x"'],
    [forgetTool, ['h:1', 'm'], 'replica or sentinel is expected'],
    [forgetTool, ['h:1', 'm', 'replica', '10.0.0.7'], 'the replica must be HOST:PORT'],
    [forgetTool, ['h:1', 'm', 'replica', '10.0.0.7:1', '--force'], '--force is for sentinels'],
    [switchoverTool, ['h:1', 'm', '--at', 'noon'], '--at must be a time'],
    [switchoverTool, ['h:1', 'm', '--timeout', 'x'], '--timeout must be a whole number'],
    [switchoverTool, ['h:1', 'm', '--cancel', '--at', '+1h'], '--cancel cannot be combined'],
    [failoverTool, ['h:1', 'm', '--to', 'x:1'], 'there is no option --to'],
    [failoverTool, [`127.0.0.1:${CLOSED_PORT}`, 'm', '--yes'], 'cannot be reached: connection refused'],
  ] as const)('refuses wrong arguments with status 2, case %#', async (tool, args, words) => {
    const { status, errors } = await run(tool, args)
    expect(errors).toContain(words)
    expect(status).toBe(2)
  })

  it.each([pauseTool, resumeTool, forgetTool, failoverTool, switchoverTool])('prints a help text with examples and exit codes, case %#', async (tool) => {
    const { text, status } = await run(tool, ['--help'])
    expect(text).toMatch(/Usage: ts-sentinel .*Exit codes: 0 .*1 .*2 .*3 .*Examples:\n/s)
    expect(status).toBe(0)
  })

  it('reports that the sentinel does not monitor this master', async () => {
    const port = await play({ id: 'a', answers: { 'SENTINEL MASTER': '-ERR No such master with that name' } })
    const { status, errors } = await run(resumeTool, [`127.0.0.1:${port}`, 'other', '--yes'])
    expect(errors).toContain(`127.0.0.1:${port}: it monitors no master named "other"`)
    expect(status).toBe(2)
  })

  it('refuses to act without a terminal and without --yes', async () => {
    const port = await play({ id: 'a' })
    const { status, errors } = await run(resumeTool, [`127.0.0.1:${port}`, 'mymaster'])
    expect(errors).toContain('there is no terminal to confirm it on: give --yes')
    expect(status).toBe(3)
  })

  it.each([['no', 3], ['', 3], ['yes', 0], ['Y', 0]] as const)('takes the answer %j of a terminal', async (answer, expected) => {
    const port = await play({ id: 'a', answers: { 'SENTINEL RESUME': 'OK' } })
    const { status, questions } = await run(resumeTool, [`127.0.0.1:${port}`, 'mymaster'], answer)
    expect(questions).toEqual(['Resume failovers of mymaster on 1 sentinel? Type yes to continue: '])
    expect(status).toBe(expected)
  })

  it('finds sentinels that only another one knows, and reports one that cannot be reached', async () => {
    const third = await play({ id: 'c', answers: { 'SENTINEL RESUME': 'OK' } })
    const second = await play({ id: 'b', peers: [{ id: 'c', port: third }, { id: 'd', port: CLOSED_PORT }], answers: { 'SENTINEL RESUME': 'OK' } })
    const first = await play({ id: 'a', peers: [{ id: 'b', port: second }], answers: { 'SENTINEL RESUME': 'OK' } })
    const { status, text } = await run(resumeTool, [`127.0.0.1:${first}`, 'mymaster', '--yes', '--json'])
    const { sentinels, resumed } = readDocument('resume', text)
    expect(sentinels.map(({ id }) => id)).toEqual(['a', 'b', 'c', 'd'].map(idOf))
    expect(sentinels.at(-1)).toMatchObject({ kind: null, ok: false, text: 'cannot be asked: connection refused' })
    expect(resumed).toBe(false)
    expect(status).toBe(1)
  })

  it('keeps a sentinel once that is listed under another address', async () => {
    const again = await play({ id: 'a', answers: { 'SENTINEL RESUME': 'OK' } })
    const second = await play({ id: 'b', answers: { 'SENTINEL RESUME': 'OK' } })
    const first = await play({ id: 'a', peers: [{ id: 'x', port: again }, { id: 'b', port: second }], answers: { 'SENTINEL RESUME': 'OK' } })
    const { status, text } = await run(resumeTool, [`127.0.0.1:${first}`, 'mymaster', '--yes', '--json'])
    expect(readDocument('resume', text).sentinels).toHaveLength(2)
    expect(status).toBe(0)
  })
})

describe('pause', () => {
  const PAUSED = (effective: string): Value => fields({ until: String(NOW + 60_000), paused: '1', known: '1', needed: '1', effective })

  it('reports until when failovers are impossible', async () => {
    const port = await play({ id: 'a', master: { quorum: '1' }, answers: { 'SENTINEL PAUSE': PAUSED('yes'), 'SENTINEL PAUSED': PAUSED('yes') } })
    const { status, text } = await run(pauseTool, [`127.0.0.1:${port}`, 'mymaster', '--for', '1m', '--yes'])
    expect(text).toContain('Failovers of mymaster are impossible until 2026-12-01 02:01:00 +00:00: 1 of 1 sentinels are paused, 1 must be.')
    expect(status).toBe(0)
    const utc = await run(pauseTool, [`127.0.0.1:${port}`, 'mymaster', '--for', '1m', '--yes', '--utc'])
    expect(utc.text).toContain('Failovers of mymaster are impossible until 2026-12-01 02:01:00Z: ')
    expect(utc.text).toContain('paused until 2026-12-01 02:01:00Z')
  })

  it('reports with status 1 that it is not effective, as the sentinels answer', async () => {
    const port = await play({ id: 'a', answers: { 'SENTINEL PAUSE': PAUSED('no'), 'SENTINEL PAUSED': PAUSED('no') } })
    const { status, text } = await run(pauseTool, [`127.0.0.1:${port}`, 'mymaster', '--for', '1m', '--yes', '--json'])
    const until = new Date(NOW + 60_000).toISOString()
    expect(readDocument('pause', text)).toMatchObject({ tool: 'pause', effective: false, paused: 1, until, sentinels: [{ paused: true, until }] })
    expect(status).toBe(1)
  })

  it.each(['original', 'older'] as const)('changes nothing where the only sentinel is an %s one', async (kind) => {
    const port = await play({ id: 'a', kind })
    const { status, errors } = await run(pauseTool, [`127.0.0.1:${port}`, 'mymaster', '--for', '1m', '--yes'])
    expect(errors).toContain('no sentinel that answers has SENTINEL PAUSE')
    expect(status).toBe(3)
  })
})

describe('forget', () => {
  const DEAD = [{ id: 'd', port: CLOSED_PORT, flags: 's_down,sentinel,disconnected' }]

  it('prints the majority before and after a sentinel is removed, and does not miss the dead one', async () => {
    const reply = fields({ 'forgotten': idOf('d'), 'until': String(NOW), 'known-before': '2', 'majority-before': '2', 'known-after': '1', 'majority-after': '1' })
    const port = await play({ id: 'a', peers: DEAD, answers: { 'SENTINEL FORGET': reply } })
    const { text, questions } = await run(forgetTool, [`127.0.0.1:${port}`, 'mymaster', 'sentinel', idOf('d')], 'yes')
    expect(text).toContain('mymaster has 2 sentinels, majority 2, quorum 2; afterwards 1, majority 1.')
    expect(questions).toEqual([`Forget the sentinel 127.0.0.1:${CLOSED_PORT} of mymaster? Type yes to continue: `])
    expect(text).not.toContain('cannot be asked')
  })

  it('refuses a sentinel that is up without --force', async () => {
    const second = await play({ id: 'b' })
    const port = await play({ id: 'a', peers: [{ id: 'b', port: second }] })
    const { status, errors } = await run(forgetTool, [`127.0.0.1:${port}`, 'mymaster', 'sentinel', `127.0.0.1:${second}`, '--yes'])
    expect(errors).toContain('is up')
    expect(status).toBe(3)
  })

  it('refuses a replica that is up, and changes nothing where every sentinel refuses', async () => {
    const port = await play({ id: 'a', peers: DEAD, answers: { 'SENTINEL FORGET': '-ERR the majority would be smaller' } })
    const up = await run(forgetTool, [`127.0.0.1:${port}`, 'mymaster', 'replica', '127.0.0.1:2', '--yes'])
    expect(up.errors).toContain('the replica 127.0.0.1:2 is up')
    expect(up.status).toBe(3)
    const refused = await run(forgetTool, [`127.0.0.1:${port}`, 'mymaster', 'sentinel', idOf('d'), '--yes'])
    expect(refused.errors).toContain('refused: "ERR the majority would be smaller"')
    expect(refused.status).toBe(3)
  })

  it('changes nothing where no sentinel knows the address', async () => {
    const port = await play({ id: 'a' })
    const { status, errors } = await run(forgetTool, [`127.0.0.1:${port}`, 'mymaster', 'replica', '10.9.9.9:6379', '--yes'])
    expect(errors).toContain('no sentinel that answers knows the replica 10.9.9.9:6379')
    expect(status).toBe(3)
  })
})

describe('switchover and failover', () => {
  it('refuse without a replica that can be promoted', async () => {
    const answers = { 'SENTINEL EXPLAIN': fields({ 'replica-1': '127.0.0.1:2 excluded: its replica-priority is 0: it must never be promoted' }) }
    const port = await play({ id: 'a', answers })
    for (const tool of [switchoverTool, failoverTool]) {
      const { status, errors, text } = await run(tool, [`127.0.0.1:${port}`, 'mymaster', '--yes'])
      expect(text).toContain('excluded: its replica-priority is 0')
      expect(errors).toContain('no replica of mymaster can be promoted')
      expect(status).toBe(3)
    }
  })

  it('refuse while a failover runs', async () => {
    const port = await play({ id: 'a', master: { 'failover-state': 'wait_promotion' } })
    for (const tool of [switchoverTool, failoverTool]) {
      const { status, errors } = await run(tool, [`127.0.0.1:${port}`, 'mymaster', '--yes'])
      expect(errors).toContain('a failover of mymaster runs already (wait_promotion)')
      expect(status).toBe(3)
    }
  })

  it('refuse a target that is no replica', async () => {
    const port = await play({ id: 'a' })
    const { status, errors } = await run(switchoverTool, [`127.0.0.1:${port}`, 'mymaster', '--to', '10.0.0.9:6379', '--yes'])
    expect(errors).toContain('10.0.0.9:6379 is no replica of mymaster')
    expect(status).toBe(3)
  })

  it('refuse a failover without a quorum, unless it is forced', async () => {
    const answers = { 'SENTINEL CKQUORUM': '-NOQUORUM 1 usable Sentinels. Not enough available Sentinels to reach the majority', 'SENTINEL FAILOVER': '-INPROG Failover already in progress' }
    const port = await play({ id: 'a', answers })
    const { status, errors, text } = await run(failoverTool, [`127.0.0.1:${port}`, 'mymaster', '--yes'])
    expect(text).toContain('NOQUORUM 1 usable Sentinels')
    expect(errors).toContain('give --force')
    expect(status).toBe(3)
    expect((await run(failoverTool, [`127.0.0.1:${port}`, 'mymaster', '--yes', '--force'])).errors).toContain('refused the failover: "INPROG')
  })

  it('report that a fleet of original sentinels has no coordinated failover', async () => {
    const port = await play({ id: 'a', kind: 'original' })
    const { status, errors } = await run(switchoverTool, [`127.0.0.1:${port}`, 'mymaster', '--yes'])
    expect(errors).toContain('no sentinel that answers has the coordinated failover')
    expect(errors).toContain('ts-sentinel failover is possible')
    expect(status).toBe(3)
  })

  it('explain the refusal of the sentinel', async () => {
    const port = await play({ id: 'a', answers: { 'SENTINEL FAILOVER': '-NOGOODPRIMARY the master is too old' } })
    const { status, errors } = await run(switchoverTool, [`127.0.0.1:${port}`, 'mymaster', '--yes'])
    expect(errors).toContain('refused the switchover: the master is not fit for it; it answered "NOGOODPRIMARY the master is too old"')
    expect(status).toBe(3)
  })

  it('go on with another sentinel when the leading one dies after the order, with status 1', async () => {
    const second = await play({ id: 'b', answers: { 'SENTINEL GET-MASTER-ADDR-BY-NAME': ['127.0.0.1', '2'] } })
    const port = await play({ id: 'a', peers: [{ id: 'b', port: second }], answers: { 'SENTINEL FAILOVER': DIES } })
    const { status, text } = await run(switchoverTool, [`127.0.0.1:${port}`, 'mymaster', '--yes'])
    expect(text).toContain(`127.0.0.1:${port} did not answer the order: the connection was closed`)
    expect(text).toContain('The master of mymaster is 127.0.0.1:2 now; it was 127.0.0.1:1.')
    expect(text).toContain('Only 1 of 2 sentinels are known to name 127.0.0.1:2.')
    expect(status).toBe(1)
  })

  it('print what has happened as a document', async () => {
    const answers = { 'SENTINEL FAILOVER': 'OK', 'SENTINEL GET-MASTER-ADDR-BY-NAME': ['127.0.0.1', '2'] }
    const port = await play({ id: 'a', answers })
    for (const [tool, name] of [[switchoverTool, 'switchover'], [failoverTool, 'failover']] as const) {
      const { status, text } = await run(tool, [`127.0.0.1:${port}`, 'mymaster', '--yes', '--json'])
      expect(readDocument('switch', text)).toMatchObject({
        tool: name, outcome: 'switched', from: '127.0.0.1:1', to: '127.0.0.1:2', abort: null, outageMs: null,
        sentinels: [{ kind: 'ts-sentinel', ok: true, namesMaster: '127.0.0.1:2' }],
      })
      expect(status).toBe(0)
    }
  })

  it('put a schedule on all sentinels, and count those that have none as able', async () => {
    const original = await play({ id: 'b', kind: 'original' })
    const port = await play({ id: 'a', peers: [{ id: 'b', port: original }], answers: { 'SENTINEL FAILOVER': 'OK' } })
    const { status, text } = await run(switchoverTool, [`127.0.0.1:${port}`, 'mymaster', '--at', '+30m', '--yes'])
    expect(text).toContain('scheduled at 2026-12-01 02:30:00 +00:00')
    expect(text).toContain('an original sentinel has no schedule')
    expect(text).toContain('1 sentinel will switch mymaster over at 2026-12-01 02:30:00 +00:00')
    expect(status).toBe(0)
    const { text: json } = await run(switchoverTool, [`127.0.0.1:${port}`, 'mymaster', '--at', '+30m', '--yes', '--json'])
    expect(readDocument('schedule', json)).toMatchObject({
      action: 'schedule', at: '2026-12-01T02:30:00.000Z', sentinels: [{ kind: 'ts-sentinel', done: true }, { kind: 'original', done: false }],
    })
  })

  it('cancel a schedule, also where a sentinel has none', async () => {
    const second = await play({ id: 'b', answers: { 'SENTINEL FAILOVER': '-ERR no switchover is scheduled' } })
    const port = await play({ id: 'a', peers: [{ id: 'b', port: second }], answers: { 'SENTINEL FAILOVER': 'OK' } })
    const { status, text } = await run(switchoverTool, [`127.0.0.1:${port}`, 'mymaster', '--cancel', '--yes'])
    expect(text).toMatch(/ours|ts-sentinel +cancelled/)
    expect(text).toContain('had no schedule')
    expect(status).toBe(0)
    const { text: json } = await run(switchoverTool, [`127.0.0.1:${port}`, 'mymaster', '--cancel', '--yes', '--json'])
    expect(readDocument('schedule', json)).toMatchObject({ action: 'cancel', at: null, sentinels: [{ done: true }, { done: false }] })
  })
})

describe('the distance of replicas from their master', () => {
  const offsets = offsetsIn('master_repl_offset:1000\r\nslave0:ip=10.0.0.2,port=6379,state=online,offset=990,lag=0\r\n'
    + 'slave1:ip=::1,port=6380,state=online,offset=1000,lag=1\r\nslave2:ip=10.0.0.4,port=6379,state=wait_bgsave,lag=0\r\n')

  it('is what the replica has neither acknowledged nor reported itself', () => {
    expect(lagOf(offsets, '10.0.0.2:6379', 600)).toBe(10)
    expect(lagOf(offsets, '10.0.0.2:6379', 995)).toBe(5)
    expect(lagOf(offsets, '10.0.0.2:6379', 1200)).toBe(0)
    expect(lagOf(offsets, '[::1]:6380', Number.NaN)).toBe(0)
  })

  it('is unknown for a replica that the master does not list or that has no offset', () => {
    expect(lagOf(offsets, '10.0.0.9:6379', 1000)).toBeUndefined()
    expect(lagOf(offsets, '10.0.0.4:6379', Number.NaN)).toBeUndefined()
    expect(lagOf(offsetsIn(''), '10.0.0.2:6379', 1)).toBeUndefined()
  })
})
