/** The examples for Kubernetes and Compose, started with the files and commands that they have and other addresses. */
import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { CommandConnection, eventually, messageOf, ourSentinel, withDeployment, Workspace } from '../../src/harness/index.ts'
import { Program } from '../integration/process-program.ts'
import { limitFor } from '../integration/support/settings.ts'
import { compose, manifest } from '../tidy/container-files.ts'

let workspace: Workspace
beforeAll(() => { workspace = new Workspace('containers-test') })
afterAll(async () => { await workspace.remove() })

interface Ran {
  readonly status: number | null
  readonly output: string
}

function run(
  file: string, args: readonly string[], env: Readonly<Record<string, string>> = {}, timeout = 30_000,
): Ran {
  const { status, stdout, stderr, error } = spawnSync(file, args, { encoding: 'utf8', timeout, env: { ...process.env, ...env } })
  return { status, output: error?.message ?? `${stdout}${stderr}` }
}

function check(file: string): Ran {
  const { file: node, args } = ourSentinel().command('check')
  return run(node, [...args, file, '--offline', '--json'])
}

/** Puts each text in the place of another one, which must be there. */
function replaced(text: string, places: Readonly<Record<string, string>>): string {
  return Object.entries(places).reduce((made, [place, other]) => {
    expect(made).toContain(place)
    return made.replaceAll(place, other)
  }, text)
}

