/**
 * Notification and reconfiguration scripts beside the genuine program: the same scripts, the same calls, the same
 * events (behaviour.md 10.2, 10.3).
 */
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { CommandConnection, eventually, notYet, withDeployment, Workspace } from '../../src/harness/index.ts'
import { messagesOf, Program } from '../integration/process-program.ts'

const KINDS = ['ours', 'genuine'] as const

/** A script that does what the quorum in its second word stands for; $0 tells the folder that it works in. */
const NOTIFY = `#!/bin/sh
cd "$(dirname "$0")"
n=\${2##* }
words=$(printf '[%s]' "$@")
echo "$words" >> calls
case $n in
  */notify) ;;
  1) ;;
  2) exit 1 ;;
  3) exit 2 ;;
  4) exit 255 ;;
  5) [ -e once-$n ] && exit 0; touch once-$n; kill -TERM $$ ;;
  6) [ -e once-$n ] && exit 0; touch once-$n; exec sleep 60 ;;
  7) [ -e once-$n ] && exit 0; touch once-$n; exit 1 ;;
  8) tr '\\0' '\\n' < /proc/$$/environ > environment; exec ls -l /proc/self/fd > descriptors ;;
  *) while [ ! -e go ] && [ -e sentinel.conf ]; do sleep 0.05; done ;;
esac
`

/** We take 64 options in one SENTINEL SET (docs/limits.md); the original takes any number. */
const OPTIONS_PER_SET = 50

let workspace: Workspace
beforeAll(() => { workspace = new Workspace('scripts') })
afterAll(async () => { await workspace.remove() })

interface ScriptedOptions {
  readonly name: string
  readonly port: number
  readonly masterPort: number
  readonly script?: string
}

/** A sentinel with one master that is not there and is not missed, and with the script above. */
class Scripted {
  readonly folder: string
  readonly program: Program
  readonly #connection: CommandConnection
  readonly #masterPort: number
  readonly #script: string
  #ended: Promise<void> | undefined

