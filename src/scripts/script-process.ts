/**
 * One run of a script. It gets its arguments as they are (no shell), the environment without the supervisor's socket,
 * the working directory and the standard streams as they are, and no other descriptor. It leads a process group of its
 * own, so that what it started dies with it when it takes too long (behaviour.md 16.4, Q26).
 */
import { type ChildProcess, spawn, type StdioOptions } from 'node:child_process'
import { closeSync, openSync, readSync } from 'node:fs'
import { constants, devNull } from 'node:os'

import type { RunEnd } from './script-queue.ts'

export interface ScriptProcess {
  /** Undefined when it did not start. */
  readonly pid: number | undefined
  /** SIGKILL to the script and to what it started. Harmless when it has ended. */
  kill(): void
}

/** Status of a script that could not be executed; it is never tried again. */
const NOT_EXECUTABLE: RunEnd = { signal: 0, status: 2 }

/** Errors that say that the system had no process to give, not that the script is bad. */
const NO_PROCESS = new Set(['EAGAIN', 'ENOMEM', 'EMFILE', 'ENFILE'])

export interface ScriptStart {
  readonly argv: readonly string[]
  /** Descriptors of ours that children would inherit; the script finds the null device in their place. */
  readonly hidden: readonly number[]
}

/**
 * Starts a script. `done` is called once, later: with how it ended, or with 'no-process' when the system could not
 * start any.
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
    // Most errors of the system are reported later, some are thrown, and so are words that no process can be given.
    setImmediate(() => { over(endOfFailure(error)) })
    return { pid: undefined, kill: () => undefined }
  }
  child.once('error', (error) => { over(endOfFailure(error)) })
  child.once('exit', (status, signal) => {
    over(signal === null ? { signal: 0, status: status ?? 0 } : { signal: constants.signals[signal], status: 0 })
  })
  // The end of the program does not wait for scripts (protocol.md 7.1).
  child.unref()
  const { pid } = child
  return { pid, kill: () => { if (pid !== undefined && !isOver) killGroup(pid) } }
}

function spawnScript({ argv, hidden }: ScriptStart): ChildProcess {
  const [path = '', ...args] = argv
  const { NOTIFY_SOCKET: _supervisor, ...env } = process.env
  // A name without a slash is a file in the working directory; the library would look it up in PATH.
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

/** What the system can execute is known by this many bytes. */
const MAGIC_BYTES = 4

/**
 * Whether the file is text without a `#!` line. The system refuses to execute such a file, and so does the genuine
 * program; the library that starts processes would hand it to a shell instead.
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
    // It is not there, or we may only execute it: starting it tells.
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
    // Gone between the limit and the kill: its end is already on the way.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error
  }
}
