/** SIGHUP: what an operator changes in the files takes effect, or is refused as a whole, and nothing else changes. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'

import {
  CommandConnection, eventually, messageOf, notYet, withDeployment, Workspace, type Deployment, type Reply,
} from '../../src/harness/index.ts'
import { Program } from './process-program.ts'

const A = 'a'.repeat(40)
const B = 'b'.repeat(40)
/** What the sentinel knows about `one` and must not lose: two replicas, another sentinel, epochs. */
const KNOWN = [
  'sentinel config-epoch one 7', 'sentinel leader-epoch one 8', 'sentinel known-replica one 127.0.0.1 19002',
  'sentinel known-replica one 127.0.0.1 19003', `sentinel known-sentinel one 127.0.0.1 19004 ${B}`, 'sentinel current-epoch 9',
]

let workspace: Workspace
beforeAll(() => { workspace = new Workspace('reload-test') })
afterAll(async () => { await workspace.remove() })

/** A sentinel whose nodes do not answer: what it monitors is only what its file says. */
class Sentinel {
  readonly folder: string
  readonly port: number
  readonly httpPort: number
  program!: Program
  #connection!: CommandConnection

  private constructor(port: number, httpPort: number) {
    this.folder = join(workspace.folder, `${port}`)
    this.port = port
    this.httpPort = httpPort
    mkdirSync(this.folder)
    this.write('http-token', 'first token\n')
    this.write('actions-token', 'first order\n')
    this.write('requirepass', 'word-one\n')
    this.write('ts-sentinel.ini', [
      '[http]', `listen = 127.0.0.1:${httpPort}`, 'token-file = http-token', 'actions-token-file = actions-token', '[secrets]', 'requirepass-file = requirepass',
      '[protection]', 'witnesses = no', '',
    ].join('\n'))
    this.write('sentinel.conf', [
      `port ${port}`, `sentinel myid ${A}`, 'sentinel monitor one 127.0.0.1 19001 2', 'sentinel down-after-milliseconds one 60000',
      'sentinel monitor two 127.0.0.1 19011 2', 'sentinel down-after-milliseconds two 60000', ...KNOWN, '',
    ].join('\n'))
  }

  static async start(): Promise<Sentinel> {
    const sentinel = new Sentinel(await workspace.claimPort(), await workspace.claimPort())
    sentinel.program = new Program('ours', workspace, { cwd: sentinel.folder, args: ['sentinel.conf'] })
    await sentinel.program.logged('+monitor master two')
    await sentinel.program.logged('HTTP: listening')
    sentinel.login('word-one')
    return sentinel
  }

  login(password: string): void {
    this.#connection = this.connect(password)
  }

  connect(password: string): CommandConnection {
    return new CommandConnection({ host: '127.0.0.1', port: this.port, password })
  }

  write(name: string, text: string): void {
    writeFileSync(join(this.folder, name), text, { mode: 0o600 })
  }

  read(name: string): string {
    return readFileSync(join(this.folder, name), 'utf8')
  }

  edit(from: string | RegExp, to: string, name = 'sentinel.conf'): void {
    const before = this.read(name)
    const after = before.replace(from, to)
    expect(after, `${String(from)} in ${name}`).not.toBe(before)
    this.write(name, after)
  }

  call(...command: [string, ...string[]]): Promise<Reply> {
    return this.#connection.call(command)
  }

  async master(name: string): Promise<Record<string, string>> {
    const fields = await this.call('SENTINEL', 'MASTER', name) as string[]
    return Object.fromEntries(fields.flatMap((field, at) => at % 2 === 0 ? [[field, fields[at + 1] ?? '']] : []))
  }

