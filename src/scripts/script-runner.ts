/**
 * Runs the queue with real processes. A script gets its arguments as they are (no shell), the environment without
 * the supervisor's socket, the standard streams, and no other descriptor. It leads a process group of its own, so
 * that what it started dies with it when it takes too long.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { constants } from 'node:os'

import type { Millis, ScriptEventName } from '../core/index.ts'
import type { Clock, EventSink, PendingScript, ScriptRunner } from '../ports/index.ts'
import { type ScriptJob, ScriptQueue } from './script-queue.ts'

export interface ScriptRunnerOptions {
  readonly clock: Pick<Clock, 'now'>
  readonly events: EventSink
  /** The adjustable periods (SENTINEL DEBUG), in milliseconds. */
  readonly maxRuntimeMs: () => Millis
  readonly retryDelayMs: () => Millis
}

/** Status of a script that could not be executed; it is never tried again. */
const NOT_EXECUTABLE = 2

/** Wait before a script is started again for which the system had no process. */
const NO_PROCESS_RETRY_MS = 1000

/** Errors of the system that say that it had no process to give, not that the script is bad. */
const NO_PROCESS = new Set(['EAGAIN', 'ENOMEM', 'EMFILE', 'ENFILE'])

export function createScriptRunner(options: ScriptRunnerOptions): ScriptRunner {
  return new ProcessScriptRunner(options)
}

class ProcessScriptRunner implements ScriptRunner {
  readonly #options: ScriptRunnerOptions
  readonly #queue = new ScriptQueue()
  readonly #children = new Map<ScriptJob, ChildProcess>()
  #timer: NodeJS.Timeout | undefined

  constructor(options: ScriptRunnerOptions) {
    this.#options = options
  }

  enqueue(argv: readonly string[]): void {
    this.#queue.add(argv)
    // Not in the middle of the step that asked for it: events of scripts come after the events that caused them.
    setImmediate(() => { this.#startDue() })
  }

  pending(): readonly PendingScript[] {
    const now = this.#now()
    return this.#queue.jobs.map(({ argv, attempts, state }, index) => {
      const job = this.#queue.jobs[index]
      const pid = job === undefined ? undefined : this.#children.get(job)?.pid
      return state.name === 'running'
        ? { argv, attempts, state: 'running', pid: pid ?? 0, runMs: now - state.since }
        : { argv, attempts, state: 'scheduled', delayMs: Math.max(0, state.notBefore - now) }
    })
  }

  #now(): Millis {
    return this.#options.clock.now().mono
  }

  #startDue(): void {
    for (const job of this.#queue.takeDue(this.#now())) this.#start(job)
    this.#armTimer()
  }

  #armTimer(): void {
    clearTimeout(this.#timer)
    const next = this.#queue.nextDueAt()
    if (next === undefined) return
    // A due script that waits for a free place is started when one of the running ones ends.
    const wait = next - this.#now()
    if (wait <= 0) return
    this.#timer = setTimeout(() => { this.#startDue() }, wait)
    this.#timer.unref()
  }

  #start(job: ScriptJob): void {
    const [path = '', ...args] = job.argv
    const { NOTIFY_SOCKET: _supervisor, ...env } = process.env
    const child = spawn(path, args, { env, stdio: 'inherit', detached: true })
    let isOver = false
    const over = (end: () => void) => {
      if (isOver) return
      isOver = true
      this.#children.delete(job)
      end()
      this.#startDue()
    }
    child.once('error', (error: NodeJS.ErrnoException) => {
      over(() => { this.#notRun(job, error) })
    })
    child.once('exit', (status, signal) => {
      over(() => { this.#exited(job, child, status ?? 0, signal) })
    })
    this.#children.set(job, child)
    if (child.pid === undefined) return
    this.#emit('+script-child', String(child.pid))
    this.#limitRuntime(job, child)
  }

  #limitRuntime(job: ScriptJob, child: ChildProcess): void {
    const timer = setTimeout(() => {
      const { pid } = child
      if (pid === undefined) return
      this.#emit('-script-timeout', `${job.argv[0] ?? ''} ${pid}`)
      killGroup(pid)
    }, this.#options.maxRuntimeMs())
    child.once('exit', () => { clearTimeout(timer) })
  }

  #exited(job: ScriptJob, child: ChildProcess, status: number, signal: NodeJS.Signals | null): void {
    const number = signal === null ? 0 : constants.signals[signal]
    this.#emit('-script-child', `${child.pid ?? 0} ${status} ${number}`)
    this.#conclude(job, { signal: number, status })
  }

  #notRun(job: ScriptJob, error: NodeJS.ErrnoException): void {
    if (!NO_PROCESS.has(error.code ?? '')) {
      this.#conclude(job, { signal: 0, status: NOT_EXECUTABLE })
      return
    }
    this.#emit('-script-error', `${job.argv[0] ?? ''} 99 0`)
    this.#queue.notStarted(job, this.#now() + NO_PROCESS_RETRY_MS)
  }

  #conclude(job: ScriptJob, how: { signal: number, status: number }): void {
    const ending = this.#queue.ended(job, { ...how, now: this.#now(), retryDelayMs: this.#options.retryDelayMs() })
    if (ending === 'failed') this.#emit('-script-error', `${job.argv[0] ?? ''} ${how.signal} ${how.status}`)
  }

  #emit(name: ScriptEventName, detail: string): void {
    this.#options.events.event({ name, detail }, this.#options.clock.now())
  }
}

/** The script and what it started. */
function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL')
  } catch (error) {
    // Gone between the limit and the kill: its exit is already on the way.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error
  }
}