  constructor(kind: typeof KINDS[number], { port, masterPort, script = NOTIFY, name }: ScriptedOptions) {
    this.folder = join(workspace.folder, `${kind}-${name}`)
    this.#masterPort = masterPort
    mkdirSync(this.folder)
    this.#script = join(this.folder, 'notify')
    writeFileSync(this.#script, script)
    chmodSync(this.#script, 0o755)
    writeFileSync(join(this.folder, 'sentinel.conf'), [
      `port ${port}`, 'loglevel debug', 'logfile s.log', 'unixsocket s.sock', 'sentinel deny-scripts-reconfig no',
      `sentinel monitor m 127.0.0.1 ${masterPort} 2`, 'sentinel down-after-milliseconds m 3600000', '',
    ].join('\n'))
    this.program = new Program(kind, workspace, {
      cwd: this.folder, args: ['sentinel.conf'], env: { GREETING: 'one two', EMPTY: '' },
    })
    this.#connection = new CommandConnection({ host: '127.0.0.1', port })
  }

  async start(): Promise<void> {
    await eventually('an answer', () => this.call('PING'))
    await this.call('SENTINEL', 'DEBUG', 'script-retry-delay', '1')
    await this.call('SENTINEL', 'DEBUG', 'script-max-runtime', '400')
    await this.call('SENTINEL', 'SET', 'm', 'notification-script', this.#script)
    await this.idle()
    rmSync(join(this.folder, 'calls'), { force: true })
  }

  call(...words: [string, ...string[]]) {
    return this.#connection.call(words)
  }

  /** Each of these numbers gives one event, and so one call of the script. */
  async notify(...numbers: readonly number[]): Promise<void> {
    for (let at = 0; at < numbers.length; at += OPTIONS_PER_SET) {
      const some = numbers.slice(at, at + OPTIONS_PER_SET)
      await this.call('SENTINEL', 'SET', 'm', ...some.flatMap((number) => ['quorum', String(number)]))
    }
  }

  async pending(): Promise<readonly Readonly<Record<string, unknown>>[]> {
    const list = await this.call('SENTINEL', 'PENDING-SCRIPTS') as readonly (readonly unknown[])[]
    return list.map((fields) => Object.fromEntries(
      fields.flatMap((field, at) => at % 2 === 0 ? [[String(field), fields[at + 1]]] : []),
    ))
  }

  async idle(): Promise<void> {
    await eventually('an empty script queue', async () => {
      const left = await this.pending()
      if (left.length > 0) throw notYet(JSON.stringify(left))
    }, { timeoutMs: 20_000 })
  }

  read(name: string): string {
    return readFileSync(join(this.folder, name), 'utf8').replaceAll(this.folder, '<folder>')
  }

  calls(): string[] {
    return this.read('calls').replaceAll(`127.0.0.1 ${this.#masterPort}`, 'ADDRESS').trim().split('\n')
  }

  /** What the log says about scripts, with process ids as letters. Ends the sentinel: then its log is complete. */
  async story(): Promise<string[]> {
    await this.end()
    const letters = new Map<string, string>()
    const letter = (pid: string) => {
      const known = letters.get(pid) ?? String.fromCharCode(65 + letters.size)
      letters.set(pid, known)
      return known
    }
    return messagesOf(this.read('s.log')).filter((line) => /^[+-]script-/.test(line)).map((line) => line
      .replace(/^([+-]script-child) (\d+)/, (_all, name: string, pid: string) => `${name} ${letter(pid)}`)
      .replace(/^(-script-timeout .*) (\d+)$/, (_all, name: string, pid: string) => `${name} ${letter(pid)}`))
  }

  end(): Promise<void> {
    this.#connection.close()
    this.#ended ??= this.program.endBy('SIGTERM').then(() => undefined)
    return this.#ended
  }
}

/** Runs the same work on both, each with a sentinel of its own. */
async function both<T>(name: string, work: (sentinel: Scripted) => Promise<T>, script?: string) {
  const results = await Promise.all(KINDS.map(async (kind) => {
    const sentinel = new Scripted(kind, {
      port: await workspace.claimPort(), masterPort: await workspace.claimPort(), name,
      ...(script === undefined ? {} : { script }),
    })
    try {
      await sentinel.start()
      return await work(sentinel)
    } finally {
      await sentinel.end()
    }
  }))
  const [ours, genuine] = results as [T, T]
  return { ours, genuine }
}

describe('notification scripts', () => {
  it.each([
    ['exit 0', 1, 1], ['exit 1', 2, 10], ['exit 2', 3, 1], ['exit 255', 4, 1], ['death by a signal', 5, 2],
    ['a time-out', 6, 2], ['exit 1 and then 0', 7, 2],
  ])('are called as by the genuine program, with its events, after %s', async (_what, number, calls) => {
    const { ours, genuine } = await both(`end-${number}`, async (sentinel) => {
      await sentinel.notify(number)
      await sentinel.idle()
      return { calls: sentinel.calls(), story: await sentinel.story() }
    })
    expect(ours).toEqual(genuine)
    expect(ours.calls).toEqual(Array(calls).fill(`[+set][master m ADDRESS quorum ${number}]`))
  })

  it.each([
    ['is no longer there', NOTIFY, (file: string) => { rmSync(file) }],
    ['may no longer be executed', NOTIFY, (file: string) => { chmodSync(file, 0o644) }],
    ['has no #! line', 'echo called > "$(dirname "$0")/called"\n', () => undefined],
    ['is empty', '', () => undefined],
    ['names an interpreter that is not there', '#!/nonexistent/sh\n', () => undefined],
  ])('a script that %s ends with status 2, once', async (what, script, spoil) => {
    const { ours, genuine } = await both(`spoilt-${what.replaceAll(/\W/g, '-')}`, async (sentinel) => {
      spoil(join(sentinel.folder, 'notify'))
      await sentinel.notify(1)
      await sentinel.idle()
      return {
        // Ours knows before there is a process, so there is no process to tell of; these lines are for debugging.
        story: (await sentinel.story()).filter((line) => !/^[+-]script-child/.test(line)),
        called: existsSync(join(sentinel.folder, 'called')),
      }
    }, script)
    expect(ours).toEqual(genuine)
    expect(ours).toMatchObject({ story: expect.arrayContaining(['-script-error <folder>/notify 0 2']) as string[], called: false })
  })

  it('have the environment of the genuine program, and no descriptor beside the standard streams', async () => {
    const { ours, genuine } = await both('environment', async (sentinel) => {
      await sentinel.notify(8)
      await sentinel.idle()
      return { environment: sentinel.read('environment'), descriptors: sentinel.read('descriptors') }
    })
    expect(ours.environment).toEqual(genuine.environment)
    expect(ours.environment).toContain('GREETING=one two\nEMPTY=\n')
    const links = ours.descriptors.split('\n').flatMap((line) => /(\d+) -> (.*)$/.exec(line)?.slice(1, 3).join(' ') ?? [])
    // What lists them reads its own directory; a descriptor of whoever started the test is there as the null device.
    const others = links.filter((link) => !/^[012] /.test(link) && !/ (\/proc\/\d+\/fd|\/dev\/null)$/.test(link))
    expect(links.length).toBeGreaterThanOrEqual(3)
    expect(others).toEqual([])
  })

  it('run sixteen at a time, and the oldest of more than 256 waiting ones are dropped', async () => {
    const { ours, genuine } = await both('queue', async (sentinel) => {
      await sentinel.call('SENTINEL', 'DEBUG', 'script-max-runtime', '60000')
      const first = Array.from({ length: 20 }, (_, at) => 1000 + at)
      await sentinel.notify(...first)
      const states = async () => (await sentinel.pending()).map(({ argv, flags, 'retry-num': retries }) => {
        const event = (argv as readonly string[])[2] ?? ''
        return `${event.split(' ').at(-1)} ${String(flags)} ${String(retries)}`
      })
      await eventually('sixteen running scripts', async () => {
        const running = (await states()).filter((state) => state.includes('running')).length
        if (running !== 16) throw notYet(`${running} run`)
      })
      const early = await states()
      await sentinel.notify(...Array.from({ length: 300 }, (_, at) => 2000 + at))
      const late = await states()
      const [job] = await sentinel.pending()
      writeFileSync(join(sentinel.folder, 'go'), '')
      await sentinel.idle()
      return { early, late, fields: Object.keys(job ?? {}), calls: sentinel.calls().sort() }
    })
    expect(ours).toEqual(genuine)
    expect(ours.early.slice(15, 17)).toEqual(['1015 running 1', '1016 scheduled 0'])
    expect(ours.late).toHaveLength(256)
    expect(ours.late.at(-1)).toBe('2299 scheduled 0')
    expect(ours.calls).toHaveLength(256)
  })
})

describe('client reconfiguration scripts', () => {
  it('are called once by the leader and once by each follower, with the arguments of the genuine program', async () => {
    await withDeployment({
      sentinels: ['ours', 'genuine'], replicas: 1, quorum: 2, sentinelConfig: ['sentinel deny-scripts-reconfig no'],
    }, async (deployment) => {
      const files = await Promise.all(deployment.sentinels.map(async (sentinel) => {
        const file = join(sentinel.folder, 'reconfigured')
        const script = join(sentinel.folder, 'reconfigure')
        writeFileSync(script, `#!/bin/sh\n{ printf '[%s]' "$@"; echo; } >> ${file}\n`)
        chmodSync(script, 0o755)
        await sentinel.call(['SENTINEL', 'SET', 'mymaster', 'client-reconfig-script', script])
        return file
      }))
      const [node, other] = deployment.nodes
      if (node === undefined || other === undefined) throw new Error('two nodes were asked for')
      const addresses = [node, other].map(({ address: { host, port } }) => `[${host}][${port}]`)
      for (const [round, leader] of deployment.sentinels.entries()) {
        const [from, to] = round === 0 ? addresses : [...addresses].reverse()
        await leader.call(['SENTINEL', 'FAILOVER', 'mymaster'])
        await deployment.waitUntilSettled({ awayFrom: (round === 0 ? node : other).address })
        for (const [at, file] of files.entries()) {
          const role = at === round ? 'leader' : 'observer'
          await eventually(`call ${round + 1} of the script of ${role}`, () => {
            const lines = readFileSync(file, 'utf8').trim().split('\n')
            if (lines.length <= round) throw notYet(lines.join())
            expect(lines.slice(round)).toEqual([`[mymaster][${role}][start]${from}${to}`])
          })
        }
      }
    })
  })
})
