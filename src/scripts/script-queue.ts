/**
 * The rules of the script queue (behaviour.md 10.2), without processes and clocks: what runs next, what is tried
 * again and when, what is dropped.
 */
import type { Millis } from '../core/index.ts'

/** Scripts that may wait, running ones included; beyond this the oldest waiting one is dropped. */
export const QUEUED_MAX = 256

/** Scripts that run at once. */
export const RUNNING_MAX = 16

/** Times that one script is tried. */
export const ATTEMPTS_MAX = 10

/** Words of one command line. */
export const ARGUMENTS_MAX = 16

export interface ScriptJob {
  readonly argv: readonly string[]
  attempts: number
  state:
    | { readonly name: 'scheduled', readonly notBefore: Millis }
    | { readonly name: 'running', readonly since: Millis }
}

export type Ending = 'finished' | 'again' | 'failed'

export class ScriptQueue {
  readonly #jobs: ScriptJob[] = []

  /** Oldest first. */
  get jobs(): readonly ScriptJob[] {
    return this.#jobs
  }

  /** Adds a script. When there are too many, the oldest that is not running is dropped. */
  add(argv: readonly string[]): void {
    this.#jobs.push({ argv: argv.slice(0, ARGUMENTS_MAX), attempts: 0, state: { name: 'scheduled', notBefore: 0 } })
    if (this.#jobs.length <= QUEUED_MAX) return
    const oldest = this.#jobs.findIndex((job) => job.state.name === 'scheduled')
    if (oldest >= 0) this.#jobs.splice(oldest, 1)
  }

  /** Scripts to start now; they count as running from here on. */
  takeDue(now: Millis): ScriptJob[] {
    let free = RUNNING_MAX - this.#jobs.filter((job) => job.state.name === 'running').length
    const due: ScriptJob[] = []
    for (const job of this.#jobs) {
      if (free === 0) break
      if (job.state.name !== 'scheduled' || job.state.notBefore > now) continue
      job.attempts += 1
      job.state = { name: 'running', since: now }
      due.push(job)
      free -= 1
    }
    return due
  }

  /** When the next waiting script becomes due, if a place is free by then. */
  nextDueAt(): Millis | undefined {
    let next: Millis | undefined
    for (const { state } of this.#jobs) {
      if (state.name === 'scheduled' && (next === undefined || state.notBefore < next)) next = state.notBefore
    }
    return next
  }

  /** A script could not be started for lack of resources: it is tried again. */
  notStarted(job: ScriptJob, retryAt: Millis): void {
    job.state = { name: 'scheduled', notBefore: retryAt }
  }

  /**
   * A script ended. Signals and status 1 are tried again after a delay that doubles; anything else is final.
   * `failed` = given up with an error.
   */
  ended(job: ScriptJob, how: { signal: number, status: number, now: Millis, retryDelayMs: Millis }): Ending {
    const isRetry = (how.signal !== 0 || how.status === 1) && job.attempts < ATTEMPTS_MAX
    if (isRetry) {
      job.state = { name: 'scheduled', notBefore: how.now + how.retryDelayMs * 2 ** (job.attempts - 1) }
      return 'again'
    }
    const at = this.#jobs.indexOf(job)
    if (at >= 0) this.#jobs.splice(at, 1)
    return how.signal === 0 && how.status === 0 ? 'finished' : 'failed'
  }
}
