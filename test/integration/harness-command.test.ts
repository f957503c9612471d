/** `ts-sentinel harness run` and `serve`, as programs of other languages use them. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

import { afterAll, describe, expect, it } from 'vitest'

import { within } from '../../src/harness/index.ts'
import { killInChain, VICTIMS } from '../drills/killed-chain.ts'

const PROGRAM = join(import.meta.dirname, '../../dist/ts-sentinel.js')

/** Time limit for what takes a second on a quiet machine, in milliseconds. */
const LIMIT_MS = 60_000

const folder = mkdtempSync(join(tmpdir(), 'ts-sentinel-command-'))
afterAll(() => { rmSync(folder, { recursive: true, force: true }) })

/** What a test in another language does, in small. */
const APPLICATION = `
  const post = async (operation, body = {}) => {
    const response = await fetch(process.env.HARNESS_URL + '/' + operation, {
      method: 'POST', headers: { authorization: 'Bearer ' + process.env.HARNESS_TOKEN }, body: JSON.stringify(body),
    })
    return { status: response.status, ...await response.json() }
  }
  await post('writer-start')
  const fault = await post('kill-master')
  const settled = await post('wait-settled', { awayFrom: fault.address })
  await post('kill', { process: 'redis-9' })
  const report = await post('writer-verify', { requireRecovery: true, maxOutageMs: 60000 })
  const names = Object.keys(process.env).filter((name) => /^(REDIS_|SENTINEL|HARNESS_)/.test(name)).sort()
  console.log(JSON.stringify({ names, fault, settled, report, url: process.env.REDIS_URL, tmp: process.env.TMPDIR }))
  process.exit(7)`

interface Ran {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

async function harness(args: readonly string[], onOutput?: (pid: number) => void): Promise<Ran> {
  const child = spawn(process.execPath, [PROGRAM, 'harness', ...args], { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, TMPDIR: folder } })
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (bytes: Buffer) => {
    stdout += bytes.toString()
    if (child.pid !== undefined) onOutput?.(child.pid)
  })
  child.stderr.on('data', (bytes: Buffer) => { stderr += bytes.toString() })
  const [status] = await within(`the end of harness ${args.join(' ')}`, LIMIT_MS, once(child, 'close')) as [number | null]
  return { status, stdout, stderr }
}

describe('ts-sentinel harness run', () => {
  it('gives the command a deployment and control of it, and ends with its status', async () => {
    const script = join(folder, 'application.mjs')
    writeFileSync(script, APPLICATION)
    const { status, stdout, stderr } = await harness(['run', '--replicas', '1', '--password', 'a b', '--', process.execPath, script])
    const told = JSON.parse(stdout) as Readonly<Record<string, Readonly<Record<string, unknown>>>>
    expect(status).toBe(7)
    expect(told['names']).toEqual([
      'HARNESS_TOKEN', 'HARNESS_URL', 'REDIS_MASTER', 'REDIS_MASTER_NAME', 'REDIS_MASTER_NAMES', 'REDIS_PASSWORD', 'REDIS_REPLICAS',
      'REDIS_URL', 'SENTINELS',
    ])
    expect(told['url']).toBe(`redis://:a%20b@${String(told['fault']?.['address'])}`)
    expect(told).toMatchObject({ fault: { process: 'redis-0', status: 200 }, settled: { process: 'redis-1', status: 200 } })
    expect(told['report']).toMatchObject({ recovered: true, status: 200 })
    expect(stderr).toMatch(/^ts-sentinel harness: the command ended with status 7\.\nRequests that failed:\n {2}kill: no process is named "redis-9"\n\nOn one time axis:/)
    expect(stderr).toMatch(/ 0 ms {2}redis-0 +killed\n[^]* sentinel-\d +\+switch-master mymaster redis-0 redis-1\n/)
    // Formation came before the command.
    expect(stderr).not.toContain('+sentinel')
    expect(readdirSync(folder)).toEqual(['application.mjs'])
  })

  it('passes on a signal, and ends as the command does', async () => {
    const args = ['run', '--replicas', '0', '--sentinels', '0', '--quiet', '--', '/bin/sh', '-c', 'echo ready; sleep 600']
    const { status, stderr } = await harness(args, (pid) => { process.kill(pid, 'SIGTERM') })
    expect(status).toBe(143)
    expect(stderr).toBe('')
  })

  it('ends with 125 at wrong usage, and with 127 when there is no such command', async () => {
    const wrong = await harness(['run', '--replica', '1', '--', 'true'])
    expect(wrong.status).toBe(125)
    expect(wrong.stderr).toBe('ts-sentinel harness: there is no option --replica. Did you mean: --replicas?\nTry: ts-sentinel harness --help\n')
    const missing = await harness(['run', '--replicas', '0', '--sentinels', '0', '--', 'no-such-command'])
    expect(missing.status).toBe(127)
    expect(missing.stderr).toBe('ts-sentinel harness: there is no program no-such-command\n')
    const without = await harness(['run', '--redis-server', '/nowhere/redis-server', '--', 'true'])
    expect(without.status).toBe(125)
    expect(without.stderr).toBe('ts-sentinel harness: cannot start redis-0: there is no program /nowhere/redis-server. --redis-server has this path.\n')
    const other = await harness(['run', '--replicas', '0', '--redis-server', '/bin/true', '--', 'true'])
    expect(other.stderr).toBe('ts-sentinel harness: redis-0 ended at its start (exit status 0), with nothing in its log: is /bin/true the right program?\n')
  })
})

