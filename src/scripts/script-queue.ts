/**
 * The rules of the script queue (behaviour.md 10.2), without processes and clocks: what runs next, what is tried
 * again and when, what has run too long, what is dropped. Times are points on the monotonic clock in milliseconds.
 */
import type { Millis } from '../core/index.ts'

/** Scripts in the queue, running ones included; beyond this the oldest one that does not run is dropped. */
export const QUEUED_MAX = 256

/** Scripts that run at once. */
export const RUNNING_MAX = 16

/** Times that one script is started, at most. */
export const ATTEMPTS_MAX = 10

/** Words of one command line, the path included. */
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

/** `failed`: given up, and the run had failed. */
export type JobOutcome = 'finished' | 'again' | 'failed'

export class ScriptQueue {
  readonly #jobs: ScriptJob[] = []

  /** Oldest first. */
  get jobs(): readonly ScriptJob[] {
    return this.#jobs
  }

  add(argv: readonly string[]): void {
    this.#jobs.push({ argv: argv.slice(0, ARGUMENTS_MAX), attempts: 0, state: { name: 'scheduled', notBefore: 0 } })
    if (this.#jobs.length <= QUEUED_MAX) return
    const oldest = this.#jobs.findIndex((job) => job.state.name === 'scheduled')
    if (oldest >= 0) this.#jobs.splice(oldest, 1)
  }

  /** Scripts to start now; they count as running from here on. */
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

  /** Scripts that have run for longer than this and must be killed; each is named once per run. */
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

  /** When the next script is due, if a place is free, or has run for too long; undefined when nothing will be. */
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

  /** The system had no process to give: the script stays in the queue, whatever its number of attempts. */
  notStarted(job: ScriptJob, retryAt: Millis): void {
    job.state = { name: 'scheduled', notBefore: retryAt }
  }

  /** Signals and status 1 are tried again after a delay that doubles; everything else is final. */
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
