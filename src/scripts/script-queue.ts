/**
 * The rules of the script queue (behaviour.md 10.2), without processes and clocks: which script runs next, which is
 * tried again and when, which has run too long, and which is dropped. Times are points on the monotonic clock in
 * milliseconds.
 */
import type { Millis } from '../core/index.ts'

/** Most scripts in the queue, including running ones; beyond it the oldest one that does not run is dropped. */
export const QUEUED_MAX = 256

/** Most scripts that run at once. */
export const RUNNING_MAX = 16

/** Most starts of one script. */
export const ATTEMPTS_MAX = 10

/** Most words of one command line, including the path. */
export const ARGUMENTS_MAX = 16

/** A script in the queue. Only the queue changes it. */
export interface ScriptJob {
  readonly argv: readonly string[]
  /** Starts so far. */
  attempts: number
  state:
    | { readonly name: 'scheduled', readonly notBefore: Millis }
    | { readonly name: 'running', readonly since: Millis, readonly wasKilled: boolean }
}

/** How a run ended: exit status, or the number of the signal that ended it (then the status is 0). */
export interface RunEnd {
  readonly signal: number
  readonly status: number
}

/** `failed`: the last run failed, and the script is not started again. */
export type JobOutcome = 'finished' | 'again' | 'failed'

export class ScriptQueue {
  readonly #jobs: ScriptJob[] = []

  /** The scripts in the queue, oldest first. */
  get jobs(): readonly ScriptJob[] {
    return this.#jobs
  }

  add(argv: readonly string[]): void {
    this.#jobs.push({ argv: argv.slice(0, ARGUMENTS_MAX), attempts: 0, state: { name: 'scheduled', notBefore: 0 } })
    if (this.#jobs.length <= QUEUED_MAX) return
    const oldest = this.#jobs.findIndex((job) => job.state.name === 'scheduled')
    if (oldest >= 0) this.#jobs.splice(oldest, 1)
  }

  /** Returns the scripts to start now, and counts them as running from here on. */
  takeDue(now: Millis): readonly ScriptJob[] {
    let free = this.#freePlaces()
    const due: ScriptJob[] = []
    for (const job of this.#jobs) {
      if (free === 0) break
      if (job.state.name !== 'scheduled' || job.state.notBefore > now) continue
      job.attempts += 1
      job.state = { name: 'running', since: now, wasKilled: false }
      due.push(job)
      free -= 1
    }
    return due
  }

  /** Returns the scripts that have run for longer than this and must be killed: each of them once per run. */
  takeOverdue(now: Millis, maxRuntimeMs: Millis): readonly ScriptJob[] {
    const overdue: ScriptJob[] = []
    for (const job of this.#jobs) {
      const { state } = job
      if (state.name !== 'running' || state.wasKilled || now - state.since <= maxRuntimeMs) continue
      job.state = { ...state, wasKilled: true }
      overdue.push(job)
    }
    return overdue
  }

  /** When a script is due (if one more may run) or has run for too long; undefined when neither will happen. */
  wakeAt(maxRuntimeMs: Millis): Millis | undefined {
    const hasPlace = this.#freePlaces() > 0
    let next: Millis | undefined
    for (const { state } of this.#jobs) {
      const at = state.name === 'scheduled'
        ? (hasPlace ? state.notBefore : undefined)
        : (state.wasKilled ? undefined : state.since + maxRuntimeMs + 1)
      if (at !== undefined && (next === undefined || at < next)) next = at
    }
    return next
  }

  /** Keeps a script for which the system could not create a process, however often it was started. */
  notStarted(job: ScriptJob, retryAt: Millis): void {
    job.state = { name: 'scheduled', notBefore: retryAt }
  }

  /** Schedules a script again after a signal or status 1, with a delay that doubles; every other end is final. */
  ended(job: ScriptJob, end: RunEnd, retry: { readonly now: Millis, readonly delayMs: Millis }): JobOutcome {
    if ((end.signal !== 0 || end.status === 1) && job.attempts < ATTEMPTS_MAX) {
      job.state = { name: 'scheduled', notBefore: retry.now + retry.delayMs * 2 ** (job.attempts - 1) }
      return 'again'
    }
    const at = this.#jobs.indexOf(job)
    if (at >= 0) this.#jobs.splice(at, 1)
    return end.signal === 0 && end.status === 0 ? 'finished' : 'failed'
  }

  #freePlaces(): number {
    return RUNNING_MAX - this.#jobs.filter((job) => job.state.name === 'running').length
  }
}
