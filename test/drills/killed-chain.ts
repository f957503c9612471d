/**
 * A chain of processes as a test library makes it, around `ts-sentinel harness run` or `serve`. One of them is killed
 * by SIGKILL; then nothing may be left: no process, no file. Linux.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { eventually, notYet } from '../../src/harness/index.ts'
import { isRunning } from '../unit/harness/is-alive.ts'

/** The command whose clean-up is tried. */
export type Command = 'run' | 'serve'

/** The process that is killed: `main` is ts-sentinel itself. */
export type Victim = 'shell' | 'main' | 'runner' | 'worker'

export const VICTIMS: readonly Victim[] = ['shell', 'main', 'runner', 'worker']

/** Longest time for the start of a deployment on a busy machine, in milliseconds. */
const START_MS = 60_000

// A runner ends when its worker ends, as test libraries do. Below `run` the worker is blocked, as by a loop that never
// ends. Beside `serve`, which does not start it, it ends with its runner.
const WORKER = `
  process.stdin.resume().on('end', () => process.exit(1))
  if (process.argv[2] === 'run') Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)`

const RUNNER = `
  import { spawn } from 'node:child_process'
  import { writeFileSync } from 'node:fs'
  import { join } from 'node:path'
  const [folder, command, program] = process.argv.slice(2)
  const worker = spawn(process.execPath, [join(folder, 'worker.mjs'), command], { stdio: ['pipe', 'inherit', 'inherit'] })
  worker.on('exit', () => process.exit(1))
  const report = () => {
    writeFileSync(join(folder, 'pids.new'), JSON.stringify({ runner: process.pid, worker: worker.pid }))
  }
  if (command === 'run') report()
  else {
    const line = '"$0" "$1" harness serve; exit'
    const shell = spawn('/bin/sh', ['-c', line, process.execPath, program], { stdio: ['pipe', 'pipe', 'inherit'] })
    shell.on('exit', () => process.exit(1))
    shell.stdout.on('data', (bytes) => { if (bytes.toString().includes('"environment"')) report() })
    shell.stdin.write(JSON.stringify({ operation: 'start-deployment', arguments: { options: { replicas: 1, sentinels: 1 } } }) + '\\n')
  }`

interface Process {
  readonly pid: number
  readonly parent: number
  readonly text: string
}

/**
 * Starts the chain, kills the victim and waits until nothing is left.
 *
 * @returns the time that the clean-up took, in milliseconds
 * @throws TimedOutError naming what is left after `limitMs`
 */
export async function killInChain(program: string, command: Command, victim: Victim, limitMs: number): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'ts-sentinel-chain-'))
  const temporary = join(folder, 'tmp')
  mkdirSync(temporary)
  writeFileSync(join(folder, 'worker.mjs'), WORKER)
  writeFileSync(join(folder, 'runner.mjs'), RUNNER)
  const chain = startChain(program, command, folder, temporary)
  let all: readonly Process[] = []
  try {
    await eventually('the chain to be complete', () => {
      if (chain.exitCode !== null) throw notYet('it has ended')
      if (!readdirSync(folder).includes('pids.new')) throw notYet('the deployment is not ready')
    }, { timeoutMs: START_MS, everyMs: 20 })
    all = descendants(chain.pid ?? 0)
    if (all.length < 9) throw new Error(`the chain has only ${all.length} processes`)
    process.kill(pidOf(victim, all), 'SIGKILL')
    const from = performance.now()
    await eventually(`the clean-up after the end of the ${victim}`, () => {
      const left = all.filter(({ pid }) => isRunning(pid)).map(({ pid, text }) => `${pid} ${text.slice(0, 60)}`)
      left.push(...readdirSync(temporary))
      if (left.length > 0) throw notYet(left.join(' | '))
    }, { timeoutMs: limitMs, everyMs: 10 })
    return performance.now() - from
  } finally {
    for (const { pid } of all.filter((one) => isRunning(one.pid))) process.kill(pid, 'SIGKILL')
    chain.kill('SIGKILL')
    rmSync(folder, { recursive: true, force: true })
  }
}

/** The outermost process is a shell for `run`, the runner for `serve`, whose shell is the parent of ts-sentinel. */
function startChain(program: string, command: Command, folder: string, temporary: string): ChildProcess {
  const runner = [process.execPath, join(folder, 'runner.mjs'), folder, command, program]
  const run = ['harness', 'run', '--replicas', '1', '--sentinels', '1', '--', ...runner]
  // The second command keeps the shell from becoming the first one itself.
  const args = command === 'run' ? ['/bin/sh', '-c', '"$@"; exit', 'sh', process.execPath, program, ...run] : runner
  const [file = '', ...rest] = args
  return spawn(file, rest, { detached: true, stdio: ['ignore', 'ignore', 'ignore'], env: { ...process.env, TMPDIR: temporary } })
}

function pidOf(victim: Victim, all: readonly Process[]): number {
  const find = (part: string): Process | undefined => all.find(({ text }) => text.includes(part))
  const main = all.find(({ text }) => / harness (?:run|serve)/.test(text) && !text.startsWith('/bin/sh'))
  const found = {
    main,
    shell: all.find(({ pid, text }) => pid === main?.parent && text.startsWith('/bin/sh')),
    runner: all.find(({ text }) => text.includes('runner.mjs') && !/ harness (?:run|serve)/.test(text)),
    worker: find('worker.mjs'),
  }[victim]
  if (found === undefined) throw new Error(`no ${victim} in:\n${all.map(({ pid, text }) => `${pid} ${text}`).join('\n')}`)
  return found.pid
}

/** A process with everything below it, the shells that clean up included. */
function descendants(root: number): readonly Process[] {
  const all = readdirSync('/proc').filter((name) => /^\d+$/.test(name)).flatMap(readProcess)
  const found = all.filter(({ pid }) => pid === root)
  for (const one of found) found.push(...all.filter(({ parent }) => parent === one.pid))
  return found
}

function readProcess(pid: string): Process[] {
  try {
    const [, parent = '0'] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? []
    const text = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
    return [{ pid: Number(pid), parent: Number(parent), text }]
  } catch {
    // It has ended.
    return []
  }
}
