/**
 * Decides when our own state is written (docs/decisions/0047-state-of-our-own.md). Nothing waits for these writes:
 * changes of a second are written together, and only while no save of the configuration runs. Some changes, though,
 * must be on the disk before the configuration that follows from them: the next save waits until their write has ended,
 * well or not. A write that fails is repeated with growing pauses, and before each save that should have waited for it;
 * the log has one line when writing begins to fail, and one when it works again.
 */
import type { Millis, OwnState } from '../core/index.ts'
import type { Clock, Logger, OwnStateStore } from '../ports/index.ts'
import { KEEP_AFTER_MS, SAVE_RETRY_FIRST_MS, SAVE_RETRY_MAX_MS } from './limits.ts'

export interface KeeperOptions {
  readonly store: OwnStateStore
  readonly clock: Clock
  readonly logger: Logger
  /** Returns the state to write; called when a write starts. */
  readonly ownState: () => OwnState
  /** Whether a save of the configuration runs or is due. */
  readonly isSaveBusy: () => boolean
  readonly onEnded: () => void
  /** Runs the code that follows a write; an exception in it is an internal error. */
  readonly guarded: (run: () => void) => void
}

/** The state of writing, for health checks. */
export interface KeepHealth {
  /** Why the last write failed; undefined when it did not. */
  readonly error: string | undefined
  /** Unix time in milliseconds of the first of the consecutive failures. */
  readonly failingSince: number | undefined
  /** Writes that failed, and those that succeeded, since the start of the process. */
  readonly failuresTotal: number
  readonly writesTotal: number
}

/** The state before the first write. */
export const NOTHING_WRITTEN: KeepHealth = Object.freeze({
  error: undefined, failingSince: undefined, failuresTotal: 0, writesTotal: 0,
})

interface Write {
  /** Whether a save waits for it, if one begins now. */
  readonly isBeforeSave: boolean
  /** Resolves when it has ended, well or not. */
  readonly ended: Promise<void>
}

export class Keeper {
  readonly #options: KeeperOptions
  /** When the present changes are written; undefined when nothing has changed. */
  #dueAt: Millis | undefined
  /** Whether they must be written before the next save. */
  #isBeforeSave = false
  #write: Write | undefined
  /** Consecutive writes that failed. */
  #failures = 0
  #health = NOTHING_WRITTEN

  constructor(options: KeeperOptions) {
    this.#options = options
  }

  get health(): KeepHealth {
    return this.#health
  }

  get isWriting(): boolean {
    return this.#write !== undefined
  }

  /** Something changed; it is in the next write that starts. */
  changed(now: Millis, { isBeforeSave }: { isBeforeSave: boolean }): void {
    this.#dueAt ??= now + KEEP_AFTER_MS
    this.#isBeforeSave ||= isBeforeSave
  }

  /**
   * Writes what must be on the disk before a save of the present state. Resolves when that has ended, well or not: a
   * file that cannot be written does not stop saves. Undefined when there is nothing to wait for.
   */
  beforeSave(): Promise<void> | undefined {
    if (this.#isBeforeSave) this.#start()
    const write = this.#write
    if (!this.#isBeforeSave) return write?.isBeforeSave === true ? write.ended : undefined
    // A write runs that began before the change.
    return write?.ended.then(() => {
      this.#start()
      return this.#write?.ended
    })
  }

  /** When `wake` must be called; undefined when the end of a write or of a save brings the next call. */
  wakeAt(): Millis | undefined {
    return this.isWriting || this.#options.isSaveBusy() ? undefined : this.#dueAt
  }

  /** Starts a write when one is due. */
  wake(now: Millis): void {
    if (this.#dueAt !== undefined && now >= this.#dueAt && !this.#options.isSaveBusy()) this.#start()
  }

  /** Writes what has changed without delay, for a stop. */
  flush(): void {
    if (this.#dueAt !== undefined) this.#start()
  }

  #start(): void {
    if (this.isWriting) return
    const isBeforeSave = this.#isBeforeSave
    this.#isBeforeSave = false
    this.#dueAt = undefined
    const { store, ownState, guarded } = this.#options
    const state = ownState()
    // The wrapper turns a store that throws at once into one that rejects.
    const ended = new Promise<void>((resolve) => { resolve(store.save(state)) }).then(
      () => { guarded(() => { this.#ended(undefined, isBeforeSave) }) },
      (error: unknown) => { guarded(() => { this.#ended(errorText(error), isBeforeSave) }) },
    )
    this.#write = { isBeforeSave, ended }
  }

  #ended(error: string | undefined, isBeforeSave: boolean): void {
    const { clock, onEnded } = this.#options
    this.#write = undefined
    if (error === undefined) this.#noteSuccess()
    else {
      this.#isBeforeSave ||= isBeforeSave
      this.#dueAt = clock.now().mono + Math.min(SAVE_RETRY_FIRST_MS * 2 ** this.#failures, SAVE_RETRY_MAX_MS)
      this.#noteFailure(error)
    }
    onEnded()
  }

  #noteSuccess(): void {
    const { logger, store } = this.#options
    if (this.#health.error !== undefined) logger.log('notice', `${store.path} is written again.`)
    this.#failures = 0
    const { failuresTotal, writesTotal } = this.#health
    this.#health = { ...NOTHING_WRITTEN, failuresTotal, writesTotal: writesTotal + 1 }
  }

  #noteFailure(error: string): void {
    const { logger, store, clock } = this.#options
    this.#failures += 1
    if (this.#health.error !== error) {
      logger.log('warning', `Cannot write ${store.path}: ${error}. Failovers work without it. Until it can be written, `
      + 'a restart loses the history of failovers and the known replication ids. It is tried again.')
    }
    const { failingSince, failuresTotal, writesTotal } = this.#health
    this.#health = {
      error, failingSince: failingSince ?? clock.now().wall, failuresTotal: failuresTotal + 1, writesTotal,
    }
  }
}

function errorText(failure: unknown): string {
  if (!(failure instanceof Error)) return String(failure)
  const { strerror } = failure as Error & { readonly strerror?: string }
  return strerror ?? failure.message
}
