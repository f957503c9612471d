/** Runs the script queue with real processes and reports their starts and ends as events (behaviour.md 10.2). */
import type { EventOf, Millis, ScriptEventName } from '../core/index.ts'
import type { Clock, EventSink, PendingScript, ScriptRunner } from '../ports/index.ts'
import { inheritedDescriptors } from './inherited-descriptors.ts'
import { type ScriptProcess, startScript } from './script-process.ts'
import { type RunEnd, type ScriptJob, ScriptQueue } from './script-queue.ts'

export interface ScriptRunnerOptions {
  readonly clock: Pick<Clock, 'now'>
  readonly events: EventSink
  /** The adjustable periods (SENTINEL DEBUG), in milliseconds. They may change at any time. */
  readonly maxRuntimeMs: () => Millis
  readonly retryDelayMs: () => Millis
  /** Starts a process; replaced in tests. */
  readonly start?: typeof startScript
}

/** Wait before a script is started again when the system could not create a process. */
const NO_PROCESS_RETRY_MS = 1000

/** While scripts run, their limit is read this often, because a change of the limit is not reported. */
const LIMIT_LOOK_MS = 1000

export function createScriptRunner(options: ScriptRunnerOptions): ScriptRunner {
  return new ProcessScriptRunner(options)
}

class ProcessScriptRunner implements ScriptRunner {
  readonly #options: ScriptRunnerOptions
  readonly #queue = new ScriptQueue()
  readonly #hidden = inheritedDescriptors()
  readonly #processes = new Map<ScriptJob, ScriptProcess>()
  #timer: NodeJS.Timeout | undefined
  #isRoundPending = false

  constructor(options: ScriptRunnerOptions) {
    this.#options = options
  }

  enqueue(argv: readonly string[]): void {
    this.#queue.add(argv)
    this.#wantRound()
  }

  pending(): readonly PendingScript[] {
    const now = this.#now()
    return this.#queue.jobs.map((job): PendingScript => {
      const { argv, attempts, state } = job
      return state.name === 'running'
        ? { argv, attempts, state: 'running', pid: this.#processes.get(job)?.pid ?? 0, runMs: now - state.since }
        : { argv, attempts, state: 'scheduled', delayMs: Math.max(0, state.notBefore - now) }
    })
  }

  /** Schedules a round after the present step: events of scripts follow the events that caused them. */
  #wantRound(): void {
    if (this.#isRoundPending) return
    this.#isRoundPending = true
    setImmediate(() => {
      this.#isRoundPending = false
      this.#round()
    })
  }

  #round(): void {
    const now = this.#now()
    for (const job of this.#queue.takeOverdue(now, this.#options.maxRuntimeMs())) this.#kill(job)
    for (const job of this.#queue.takeDue(now)) this.#start(job)
    this.#armTimer()
  }

  #armTimer(): void {
    clearTimeout(this.#timer)
    const next = this.#queue.wakeAt(this.#options.maxRuntimeMs())
    if (next === undefined) return
    const wait = Math.max(0, next - this.#now())
    this.#timer = setTimeout(() => { this.#round() }, this.#processes.size > 0 ? Math.min(wait, LIMIT_LOOK_MS) : wait)
    this.#timer.unref()
  }

  #start(job: ScriptJob): void {
    const { start = startScript } = this.#options
    const started = start({ argv: job.argv, hidden: this.#hidden }, (end) => { this.#ended(job, started.pid, end) })
    this.#processes.set(job, started)
    if (started.pid !== undefined) this.#emit({ name: '+script-child', pid: started.pid })
  }

  #kill(job: ScriptJob): void {
    const running = this.#processes.get(job)
    if (running?.pid === undefined) return
    this.#emit({ name: '-script-timeout', path: pathOf(job), pid: running.pid })
    running.kill()
  }

  #ended(job: ScriptJob, pid: number | undefined, end: RunEnd | 'no-process'): void {
    this.#processes.delete(job)
    const now = this.#now()
    if (end === 'no-process') {
      this.#queue.notStarted(job, now + NO_PROCESS_RETRY_MS)
      this.#emit({ name: '-script-error', path: pathOf(job), end })
    } else {
      const outcome = this.#queue.ended(job, end, { now, delayMs: this.#options.retryDelayMs() })
      if (pid !== undefined) this.#emit({ name: '-script-child', pid, status: end.status, signal: end.signal })
      if (outcome === 'failed') this.#emit({ name: '-script-error', path: pathOf(job), end })
    }
    this.#wantRound()
  }

  #now(): Millis {
    return this.#options.clock.now().mono
  }

  #emit(event: EventOf<ScriptEventName>): void {
    this.#options.events.event(event, this.#options.clock.now())
  }
}

function pathOf(job: ScriptJob): string {
  return job.argv[0] ?? ''
}
