/** ts-sentinel.ini from start to stop of the program, and that without it nothing of it is there. */
import { mkdirSync, readFileSync, readdirSync, readlinkSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { eventually, Workspace } from '../../src/harness/index.ts'
import { Program } from './process-program.ts'

let workspace: Workspace
let runs = 0
beforeAll(() => { workspace = new Workspace('settings-test') })
afterAll(async () => { await workspace.remove() })

interface Files {
  readonly folder: string
  readonly start: (args?: readonly string[], env?: Readonly<Record<string, string>>) => Program
}

async function files(settings: readonly string[] | undefined, name = 'ts-sentinel.ini'): Promise<Files> {
  const folder = join(workspace.folder, `run-${runs += 1}`)
  mkdirSync(folder)
  const lines = [`port ${await workspace.claimPort()}`, `sentinel monitor mymaster 127.0.0.1 ${await workspace.claimPort()} 1`]
  writeFileSync(join(folder, 'sentinel.conf'), `${lines.join('\n')}\n`)
  if (settings !== undefined) writeFileSync(join(folder, name), `${settings.join('\n')}\n`, { mode: 0o600 })
  const start: Files['start'] = (args = [], env = {}) => (
    new Program('ours', workspace, { cwd: folder, args: ['sentinel.conf', ...args], env })
  )
  return { folder, start }
}

async function refusal(program: Program): Promise<string> {
  expect((await program.end()).code).toBe(1)
  return program.stderr
}

describe('ts-sentinel.ini', () => {
  it('stops the start with all its mistakes, each with file and line', async () => {
    const { folder, start } = await files(['[http]', 'listen = 26380', 'tokn = x', '[logs]'])
    const stderr = await refusal(start())
    expect(stderr).toContain('*** FATAL SETTINGS FILE ERROR ***')
    expect(stderr).toContain(`${folder}/ts-sentinel.ini:2: '26380' is not an address to listen on.`)
    expect(stderr).toContain(`${folder}/ts-sentinel.ini:3: [http] has no key 'tokn'. Its keys are listen, token, token-file, actions-token, actions-token-file, allowed-hosts.`)
    expect(stderr).toContain(`${folder}/ts-sentinel.ini:4: There is no section [logs].`)
  })

  it('can be named by an option, and must then exist', async () => {
    const { folder, start } = await files(['[log]', 'format = json'], 'other.ini')
    const program = start(['--settings', 'other.ini', '--loglevel', 'notice'])
    await program.logged('"event":"+monitor","master":"mymaster","subject":"master","address":"127.0.0.1:')
    await program.endBy('SIGTERM')
    for (const line of program.stdout.trim().split('\n')) expect(JSON.parse(line)).toMatchObject({ level: expect.any(String) as string })
    expect(await refusal(start(['--settings', 'missing.ini']))).toContain(`${folder}/missing.ini: the file cannot be read: No such file or directory`)
    expect(await refusal(start(['--settings']))).toContain('Bad directive or wrong number of arguments')
  })

  it('names the files of its secrets, which must exist', async () => {
    const { folder, start } = await files(['[http]', `listen = 127.0.0.1:${await workspace.claimPort()}`, 'token-file = token'])
    expect(await refusal(start())).toContain(`${folder}/ts-sentinel.ini:3: ${folder}/token cannot be read: No such file`)
    writeFileSync(join(folder, 'token'), 'secret\n', { mode: 0o644 })
    const program = start()
    await program.logged('+monitor')
    expect(program.stdout).toContain(`${folder}/token has a secret and can be read by all users`)
    expect(program.stdout).not.toContain('secret\n')
    await program.endBy('SIGTERM')
  })
})

describe('a program with ts-sentinel.ini', () => {
  it('does not start when the HTTP port is taken, logs it, and has changed nothing', async () => {
    const taken: Server = createServer()
    await new Promise<void>((resolve) => { taken.listen(0, '127.0.0.1', resolve) })
    const { port } = taken.address() as AddressInfo
    const { folder, start } = await files(['[http]', `listen = 127.0.0.1:${port}`])
    const before = readFileSync(join(folder, 'sentinel.conf'), 'utf8')
    const program = start()
    expect((await program.end()).code).toBe(1)
    expect(program.stdout).toContain(`HTTP cannot listen on 127.0.0.1:${port}: the port is in use by another process.`)
    expect(readFileSync(join(folder, 'sentinel.conf'), 'utf8')).toBe(before)
    taken.close()
  })

  it('answers HTTP, sends events, and stops within a second with a reader and a silent webhook', async () => {
    const received: string[] = []
    const receiver = createServer((request, response) => {
      request.on('data', (chunk: Buffer) => { received.push(chunk.toString()) })
      if (request.url === '/good') response.end()
    })
    await new Promise<void>((resolve) => { receiver.listen(0, '127.0.0.1', resolve) })
    const { port } = receiver.address() as AddressInfo
    const httpPort = await workspace.claimPort()
    const { start } = await files([
      '[http]', `listen = 127.0.0.1:${httpPort}`, '[webhook.good]', `url = http://127.0.0.1:${port}/good`, 'events = +monitor',
      '[webhook.silent]', `url = http://127.0.0.1:${port}/silent`, 'events = *',
    ])
    const program = start()
    await program.logged('+monitor')
    await eventually('both webhooks', () => { expect(received).toHaveLength(2) })
    const url = `http://127.0.0.1:${httpPort}`
    expect((await fetch(`${url}/readyz`)).status).toBe(200)
    const events = await fetch(`${url}/events`)
    expect(await (await fetch(`${url}/metrics`)).text()).toContain('redis_sentinel_webhook_events_total{webhook="good",result="delivered"} 1\n')
    const { code, ms } = await program.endBy('SIGTERM')
    expect([code, ms < 1_500]).toEqual([0, true])
    await events.text().catch(() => undefined)
    receiver.closeAllConnections()
    receiver.close()
  })
})

// The list of modules that a process has loaded, written when it ends.
const REPORTER = `process.on('exit', () => {
  const loaded = [...process.moduleLoadList, ...Object.keys(require.cache)]
  if (process.env.LOADED_FILE) require('node:fs').writeFileSync(process.env.LOADED_FILE, loaded.join('\\n'))
})`

describe('without ts-sentinel.ini', () => {
  it('no module for HTTP or TLS is loaded', async () => {
    const off = await files(undefined)
    // The discard port: the request fails, but it is made.
    const on = await files(['[webhook.ops]', 'url = http://127.0.0.1:9/', 'events = *'])
    expect(await loadedBy(on), 'the check sees it').toContain('NativeModule http')
    const loaded = await loadedBy(off)
    expect(loaded.length).toBeGreaterThan(20)
    expect(loaded.filter((name) => /\b(https?|_http_\w+|http2|_?tls\w*)$/.test(name))).toEqual([])
  })

  it.runIf(process.platform === 'linux')('one socket listens, and two with HTTP', async () => {
    for (const [settings, sockets] of [[undefined, 1], [['[http]', `listen = 127.0.0.1:${await workspace.claimPort()}`], 2]] as const) {
      const { start } = await files(settings)
      const program = start(['--bind', '127.0.0.1'])
      await program.logged('+monitor')
      expect(listening(program.pid)).toBe(sockets)
      await program.endBy('SIGTERM')
    }
  })
})

async function loadedBy({ folder, start }: Files): Promise<string[]> {
  writeFileSync(join(folder, 'reporter.cjs'), REPORTER)
  const list = join(folder, 'loaded')
  const program = start([], { NODE_OPTIONS: `--require ${folder}/reporter.cjs`, LOADED_FILE: list })
  await program.logged('+monitor')
  await program.endBy('SIGTERM')
  return readFileSync(list, 'utf8').split('\n')
}

/** TCP sockets of this process that listen. */
function listening(pid: number): number {
  const inodes = new Set(['tcp', 'tcp6'].flatMap((table) => readFileSync(`/proc/${pid}/net/${table}`, 'utf8').split('\n').slice(1)
    .map((line) => line.trim().split(/\s+/)).filter((fields) => fields[3] === '0A').map((fields) => fields[9])))
  return readdirSync(`/proc/${pid}/fd`).filter((fd) => {
    try {
      const [, inode] = /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`)) ?? []
      return inodes.has(inode)
    } catch {
      // Closed between the two looks.
      return false
    }
  }).length
}