describe('ts-sentinel harness serve', () => {
  it('takes lines of JSON and HTTP, and ends with its input', async () => {
    const child = spawn(process.execPath, [PROGRAM, 'harness', 'serve'], { stdio: ['pipe', 'pipe', 'inherit'], env: { ...process.env, TMPDIR: folder } })
    const ended = once(child, 'close')
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
    const next = async (): Promise<Readonly<Record<string, Readonly<Record<string, unknown>>>>> => (
      JSON.parse((await within('a line', LIMIT_MS, lines.next())).value as string) as Awaited<ReturnType<typeof next>>
    )
    try {
      const { ready } = await next()
      child.stdin.write(`${JSON.stringify({ id: 'a', operation: 'start-deployment', arguments: { deployment: 'orders', options: { replicas: 1, sentinels: 1, clockFaults: true } } })}\n`)
      expect(await next()).toMatchObject({ id: 'a', result: { deployment: 'orders', environment: { REDIS_MASTER_NAME: 'mymaster' } } })
      child.stdin.write('{"id": "b", "operation": "pause", "deployment": "orders", "arguments": {"process": "redis-1"}}\n')
      expect(await next()).toEqual({ id: 'b', result: {} })
      child.stdin.write('{"id": "c", "operation": "clock-jump", "arguments": {"process": "sentinel-0", "jumpMs": 5000}}\n')
      expect(await next()).toMatchObject({ id: 'c', result: { fault: 'fault-1' } })
      const headers = { authorization: `Bearer ${String(ready?.['token'])}` }
      const state = await fetch(`${String(ready?.['url'])}/deployments/orders`, { headers })
      expect(await state.json()).toMatchObject({
        masters: [{ process: 'redis-0', nodes: [{ role: 'master' }, { process: 'redis-1', paused: true, role: null }] }],
      })
      child.stdin.end()
      expect(await within('the end of serve', LIMIT_MS, ended)).toEqual([0, null])
      expect(readdirSync(folder).filter((name) => name.startsWith('ts-sentinel-'))).toEqual([])
    } finally {
      child.kill('SIGKILL')
    }
  })
})

// Issue 16, acceptance M4; `npm run kill-chains` does it 20 times each.
describe.runIf(process.platform === 'linux')('nothing is left', () => {
  it.each(['run', 'serve'] as const)('when a process of a chain around harness %s is killed, whichever', async (command) => {
    await Promise.all(VICTIMS.map((victim) => killInChain(PROGRAM, command, victim, LIMIT_MS)))
  })
})
