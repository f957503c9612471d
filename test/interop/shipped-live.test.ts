/** What comes along, beside a fleet through a failover. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

import { DIRECTIVES } from '../../src/config/index.ts'
import { findProgram } from '../../src/cli/system-packages.ts'
import {
  claimPort, CommandConnection, eventually, formatAddress, killMaster, notYet, within, withDeployment,
  type Deployment,
} from '../../src/harness/index.ts'
import { limitFor } from '../integration/support/settings.ts'
import { withHttp } from '../integration/support/settings-file.ts'
import { manualMetrics, section } from '../tidy/manual.ts'

describe('the example of HAProxy', () => {
  it('leads plain clients to the master, through a failover and the end of the sentinel that was asked', async ({ skip }) => {
    const haproxy = findProgram('haproxy') ?? skip('haproxy is not installed (Debian: apt install haproxy)')
    await withHttp({ sentinels: 3, replicas: 2 }, async ({ deployment, url }) => {
      const claimed = await claimPort()
      const file = join(deployment.folder, 'haproxy.cfg')
      writeFileSync(file, configuration(deployment, { bind: claimed.port, url }))
      expect(spawnSync(haproxy, ['-c', '-f', file], { encoding: 'utf8' })).toMatchObject({ status: 0 })
      const running = new RunningHaproxy(haproxy, file)
      const checks = () => Promise.all([...deployment.sentinels.keys()].map((at) => checkAnswer(url(at))))
      const written = (key: string) => writtenThrough(running, { port: claimed.port, key, checks })
      try {
        await written('before')
        const fault = await killMaster(deployment)
        await deployment.waitUntilSettled({ awayFrom: fault.node.address })
        await written('after')
        await deployment.sentinel(0).kill()
        await written('without the first sentinel')
        const master = await deployment.currentMaster()
        expect(await master.call(['MGET', 'after', 'without the first sentinel'])).toEqual(['1', '1'])
      } finally {
        await running.end()
        claimed.release()
      }
    })
  }, limitFor(1, 60_000))
})

describe('the health check of the image', () => {
  it.each([
    ['without TLS', { sentinelPassword: 'secret' }], ['with TLS only, where clients need a certificate', { tls: true }],
  ])('succeeds while the sentinel answers, and fails when it does not: %s', async (_title, options) => {
    const [, arguments_ = ''] = /^HEALTHCHECK[^\n]*\\\n\s+CMD (\[.*\])$/m.exec(readFileSync('conf/examples/Dockerfile', 'utf8')) ?? []
    const [program, flag = '', script = ''] = JSON.parse(arguments_) as string[]
    expect(program).toBe('node')
    await withHttp({ sentinels: 1, replicas: 0, ...options }, async ({ deployment }) => {
      const sentinel = deployment.sentinel(0)
      const own = script.replace('26379', String(sentinel.address.port))
      const check = (timeout = 30_000) => spawnSync(process.execPath, [flag, own], { timeout })
      expect(check().status, 'although it asks for a password or a certificate').toBe(0)
      sentinel.pause()
      // As long as the image gives it.
      expect(check(3_000).error).toMatchObject({ code: 'ETIMEDOUT' })
      sentinel.resume()
      await sentinel.kill()
      expect(check().status).toBe(1)
    })
  }, limitFor(1, 30_000))
})

describe('the manual page', () => {
  it('names the commands and directives that the genuine program does not know', async () => {
    const genuineNames = await withDeployment({ sentinels: ['genuine', 'ours'], replicas: 0 }, async (deployment) => {
      const list = async (at: number) => (await deployment.sentinel(at).call(['COMMAND', 'LIST'])) as string[]
      const known = await list(0)
      const commands = (await list(1)).filter((name) => !known.includes(name))
        .map((name) => name.replace('|', ' ').toUpperCase())
      expect(commands).toContain('SENTINEL EXPLAIN')
      expect(commands.filter((name) => !section('COMMANDS').includes(name))).toEqual([])
      // A data node tells of more directives than a sentinel, of hidden ones only when asked by name.
      const master = await deployment.currentMaster()
      const names = DIRECTIVES.flatMap(({ name, aliases }) => [name, ...aliases])
      return (await master.call(['CONFIG', 'GET', ...names])) as string[]
    })
    const own = DIRECTIVES.flatMap(({ name, aliases }) => [name, ...aliases])
      .filter((name) => !genuineNames.includes(name))
    expect(own).toContain('primaryauth')
    expect(own.filter((name) => !section('DIRECTIVES').split(/[\s,.;]+/).includes(name))).toEqual([])
  }, limitFor(1, 30_000))

  it('names the labels of each metric as they are after a failover', async () => {
    await withHttp({ sentinels: 3, replicas: 2 }, async ({ deployment, url }) => {
      const fault = await killMaster(deployment)
      await deployment.waitUntilSettled({ awayFrom: fault.node.address })
      const text = await (await fetch(`${url(0)}/metrics`, { signal: AbortSignal.timeout(5_000) })).text()
      const described = manualMetrics()
      const families = text.split(/^# HELP /m).slice(1).filter((family) => !family.startsWith('redis_sentinel_webhook'))
      expect(families.length).toBeGreaterThan(35)
      for (const family of families) {
        const name = /^\w+/.exec(family)?.[0] ?? ''
        const labels = [...family.matchAll(/(?<=[{,])(\w+)=/g)].map(([, label = '']) => label).filter((label) => label !== 'le')
        expect([...new Set(labels)].sort(), name).toEqual(described.get(name))
      }
    }, ['[webhook.ops]', 'url = http://127.0.0.1:1/', 'events = +tilt'])
  }, limitFor(1, 60_000))
})

interface Places {
  readonly bind: number
  readonly url: (sentinel: number) => string
}

/** The example with the addresses of this deployment. */
function configuration(deployment: Deployment, { bind, url }: Places): string {
  let text = readFileSync('conf/examples/haproxy.cfg', 'utf8').replaceAll(/^#.*\n/gm, '').replace('127.0.0.1:6380', `127.0.0.1:${bind}`)
  for (const [at, node] of deployment.nodes.entries()) text = text.replaceAll(`10.0.0.${at + 1}:6379`, formatAddress(node.address))
  for (const at of deployment.sentinels.keys()) {
    text = text.replace(`10.0.0.${at + 11} port 26380`, `127.0.0.1 port ${new URL(url(at)).port}`)
  }
  expect(text).not.toContain('10.0.0.')
  return text
}

/** HAProxy in the foreground. What it said and how it ended is kept, for the message of a test that fails. */
class RunningHaproxy {
  readonly #child: ChildProcess
  #output = ''

  constructor(program: string, file: string) {
    this.#child = spawn(program, ['-db', '-f', file], { stdio: ['ignore', 'pipe', 'pipe'] })
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.on('data', (bytes: Buffer) => { this.#output += bytes.toString() })
    }
  }

  get state(): string {
    const { exitCode, signalCode } = this.#child
    const ended = exitCode === null && signalCode === null ? 'runs' : `ended with ${exitCode ?? signalCode}`
    return `HAProxy ${ended} and said:\n${this.#output}`
  }

  /** @throws Error when it ended by itself, with what it said */
  mustRun(): void {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) throw new Error(this.state)
  }

  async end(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    const exit = once(this.#child, 'exit')
    this.#child.kill('SIGKILL')
    await within('the end of HAProxy', 5_000, exit)
  }
}

/** What a sentinel answers to the check of HAProxy, for messages. */
async function checkAnswer(url: string): Promise<string> {
  try {
    const answer = await fetch(`${url}/masters/mymaster/primary?quorum=required`, { signal: AbortSignal.timeout(2_000) })
    return `${answer.status} ${await answer.text()}`
  } catch (error) {
    return String(error)
  }
}

interface Write {
  readonly port: number
  readonly key: string
  readonly checks: () => Promise<readonly string[]>
}

/** Waits until a client that was given this one port can write. */
async function writtenThrough(haproxy: RunningHaproxy, { port, key, checks }: Write): Promise<void> {
  await eventually(`a write through HAProxy, ${key}`, async () => {
    haproxy.mustRun()
    const client = new CommandConnection({ host: '127.0.0.1', port })
    try {
      const answer = await client.call(['SET', key, '1'], 1_000)
      if (answer !== 'OK') throw notYet(String(answer))
    } catch (error) {
      throw notYet(`${String(error)}; the sentinels answer checks with ${(await checks()).join('; ')}; ${haproxy.state}`)
    } finally {
      client.close()
    }
  }, { timeoutMs: 15_000 })
}
