/**
 * Decides when the configuration is written (ARCHITECTURE.md, "The persistence barrier"). One write at a time; all
 * requests that wait when it starts share it. A request is settled when a write that covers it has succeeded or failed,
 * or when it has waited too long: availability has priority, and the log and the health check report that the state was
 * not durable. After a failure the write is repeated with growing pauses until a later write succeeds.
 */
import type { DurableState, Millis } from '../core/index.ts'
import type { Clock, ConfigStore, Logger, SaveFailure } from '../ports/index.ts'
import { SAVE_RETRY_FIRST_MS, SAVE_RETRY_MAX_MS, SAVE_WAIT_MAX_MS } from './limits.ts'

export interface SaverOptions {
  readonly store: ConfigStore
  readonly clock: Clock
  readonly logger: Logger
  /** Path of the configuration file, for the log. */
  readonly configPath: string
  /** Returns the state to write; called when a write starts. */
  readonly durableState: () => DurableState
  /** Called when a write starts, after `durableState`. The write begins when the promise resolves; it never rejects. */
  readonly beforeWrite: () => Promise<void> | undefined
  /** A write that covers every request up to `seq` ended, or was given up. Runs after `settledSeq` has moved. */
  readonly onEnded: (ended: SaveEnded) => void
  /** Runs the code that follows a write; an exception in it is an internal error. */
  readonly guarded: (run: () => void) => void
}

export interface SaveEnded {
  readonly seq: number
  readonly took: Millis
  /** Undefined when it succeeded. */
  readonly error: string | undefined
}

/** The state of saving, for INFO and health checks. */
export interface SaveHealth {
  /** Why the last write failed; undefined when the file is up to date. */
  readonly error: string | undefined
  /** Unix time in milliseconds of the first of the consecutive failures. */
  readonly failingSince: number | undefined
  /** Consecutive failures. */
  readonly failures: number
  /** Failures since the start of the process. */
  readonly failuresTotal: number
  readonly savesTotal: number
}

const HEALTHY: SaveHealth = Object.freeze({
  error: undefined, failingSince: undefined, failures: 0, failuresTotal: 0, savesTotal: 0,
})

interface Write {
  readonly seq: number
  readonly startedAt: Millis
  /** It repeats a failed write after the pause. */
  readonly isRetry: boolean
}

export class Saver {
  readonly #options: SaverOptions
  #requestedSeq = 0
  #settledSeq = 0
  #savedSeq = 0
  #lastResult: 'saved' | 'failed' = 'saved'
  #write: Write | undefined
  /** The running write has taken too long, and all requests were settled as failed. */
  #overdue = false
  #retryAt: Millis | undefined
  /** Consecutive retries that failed. Failed saves that the core requested do not count: many may fail in a second. */
  #failedRetries = 0
  #health = HEALTHY

  constructor(options: SaverOptions) {
    this.#options = options
  }

  /** Every request up to this number was saved or has failed. */
  get settledSeq(): number {
    return this.#settledSeq
  }

  /** Every request up to this number is in the file. */
  get savedSeq(): number {
    return this.#savedSeq
  }

  /** The result of the request that was settled last. */
  get lastResult(): 'saved' | 'failed' {
    return this.#lastResult
  }

  get health(): SaveHealth {
    return this.#health
  }

  /** Whether a write runs or is due at once (a retry that waits for its time is not). */
  get isBusy(): boolean {
    return this.#write !== undefined || this.#requestedSeq > this.#settledSeq
  }

  /** Whether requests wait for a running write. */
  get isAwaited(): boolean {
    return this.#write !== undefined && !this.#overdue
  }