describe('kubernetes.yaml', () => {
  const SECRETS = '/run/secrets/ts-sentinel'
  const passwords = { 'redis-password': 'of redis', 'sentinel-password': 'of sentinels', 'http-token': 'of-http' }

  /** Where a pod runs: its files, and the ports of this machine in the place of those that every pod has. */
  class Pod {
    readonly folder: string
    readonly port: number
    readonly httpPort: number
    readonly #files: string

    private constructor(name: string, ports: { readonly port: number, readonly httpPort: number }) {
      this.folder = join(workspace.folder, name)
      this.port = ports.port
      this.httpPort = ports.httpPort
      this.#files = join(this.folder, 'config')
      for (const one of ['config', 'data', 'secrets']) mkdirSync(join(this.folder, one), { recursive: true })
    }

    static async create(name: string, redisPort: number, secrets: Readonly<Record<string, string>>): Promise<Pod> {
      const pod = new Pod(name, { port: await workspace.claimPort(), httpPort: await workspace.claimPort() })
      pod.#mountConfig(redisPort)
      // A password of kubectl create secret --from-literal has no line feed at its end.
      for (const [key, value] of Object.entries(secrets)) {
        writeFileSync(join(pod.folder, 'secrets', key), value, { mode: 0o440 })
      }
      return pod
    }

    get sentinelConf(): string {
      return join(this.#files, 'sentinel.conf')
    }

    /** The files as the kubelet shows a ConfigMap: links to those of a folder that it replaces as a whole. */
    #mountConfig(redisPort: number): void {
      const { data } = manifest('ConfigMap')
      const files = {
        'sentinel.conf': replaced(data['sentinel.conf'], {
          'port 26379': `port ${this.port}`, '/data/': `${this.folder}/data/`,
          'redis-0.redis.default.svc.cluster.local 6379': `127.0.0.1 ${redisPort}`,
        }),
        'ts-sentinel.ini': replaced(data['ts-sentinel.ini'], {
          '*:26380': `127.0.0.1:${this.httpPort}`, [SECRETS]: `${this.folder}/secrets`,
        }),
      }
      mkdirSync(join(this.#files, '..2026'))
      symlinkSync('..2026', join(this.#files, '..data'))
      for (const [name, text] of Object.entries(files)) {
        writeFileSync(join(this.#files, '..2026', name), text, { mode: 0o444 })
        symlinkSync(join('..data', name), join(this.#files, name))
      }
    }

    /** Runs the command of the container without its init. */
    start(): Program {
      const [container] = manifest('StatefulSet').spec.template.spec.containers
      const [init, dashes, program, file, ...args] = container.command
      expect([init, dashes, program, file]).toEqual(['tini', '--', 'ts-sentinel', '/etc/ts-sentinel/sentinel.conf'])
      const named = args.map((word) => word.replace('$(POD_NAME).ts-sentinel.$(POD_NAMESPACE).svc.cluster.local', '127.0.0.1'))
      expect(named.at(-1)).toBe('127.0.0.1')
      return new Program('ours', workspace, { cwd: this.folder, args: [this.sentinelConf, ...named] })
    }

    async get(path: string, token?: string): Promise<number> {
      const headers = token === undefined ? {} : { authorization: `Bearer ${token}` }
      const url = `http://127.0.0.1:${this.httpPort}${path}`
      return (await fetch(url, { headers, signal: AbortSignal.timeout(5_000) })).status
    }

    async ask(password?: string): Promise<unknown> {
      const client = new CommandConnection({ host: '127.0.0.1', port: this.port, ...(password !== undefined && { password }) })
      try {
        return await client.call(['SENTINEL', 'CKQUORUM', 'mymaster'])
      } catch (error) {
        return messageOf(error)
      } finally {
        client.close()
      }
    }
  }

  it('starts three sentinels that become ready with the passwords of the Secret, and write to their volume only', async () => {
    const options = { replicas: 1, sentinels: 0, password: passwords['redis-password'] }
    await withDeployment(options, async (deployment) => {
      const { port } = deployment.node(0).address
      const pods = await Promise.all([0, 1, 2].map((at) => Pod.create(`ts-sentinel-${at}`, port, passwords)))
      for (const pod of pods) expect(check(pod.sentinelConf)).toMatchObject({ status: 0 })
      const programs = pods.map((pod) => pod.start())
      try {
        for (const pod of pods) await eventually('a ready sentinel', async () => { expect(await pod.get('/readyz')).toBe(200) })
        for (const pod of pods) {
          expect(await pod.ask(passwords['sentinel-password'])).toMatch(/^OK 3 usable Sentinels/)
          expect(await pod.ask()).toMatch(/^NOAUTH /)
          expect([await pod.get('/livez'), await pod.get('/metrics'), await pod.get('/metrics', passwords['http-token'])])
            .toEqual([200, 401, 200])
        }
      } finally {
        for (const program of programs) await program.endBy('SIGTERM')
      }
      for (const pod of pods) {
        expect(readdirSync(pod.folder)).toEqual(['config', 'data', 'secrets'])
        expect(readdirSync(join(pod.folder, 'config')).sort()).toEqual(['..2026', '..data', 'sentinel.conf', 'ts-sentinel.ini'])
        expect(readFileSync(join(pod.folder, 'data', 'state.conf'), 'utf8')).toMatch(/^sentinel known-sentinel mymaster /m)
      }
    })
  }, limitFor(1, 60_000))

  it('does not start with the Secret as shipped, which is empty, and names each value', async () => {
    const pod = await Pod.create('empty', 6379, manifest('Secret').stringData)
    const program = pod.start()
    expect((await program.end()).code).toBe(1)
    for (const key of Object.keys(passwords)) {
      expect(program.stderr).toContain(`/secrets/${key} must have one line, which is the secret\n`)
    }
    expect(readdirSync(join(pod.folder, 'data'))).toEqual([])
  })
})

describe('compose.yaml', () => {
  const { services, configs } = compose()
  const probe = (name: string): readonly string[] => services[name]?.healthcheck?.test.slice(1) ?? []

  it('starts a sentinel that is healthy, and keeps its configuration at later starts', async () => {
    const { folder } = workspace
    const [port = 0, httpPort = 0, redisPort = 0] = await Promise.all([0, 1, 2].map(() => workspace.claimPort()))
    mkdirSync(join(folder, 'data'))
    writeFileSync(join(folder, 'sentinel.conf'), replaced(configs.sentinel.content, {
      'port 26379': `port ${port}`, 'redis-1 6379': `127.0.0.1 ${redisPort}`,
    }))
    writeFileSync(join(folder, 'ts-sentinel.ini'), replaced(configs.settings.content, { '*:26380': `127.0.0.1:${httpPort}` }))
    const { file, args: [script = ''] } = ourSentinel().command('')
    const [shell = '', flag = '', line = ''] = services['sentinel-1']?.command ?? []
    const command = replaced(line, {
      '$$': '$', 'exec ts-sentinel': `exec ${file} ${script}`, '/etc/ts-sentinel/': `${folder}/`, '/data/': `${folder}/data/`,
    })
    const start = () => new Program('ours', workspace, {
      cwd: folder, args: [], env: { HOSTNAME: '127.0.0.1' }, program: { file: shell, args: [flag, command] },
    })
    const [node, ...args] = probe('sentinel-1').map((word) => word.replace('26380', String(httpPort)))
    expect(node).toBe('node')
    const first = start()
    await eventually('a healthy sentinel', () => { expect(run(process.execPath, args)).toMatchObject({ status: 0 }) })
    await first.endBy('SIGTERM')
    expect(run(process.execPath, args)).toMatchObject({ status: 1 })
    const own = join(folder, 'data', 'sentinel.conf')
    const saved = readFileSync(own, 'utf8')
    expect(saved).toMatch(/^sentinel announce-ip "?127\.0\.0\.1"?$/m)
    expect(check(own)).toMatchObject({ status: 0 })
    const id = /^sentinel myid \w{40}$/m.exec(saved)?.[0] ?? 'none'
    writeFileSync(own, `${saved}# kept\n`)
    const second = start()
    await second.logged('+monitor')
    await second.endBy('SIGTERM')
    expect(readFileSync(own, 'utf8')).toContain('# kept\n')
    expect(readFileSync(own, 'utf8')).toContain(id)
  })

  it('finds a Redis server unhealthy that answers with an error or not at all', async () => {
    await withDeployment({ replicas: 0, sentinels: 0, password: 'secret' }, async (deployment) => {
      const master = deployment.node(0)
      const [cli = '', ...args] = probe('redis-1')
      const ping = (env = {}, timeout = 30_000) => run(cli, ['-p', String(master.address.port), ...args], env, timeout).status
      const login = { REDISCLI_AUTH: 'secret' }
      expect(ping(login)).toBe(0)
      expect(ping(), 'NOAUTH is an error, as LOADING is').toBe(1)
      master.pause()
      // It waits for an answer, as long as Compose lets it.
      expect(ping(login, 1_000)).toBeNull()
      master.resume()
      await master.kill()
      expect(ping(login)).toBe(1)
    })
  }, limitFor(1, 30_000))
})
