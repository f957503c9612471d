/**
 * Clients that are programs of their own. Those in other languages print a line for each write: value, begin and end in
 * milliseconds since 1970, and the error if there was one.
 */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

import { findPythonWithRedis } from '../../../src/cli/system-packages.ts'
import { pause } from '../../chaos/pacing.ts'
import { PAUSE_MS, type PlainClient, type RunningClient } from './plain-client.ts'

type Report = Parameters<PlainClient['start']>[2]

/** Seconds after which redis-benchmark is ended. It never ends by itself when a request gets no reply. */
const BENCHMARK_SECONDS = 15

/** `folder`: that of the sources, which a bundled program does not know. */
export function programClients(folder: string): readonly PlainClient[] {
  const script = (name: string, interpreter: string, file: string): PlainClient => ({
    name, waitMs: PAUSE_MS,
    start: (port, key, report) => printing(interpreter, [join(folder, file), String(port), key], report),
  })
  return [
    { name: 'redis-cli', waitMs: 0, start: redisCli },
    // It ends when its connection does: the drill starts it again.
    { name: 'redis-benchmark', waitMs: 100, start: redisBenchmark },
    script('redis-py', findPythonWithRedis() ?? 'python3', 'redis_py.py'),
    script('ruby-redis', 'ruby', 'ruby_redis.rb'),
    script('Predis', 'php', 'predis.php'),
    { name: 'hiredis', waitMs: PAUSE_MS, start: (port, key, report) => hiredis(join(folder, 'hiredis.c'), port, key, report) },
  ]
}

async function hiredis(source: string, port: number, key: string, report: Report): Promise<RunningClient> {
  const built = mkdtempSync(join(tmpdir(), 'ts-sentinel-hiredis-'))
  const program = join(built, 'program')
  execFileSync('cc', ['-Wall', '-Werror', '-o', program, source, '-lhiredis'])
  const running = await printing(program, [String(port), key], report)
  return {
    stop: async () => {
      await running.stop()
      rmSync(built, { recursive: true, force: true })
    },
  }
}

async function printing(program: string, args: readonly string[], report: Report): Promise<RunningClient> {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  createInterface({ input: child.stdout }).on('line', (line) => {
    const [value = '', began = '', ended = '', ...problem] = line.trim().split(' ')
    const text = problem.join(' ')
    report({ value, began: Number(began), ended: Number(ended), problem: text === '' ? undefined : text })
  })
  await once(child, 'spawn')
  return { stop: () => kill(child) }
}

/** Types a command, waits for a line, and types the next one. */
async function redisCli(port: number, key: string, report: Report): Promise<RunningClient> {
  const child = spawn('redis-cli', ['-p', String(port)], { stdio: ['pipe', 'pipe', 'pipe'] })
  let value = 0
  let began = 0
  const next = (): void => {
    value += 1
    began = Date.now()
    child.stdin.write(`RPUSH ${key} ${value}\n`)
  }
  child.stdin.on('error', () => undefined)
  for (const input of [child.stdout, child.stderr]) {
    createInterface({ input }).on('line', (line) => {
      if (line === '') return
      report({ value: String(value), began, ended: Date.now(), problem: /^\d+$/.test(line) ? undefined : line })
      setTimeout(next, PAUSE_MS)
    })
  }
  await once(child, 'spawn')
  next()
  return { stop: () => kill(child) }
}

/** A run is one attempt: it writes its value five times. */
async function redisBenchmark(port: number, key: string, report: Report): Promise<RunningClient> {
  let isStopped = false
  let child: ChildProcess | undefined
  const run = async (value: string): Promise<string | undefined> => {
    const command = ['redis-benchmark', '-p', String(port), '-c', '1', '-n', '5', '-q', 'RPUSH', key, value]
    const started = spawn('timeout', [String(BENCHMARK_SECONDS), ...command], { stdio: ['ignore', 'ignore', 'pipe'] })
    child = started
    let text = ''
    started.stderr.on('data', (bytes: Buffer) => { text += bytes.toString() })
    const [status] = await once(started, 'close') as [number | null]
    return status === 0 ? undefined : `status ${status ?? ''} ${text.trim().replaceAll('\n', ' ')}`
  }
  const done = (async () => {
    for (let value = 1; !isStopped; value += 1) {
      const began = Date.now()
      const problem = await run(String(value))
      if (!isStopped) report({ value: String(value), began, ended: Date.now(), problem })
      await pause(PAUSE_MS)
    }
  })()
  return Promise.resolve({
    stop: async () => {
      isStopped = true
      child?.kill()
      await done
    },
  })
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'close')
  child.kill('SIGKILL')
  await ended
}
