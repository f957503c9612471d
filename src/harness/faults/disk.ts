import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { promisify } from 'node:util'

import { activeFault, type ActiveFault } from '../active-fault.ts'
import type { Deployment } from '../deployment.ts'
import { hasCode } from '../error-code.ts'
import { eventually, messageOf, notYet } from '../eventually.ts'
import type { NodeProcess } from '../node-process.ts'
import { RedisProcess } from '../redis-process.ts'
import { SentinelProcess } from '../sentinel-process.ts'
import { markFault, type MarkedFault } from './deployment-fault.ts'

/** Time limit for strace to attach to a process, and for prlimit. */
const TOOL_MS = 15_000

const run = promisify(execFile)

/**
 * The disk of a process is full: every write to a file fails, with "File too large" instead of "No space left on
 * device". A sentinel cannot save, a redis-server with `persistence` answers MISCONF once a save or a write to the AOF
 * has failed, and the log of the process is lost meanwhile. The end gives the space back, and waits until a
 * redis-server saves again. A restart of the process ends the fault as well.
 *
 * @throws Error when the process does not run, or the program `prlimit` is missing
 */
export async function diskFull(deployment: Deployment, process: NodeProcess): Promise<MarkedFault> {
  const pid = pidOf(process)
  const before = (await prlimit(pid, '--output=SOFT', '--noheadings', '--fsize')).trim()
  const fault = markFault(deployment, process.name, 'disk full', async () => {
    if (process.process.pid !== pid) return
    await prlimit(pid, `--fsize=${before}:`)
    if (process instanceof RedisProcess) await savesAgain(process)
  })
  // The soft limit alone: no root is needed to raise it again.
  await prlimit(pid, '--fsize=0:')
  return fault
}

/**
 * Makes every fsync and fdatasync of a process take `delayMs` longer. Sentinels of ours in a deployment with
 * `slowDisks: true` do that themselves; others are traced by the program `strace`, which also slows every other system
 * call a little. Only fsync is slow, so a redis-server shows it to clients with `appendfsync always`, or when an fsync
 * takes more than 2 s. A restart of the process ends the fault.
 *
 * @throws Error when strace is missing or may not trace the process
 */
export async function slowDisk(deployment: Deployment, process: NodeProcess, delayMs: number): Promise<ActiveFault> {
  if (!Number.isFinite(delayMs) || delayMs <= 0) throw new Error(`a delay is a number of milliseconds above 0, not ${delayMs}`)
  if (process instanceof SentinelProcess && process.canSlowDisk) return process.slowDisk(delayMs)
  const tracer = await trace(process, delayMs)
  return markFault(deployment, process.name, `fsync takes ${delayMs} ms more`, () => tracer.end())
}

async function prlimit(pid: number, ...args: string[]): Promise<string> {
  try {
    const { stdout } = await run('prlimit', [`--pid=${pid}`, ...args], { timeout: TOOL_MS })
    return stdout
  } catch (error) {
    if (hasCode(error, 'ENOENT')) throw new Error('diskFull needs the program prlimit (Linux, package util-linux), which is not installed')
    throw error
  }
}

/** A failed save or write stays in the state of the server until the next one. */
async function savesAgain(node: RedisProcess): Promise<void> {
  await eventually(`${node.name} to save again`, async () => {
    const info = await node.info('persistence')
    const { rdb_last_bgsave_status: rdb, aof_last_write_status: aof } = info
    if (rdb !== 'ok' && info['rdb_bgsave_in_progress'] === '0') await node.call(['BGSAVE'])
    if (rdb !== 'ok' || aof !== 'ok') throw notYet(`the last save: ${rdb}, the last write to the AOF: ${aof}`)
  })
}

async function trace(process: NodeProcess, delayMs: number): Promise<ActiveFault> {
  const pid = pidOf(process)
  const calls = 'fsync,fdatasync'
  const tracer = spawn('strace', [
    '-f', '-o', '/dev/null', '-p', String(pid),
    '-e', `trace=${calls}`, '-e', `inject=${calls}:delay_enter=${Math.round(delayMs * 1_000)}`,
  ], { stdio: ['ignore', 'ignore', 'pipe'], detached: true })
  const ended = once(tracer, 'close')
  tracer.unref()
  let text = ''
  const attached = new Promise<void>((resolve, reject) => {
    tracer.stderr.on('data', (bytes: Buffer) => {
      text += bytes.toString()
      if (/\battached\b/.test(text)) resolve()
    })
    tracer.once('close', () => { reject(new Error(text.trim())) })
    tracer.once('error', reject)
  })
  try {
    await attached
  } catch (error) {
    ended.catch(() => undefined)
    throw new Error(`${process.name}: ${traceProblem(error)}`)
  }
  return activeFault(async () => {
    tracer.kill('SIGTERM')
    await ended
  })
}

function traceProblem(error: unknown): string {
  const program = 'the fsync of this program is delayed by the program strace'
  if (hasCode(error, 'ENOENT')) return `${program}, which is not installed (Debian and Ubuntu: apt install strace)`
  return `${program}, which may not trace it: root may, and every user when kernel.yama.ptrace_scope is 0 (${messageOf(error)})`
}

function pidOf(process: NodeProcess): number {
  const { pid } = process.process
  if (pid === undefined) throw new Error(`${process.name} does not run`)
  return pid
}