  /** When `wake` must be called; undefined when it need not be. */
  wakeAt(): Millis | undefined {
    if (this.#write === undefined) return this.#retryAt
    return this.#overdue ? undefined : this.#write.startedAt + SAVE_WAIT_MAX_MS
  }

  /** Requests a save of the state at the end of this turn. While a write takes too long, the request fails at once. */
  request(seq: number): void {
    this.#requestedSeq = seq
    if (this.#overdue) this.#settle(seq, 'failed')
  }

  /** Writes a state without a numbered request. Call it only when no write runs. */
  writeNow(state: DurableState, now: Millis): void {
    this.#start(now, state)
  }

  /** Settles all outstanding requests as failed; the running write continues. */
  giveUpWaiting(reason: string): void {
    const write = this.#write
    if (write === undefined || this.#overdue) return
    this.#overdue = true
    this.#noteFailure(reason, undefined)
    this.#settle(this.#requestedSeq, 'failed')
    const { clock, onEnded } = this.#options
    onEnded({ seq: this.#requestedSeq, took: clock.now().mono - write.startedAt, error: reason })
  }

  /** Starts a write when one is wanted and none runs; settles the requests of one that takes too long as failed. */
  wake(now: Millis): void {
    const write = this.#write
    if (write !== undefined) {
      if (now >= write.startedAt + SAVE_WAIT_MAX_MS) {
        this.giveUpWaiting(`the save did not end within ${SAVE_WAIT_MAX_MS} ms`)
      }
      return
    }
    const wanted = this.#requestedSeq > this.#settledSeq
    const isRetry = this.#retryAt !== undefined && now >= this.#retryAt
    if (wanted || isRetry) this.#start(now, this.#options.durableState(), isRetry)
  }

  #start(now: Millis, state: DurableState, isRetry = false): void {
    const write: Write = { seq: this.#requestedSeq, startedAt: now, isRetry }
    this.#write = write
    this.#retryAt = undefined
    const { store, guarded, beforeWrite } = this.#options
    const isReady = beforeWrite()
    // The wrapper turns a store that throws at once into one that rejects.
    void new Promise<void>((resolve) => {
      resolve(isReady === undefined ? store.save(state) : isReady.then(() => store.save(state)))
    }).then(
      () => { guarded(() => { this.#ended(write, undefined) }) },
      (error: unknown) => { guarded(() => { this.#ended(write, error ?? new Error('unknown reason')) }) },
    )
  }

  #ended(write: Write, failure: unknown): void {
    const { clock, onEnded } = this.#options
    const now = clock.now().mono
    const wasOverdue = this.#overdue
    this.#write = undefined
    this.#overdue = false
    const error = failure === undefined ? undefined : errorText(failure)
    if (error === undefined) this.#noteSuccess()
    else this.#noteFailure(error, (failure as Partial<SaveFailure>).step)
    if (error === undefined) this.#failedRetries = 0
    else if (write.isRetry) this.#failedRetries += 1
    // Requests that came after the write was given up are settled but may not be in this write.
    if (error !== undefined || (wasOverdue && this.#requestedSeq > write.seq)) {
      this.#retryAt = now + (error === undefined ? 0 : retryPause(this.#failedRetries))
    }
    if (error === undefined) this.#savedSeq = Math.max(this.#savedSeq, write.seq)
    if (write.seq > this.#settledSeq) this.#settle(write.seq, error === undefined ? 'saved' : 'failed')
    onEnded({ seq: write.seq, took: now - write.startedAt, error })
  }

  #settle(seq: number, outcome: 'saved' | 'failed'): void {
    this.#settledSeq = seq
    this.#lastResult = outcome
  }

  #noteSuccess(): void {
    const { logger, configPath } = this.#options
    this.#health = { ...HEALTHY, failuresTotal: this.#health.failuresTotal, savesTotal: this.#health.savesTotal + 1 }
    logger.log('debug', `Rewritten config file (${configPath}) successfully`)
    logger.log('notice', 'Sentinel new configuration saved on disk')
  }

  /** Logs a failure in the original's words (config.md 6.7). */
  #noteFailure(error: string, step: string | undefined): void {
    const { logger, clock } = this.#options
    this.#health = {
      error: isMountPoint(error, step) ? `${error}: the file ${MOUNT_ADVICE}` : error,
      failingSince: this.#health.failingSince ?? clock.now().wall,
      failures: this.#health.failures + 1,
      failuresTotal: this.#health.failuresTotal + 1,
      savesTotal: this.#health.savesTotal,
    }
    if (step !== undefined) logger.log('warning', step)
    if (isMountPoint(error, step) && this.#health.failures === 1) logger.log('warning', `${this.#options.configPath} ${MOUNT_ADVICE}`)
    logger.log('warning', `WARNING: Sentinel was not able to save the new configuration on disk!!!: ${error}`)
  }
}

/** Whether the configuration file itself is a mount point: then rename cannot replace it. */
function isMountPoint(error: string, step: string | undefined): boolean {
  return step?.startsWith('Could not rename') === true && error === 'Device or resource busy'
}

const MOUNT_ADVICE = 'is a mount point, such as a single file that is bind-mounted into a container, and a save cannot replace it. Mount its folder instead.'

/** 1 s after a failure, then twice as long after each retry that failed. */
function retryPause(failedRetries: number): Millis {
  return Math.min(SAVE_RETRY_FIRST_MS * 2 ** failedRetries, SAVE_RETRY_MAX_MS)
}

function errorText(failure: unknown): string {
  if (!(failure instanceof Error)) return String(failure)
  const { strerror } = failure as Partial<SaveFailure>
  return strerror ?? failure.message
}
