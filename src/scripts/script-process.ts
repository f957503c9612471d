/**
 * One run of a script. The script gets its arguments unchanged (no shell), our environment without the supervisor's
 * socket, our working directory and standard streams, and no other descriptor. It leads a process group of its own, so
 * that its child processes are killed too when it takes too long (behaviour.md 16.4, Q26).
 */
import { type ChildProcess, spawn, type StdioOptions } from 'node:child_process'
import { closeSync, openSync, readSync } from 'node:fs'
import { constants, devNull } from 'node:os'

import type { RunEnd } from './script-queue.ts'

export interface ScriptProcess {
  /** Undefined when the process did not start. */
  readonly pid: number | undefined
  /** Sends SIGKILL to the script and its child processes. Harmless when the script has ended. */
  kill(): void
}

/** The end of a script that could not be executed; it is not tried again. */
const NOT_EXECUTABLE: RunEnd = { signal: 0, status: 2 }

/** Errors of a system that could not create a process. The script itself may be good. */
const NO_PROCESS = new Set(['EAGAIN', 'ENOMEM', 'EMFILE', 'ENFILE'])

export interface ScriptStart {
  readonly argv: readonly string[]
  /** Descriptors of ours that children would inherit; the script gets the null device in their place. */
  readonly hidden: readonly number[]
}

/**
 * Starts a script. `done` is called once, asynchronously: with the end of the run, or with 'no-process' when the system
 * could not create a process.
 */
export function startScript(script: ScriptStart, done: (end: RunEnd | 'no-process') => void): ScriptProcess {
  let isOver = false
  const over = (end: RunEnd | 'no-process') => {
    if (isOver) return
    isOver = true
    done(end)
  }
  let child: ChildProcess
  try {
    child = spawnScript(script)
  } catch (error) {
    // Node reports most errors of the system later; it throws the others, and those of invalid arguments.
    setImmediate(() => { over(endOfFailure(error)) })
    return { pid: undefined, kill: () => undefined }
  }
  child.once('error', (error) => { over(endOfFailure(error)) })
  child.once('exit', (status, signal) => {
    over(signal === null ? { signal: 0, status: status ?? 0 } : { signal: constants.signals[signal], status: 0 })
  })
  // The end of our process does not wait for scripts (protocol.md 7.1).
  child.unref()
  const { pid } = child
  return { pid, kill: () => { if (pid !== undefined && !isOver) killGroup(pid) } }
}

function spawnScript({ argv, hidden }: ScriptStart): ChildProcess {
  const [path = '', ...args] = argv
  const { NOTIFY_SOCKET: _supervisor, ...env } = process.env
  // A name without a slash is a file in the working directory; Node would search PATH for it.
  const file = path.includes('/') ? path : `./${path}`
  if (isPlainText(file)) throw new Error(`${path} is neither a program nor a script with a #! line`)
  const options = { argv0: path, env, detached: true, shell: false }
  if (hidden.length === 0) return spawn(file, args, { ...options, stdio: 'inherit' })
  const nothing = openSync(devNull, 'r')
  try {
    return spawn(file, args, { ...options, stdio: standardStreamsWith(hidden, nothing) })
  } finally {
    closeSync(nothing)
  }
}

/** Bytes at the start of a file that show whether the system can execute it. */
const MAGIC_BYTES = 4

/**
 * Whether the file is text without a `#!` line. The system refuses to execute such a file, and so does the original;
 * Node would run it with a shell instead.
 */
function isPlainText(file: string): boolean {
  const start = Buffer.alloc(MAGIC_BYTES)
  let length
  try {
    const descriptor = openSync(file, 'r')
    try {
      length = readSync(descriptor, start, 0, MAGIC_BYTES, 0)
    } finally {
      closeSync(descriptor)
    }
  } catch {
    // The file is missing or not readable. Starting it reports an error unless it is executable.
    return false
  }
  const text = start.toString('latin1', 0, length)
  return !text.startsWith('#!') && /^[\t\n\r\x20-\x7e]*$/.test(text)
}

function standardStreamsWith(hidden: readonly number[], nothing: number): StdioOptions {
  const stdio: ('inherit' | 'ignore' | number)[] = ['inherit', 'inherit', 'inherit']
  for (let descriptor = stdio.length; descriptor <= Math.max(...hidden); descriptor++) {
    stdio.push(hidden.includes(descriptor) ? nothing : 'ignore')
  }
  return stdio
}

function endOfFailure(error: unknown): RunEnd | 'no-process' {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  return NO_PROCESS.has(code) ? 'no-process' : NOT_EXECUTABLE
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL')
  } catch (error) {
    // The script has ended meanwhile; the event about its end follows.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error
  }
}