  /** The log of one reload, without time and level. */
  async hup(): Promise<string> {
    const from = this.program.stdout.length
    this.program.child.kill('SIGHUP')
    return eventually('the end of the reload', () => {
      const log = this.program.stdout.slice(from)
      if (!/Reload: (nothing |\d+ changes? made)|Reload refused/.test(log)) throw notYet(log)
      return log.replace(/^\d+:X .*? [.*#-] /gm, '')
    }, { timeoutMs: 10_000, everyMs: 5 })
  }

  /** What must stay, in the file and in memory. */
  async expectNothingLost(): Promise<void> {
    for (const line of KNOWN) expect(this.read('sentinel.conf')).toContain(`${line}\n`)
    expect(this.read('sentinel.conf')).toContain(`sentinel myid ${A}\n`)
    expect(await this.master('one')).toMatchObject({ 'num-slaves': '2', 'num-other-sentinels': '1', 'config-epoch': '7' })
  }
}

describe('SIGHUP', () => {
  let sentinel: Sentinel
  beforeAll(async () => { sentinel = await Sentinel.start() })
  afterAll(async () => { await sentinel.program.endBy('SIGKILL') })
  beforeEach(async () => { await sentinel.expectNothingLost() })

  it('changes nothing where the files are as they were', async () => {
    const before = sentinel.read('sentinel.conf')
    expect(await sentinel.hup()).toContain('Reload: nothing has changed')
    expect(sentinel.read('sentinel.conf')).toBe(before)
  })

  it('adds a master of the file', async () => {
    sentinel.edit('sentinel monitor two', 'sentinel monitor three 127.0.0.1 19021 1\nsentinel auth-pass three hidden-word\nsentinel monitor two')
    const log = await sentinel.hup()
    expect(log).toContain('Reload: three is monitored at 127.0.0.1:19021 with quorum 1')
    expect(log).toContain('Reload: 1 change made and saved')
    expect(log).not.toContain('hidden-word')
    expect(await sentinel.master('three')).toMatchObject({ port: '19021', quorum: '1' })
    expect(sentinel.read('sentinel.conf')).toContain('sentinel auth-pass three hidden-word\n')
  })

  it('removes a master that the file has no more', async () => {
    sentinel.edit(/^sentinel \S+ three.*\n/gm, '')
    expect(await sentinel.hup()).toContain('Reload: three is not monitored any more')
    await expect(sentinel.call('SENTINEL', 'MASTER', 'three')).rejects.toThrow('No such master')
    expect(sentinel.read('sentinel.conf')).not.toContain('three')
  })

  it('changes settings of a master, and sets what has no line any more to its default', async () => {
    sentinel.edit('monitor one 127.0.0.1 19001 2', 'monitor one 127.0.0.1 19001 3')
    sentinel.edit('sentinel down-after-milliseconds two 60000\n', '# a comment\n')
    const log = await sentinel.hup()
    expect(log).toContain('Reload: one: quorum 3, before 2')
    expect(log).toContain('Reload: two: down-after-milliseconds 30000, before 60000')
    expect(log).toContain('Reload: 2 changes made and saved')
    expect([await sentinel.master('one'), await sentinel.master('two')])
      .toMatchObject([{ quorum: '3' }, { 'down-after-milliseconds': '30000' }])
    expect(sentinel.read('sentinel.conf')).toContain('# a comment\n')
  })

  it('keeps what clients have set since the start', async () => {
    await sentinel.call('SENTINEL', 'SET', 'one', 'parallel-syncs', '5')
    sentinel.edit('monitor one 127.0.0.1 19001 3', 'monitor one 127.0.0.1 19001 2')
    expect(await sentinel.hup()).toContain('Reload: one: quorum 2, before 3')
    expect(await sentinel.master('one')).toMatchObject({ 'quorum': '2', 'parallel-syncs': '5' })
  })

  it('gives a master another address as REMOVE and MONITOR do, with its settings', async () => {
    await sentinel.call('SENTINEL', 'SET', 'two', 'quorum', '4')
    sentinel.edit('monitor two 127.0.0.1 19011', 'monitor two 127.0.0.1 19012')
    const log = await sentinel.hup()
    expect(log).toContain('Reload: two is monitored at 127.0.0.1:19012, before at 127.0.0.1:19011')
    expect(log.indexOf('-monitor master two 127.0.0.1 19011')).toBeLessThan(log.indexOf('+monitor master two 127.0.0.1 19012 quorum 4'))
    expect(await sentinel.master('two')).toMatchObject({ port: '19012', quorum: '4' })
  })

  it('does not move a master to one of its replicas, as a file from before a failover would', async () => {
    sentinel.edit('monitor one 127.0.0.1 19001', 'monitor one 127.0.0.1 19002')
    expect(await sentinel.hup()).toContain('Reload: one is not moved: the address in the file is that of a known node of this master')
    expect(await sentinel.master('one')).toMatchObject({ port: '19001' })
    expect(sentinel.read('sentinel.conf')).toContain('sentinel monitor one 127.0.0.1 19001 2\n')
  })

  it('does not read lines that the sentinel writes, and logs that', async () => {
    sentinel.edit('sentinel known-replica one 127.0.0.1 19002\n', '')
    expect(await sentinel.hup()).toContain('known-replica, known-sentinel, epoch and myid lines changed, but are not read again')
  })

  it('refuses everything because of one wrong line, with the place and without what it contains', async () => {
    const good = sentinel.read('sentinel.conf')
    sentinel.write('sentinel.conf', `${good.replace('19001 2', '19001 9')}sentinel auth-pass one hidden-word and more\n`)
    sentinel.edit('witnesses = no', 'witnesses = perhaps', 'ts-sentinel.ini')
    const log = await sentinel.hup()
    const line = good.split('\n').length
    expect(log).toContain(`Reload: ${sentinel.folder}/sentinel.conf:${line}: Unrecognized sentinel configuration statement.`)
    expect(log).toContain(`Reload: ${sentinel.folder}/ts-sentinel.ini:8: 'perhaps' is not one of yes, no.`)
    expect(log).toContain('Reload refused because of 2 problems: nothing has changed')
    expect(log).not.toContain('hidden-word')
    expect(await sentinel.master('one')).toMatchObject({ quorum: '2' })
    sentinel.write('sentinel.conf', `${good}user bob on >hidden-word +ping nonsense\n`)
    const refusal = await sentinel.hup()
    expect(refusal).toContain('Error in user declaration: ')
    expect(refusal).not.toContain('hidden-word')
    sentinel.write('sentinel.conf', good)
    sentinel.edit('witnesses = perhaps', 'witnesses = no', 'ts-sentinel.ini')
    expect(await sentinel.hup()).toContain('Reload: nothing has changed')
  })

  it('names what takes effect at the next start, keeps it in the file, and applies the rest', async () => {
    sentinel.edit(/^port \d+\n/m, `port ${sentinel.port}\ntcp-backlog 99\nloglevel verbose\nuser bob on +ping\n`)
    const log = await sentinel.hup()
    expect(log).toContain('Reload: tcp-backlog 99, before 511; takes effect at the next start')
    expect(log).toContain('Reload: loglevel verbose, before notice')
    expect(log).toContain('Reload: user lines changed, but are not read again')
    expect(await sentinel.call('SENTINEL', 'CONFIG', 'GET', 'loglevel')).toEqual(['loglevel', 'verbose'])
    await sentinel.call('SENTINEL', 'FLUSHCONFIG')
    expect(sentinel.read('sentinel.conf')).toContain('tcp-backlog 99\nloglevel verbose\n')
  })

  it('changes settings of the whole sentinel', async () => {
    sentinel.write('sentinel.conf', `${sentinel.read('sentinel.conf')}sentinel announce-ip 127.0.0.9\nsentinel sentinel-pass hidden-word\n`)
    const log = await sentinel.hup()
    expect(log).toContain('Reload: announce-ip 127.0.0.9')
    expect(log).toContain('Reload: sentinel-pass changed')
    expect(log).not.toContain('hidden-word')
    expect(await sentinel.call('SENTINEL', 'CONFIG', 'GET', 'announce-ip')).toEqual(['announce-ip', '127.0.0.9'])
  })

  it('changes protection and names sections of unknown masters', async () => {
    sentinel.edit('witnesses = no', 'witnesses = yes\n[master nobody]\ncrash-detection = 200', 'ts-sentinel.ini')
    const log = await sentinel.hup()
    expect(log).toContain('Reload: [protection] witnesses = yes, before no')
    expect(log).toContain('Reload: [master nobody] crash-detection = 200')
    expect(log).toContain('[master nobody], but no master of this name is monitored')
  })

  it('reads secrets again: for new clients and for HTTP', async () => {
    sentinel.write('requirepass', 'word-two\n')
    sentinel.write('http-token', 'second token\n')
    sentinel.write('actions-token', 'second order\n')
    const log = await sentinel.hup()
    expect(log).toContain('Reload: the secret requirepass changed')
    expect(log).toContain('Reload: [http] token: its file changed')
    expect(log).toContain('Reload: [http] actions-token: its file changed')
    await expect(sentinel.connect('word-one').call(['PING'])).rejects.toThrow()
    expect(await sentinel.connect('word-two').call(['PING'])).toBe('PONG')
    // A connection that has logged in stays.
    expect(await sentinel.call('PING')).toBe('PONG')
    const status = async (token: string) => (
      await fetch(`http://127.0.0.1:${sentinel.httpPort}/masters`, { headers: { authorization: `Bearer ${token}` } })
    ).status
    expect([await status('first token'), await status('second token')]).toEqual([401, 200])
    // The token for actions allows reading as well.
    expect([await status('first order'), await status('second order')]).toEqual([401, 200])
    sentinel.login('word-two')
  })

  it('refuses to go on without a secret', async () => {
    rmSync(join(sentinel.folder, 'requirepass'))
    sentinel.edit('monitor one 127.0.0.1 19001 2', 'monitor one 127.0.0.1 19001 6')
    const log = await sentinel.hup()
    expect(log).toContain(`ts-sentinel.ini:6: ${sentinel.folder}/requirepass cannot be read: No such file or directory`)
    expect(log).toContain('Reload refused because of 1 problem: nothing has changed')
    expect(await sentinel.master('one')).toMatchObject({ quorum: '2' })
    expect(await sentinel.connect('word-two').call(['PING'])).toBe('PONG')
    sentinel.edit('monitor one 127.0.0.1 19001 6', 'monitor one 127.0.0.1 19001 2')
    sentinel.write('requirepass', 'word-two\n')
    expect(await sentinel.hup()).toContain('Reload: nothing has changed')
  })

  it('loses no secret to a file or to the log', () => {
    for (const secret of ['word-one', 'word-two', 'first token', 'second token', 'first order', 'second order']) {
      expect(sentinel.read('sentinel.conf')).not.toContain(secret)
      expect(sentinel.program.stdout).not.toContain(secret)
    }
    expect(sentinel.read('sentinel.conf')).not.toContain('requirepass')
    expect(sentinel.read('sentinel.conf')).not.toContain('user default')
  })

  it('comes too late for an edit that a save has overwritten, which the log has named', async () => {
    sentinel.edit('monitor one 127.0.0.1 19001 2', 'monitor one 127.0.0.1 19001 5')
    await sentinel.call('SENTINEL', 'SET', 'two', 'parallel-syncs', '2')
    await sentinel.program.logged('was changed by another program, and a save has replaced the changed lines (sentinel monitor one)')
    expect(await sentinel.hup()).toContain('Reload: nothing has changed')
    expect(await sentinel.master('one')).toMatchObject({ quorum: '2' })
  })
})

describe('SIGHUP beside a state file', () => {
  it('applies what changed in the main file, which stays as it is, and keeps it over a restart', async () => {
    const [folder, port] = [join(workspace.folder, 'with-state'), await workspace.claimPort()]
    mkdirSync(folder)
    const main = (lines: string): string => `port ${port}\nsentinel state-config-file state.conf\n${lines}`
    const write = (lines: string) => { writeFileSync(join(folder, 'sentinel.conf'), main(lines)) }
    const start = () => new Program('ours', workspace, { cwd: folder, args: ['sentinel.conf'] })
    write('sentinel monitor one 127.0.0.1 19001 2\nsentinel monitor gone 127.0.0.1 19011 2\n')
    const program = start()
    await program.logged('+monitor master gone')
    const after = 'sentinel monitor new 127.0.0.1 19021 1\nsentinel monitor one 127.0.0.1 19001 3\n'
    write(after)
    program.child.kill('SIGHUP')
    await program.logged('Reload: 3 changes made and saved')
    for (const line of ['gone is not monitored any more', 'new is monitored at 127.0.0.1:19021', 'one: quorum 3, before 2']) {
      expect(program.stdout).toContain(`Reload: ${line}`)
    }
    expect(readFileSync(join(folder, 'sentinel.conf'), 'utf8')).toBe(main(after))
    await program.endBy('SIGTERM')
    const again = start()
    await again.logged('+monitor master one 127.0.0.1 19001 quorum 3')
    await again.logged('+monitor master new 127.0.0.1 19021 quorum 1')
    expect(again.stdout).not.toContain('+monitor master gone')
    again.child.kill('SIGHUP')
    await again.logged('Reload: nothing has changed')
    await again.endBy('SIGTERM')
  })
})

const SECRETS = (folder: string): string => [
  '[secrets]', `auth-pass-file = ${folder}/auth-pass`, `sentinel-pass-file = ${folder}/sentinel-pass`,
  `requirepass-file = ${folder}/sentinel-pass`, '',
].join('\n')

describe('secrets that are rotated while the sentinels are connected', () => {
  it('are used on new connections to nodes and sentinels, and nothing is taken for down', async () => {
    await withDeployment({ password: 'data-0', sentinelPassword: 'peers-0', downAfterMs: 3000 }, async (deployment) => {
      const [first] = deployment.sentinels
      if (first === undefined) throw new Error('no sentinel')
      const folder = dirname(first.configFile)
      const before = await factsOf(deployment)
      const { position } = deployment.timeline
      rotate(deployment, folder, { data: 'data-0', peers: 'peers-0' })
      await reloadAll(deployment)
      for (const node of deployment.nodes) {
        await node.call(['CONFIG', 'SET', 'masterauth', 'data-1'])
        await node.call(['CONFIG', 'SET', 'requirepass', 'data-1'])
        node.useLogin({ password: 'data-1' })
      }
      rotate(deployment, folder, { data: 'data-1', peers: 'peers-1' })
      await reloadAll(deployment)
      for (const sentinel of deployment.sentinels) sentinel.useLogin({ password: 'peers-1' })
      // Links that are up keep their login: only new ones show that the secrets are right.
      for (const node of deployment.nodes) for (const type of ['normal', 'pubsub']) await node.call(['CLIENT', 'KILL', 'TYPE', type])
      for (const sentinel of deployment.sentinels) await sentinel.call(['CLIENT', 'KILL', 'TYPE', 'normal'])
      await deployment.waitUntilFormed()
      expect(deployment.timeline.all({ event: '+sdown', after: position })).toEqual([])
      expect(await factsOf(deployment)).toEqual(before)
      for (const sentinel of deployment.sentinels) {
        const denied = await sentinel.call(['SENTINEL', 'SET', deployment.group.name, 'auth-pass', 'x']).catch(messageOf)
        expect(denied).toContain('auth-pass comes from a file or variable')
        expect(sentinel.configText() + sentinel.logLines().join('')).not.toMatch(/data-1|peers-1/)
      }
    })
  }, 60_000)
})

/** What each sentinel knows about the master, and must keep. */
async function factsOf(deployment: Deployment): Promise<unknown> {
  return Promise.all(deployment.sentinels.map(async (sentinel) => {
    const { port, 'config-epoch': epoch, 'num-slaves': replicas, 'num-other-sentinels': others } = await sentinel.master(deployment.group.name)
    return { port, epoch, replicas, others }
  }))
}

function rotate(
  deployment: Deployment, folder: string, { data, peers }: Readonly<Record<'data' | 'peers', string>>,
): void {
  writeFileSync(join(folder, 'auth-pass'), `${data}\n`, { mode: 0o600 })
  writeFileSync(join(folder, 'sentinel-pass'), `${peers}\n`, { mode: 0o600 })
  for (const sentinel of deployment.sentinels) {
    writeFileSync(join(dirname(sentinel.configFile), 'ts-sentinel.ini'), SECRETS(folder), { mode: 0o600 })
  }
}

async function reloadAll(deployment: Deployment): Promise<void> {
  for (const sentinel of deployment.sentinels) {
    const lines = sentinel.logLines().length
    process.kill(sentinel.process.pid ?? 0, 'SIGHUP')
    await eventually('the end of the reload', () => {
      const log = sentinel.logLines().slice(lines).join('\n')
      if (!log.includes('made and saved')) throw notYet(log)
    }, { timeoutMs: 10_000 })
  }
}
