/**
 * Decides when events are written to their file. Nothing waits for these writes: events of a second are written
 * together, and only while no save of the configuration runs. A write that fails is repeated with growing pauses; the
 * log has one line when writing begins to fail, and one when it works again.
 */
import { SaveError } from '../config/index.ts'
import type { EventStore, KeptEvent, Logger } from '../ports/index.ts'
import { systemErrorText } from '../text/index.ts'
import type { EventFile } from './event-file.ts'
import { EVENT_NUMBERS_SKIPPED, EVENTS_AFTER_MS, EVENTS_KEPT_MAX, EVENTS_PER_TURN_MAX, EVENTS_RETRY_MAX_MS } from './limits.ts'

export interface EventKeeperOptions {
  readonly file: Pick<EventFile, 'path' | 'open' | 'write'>
  readonly logger: Logger
  /** Whether a save of the configuration runs or is due. */
  readonly isSaveBusy: () => boolean
}

export class EventKeeper implements EventStore {
  readonly past: readonly KeptEvent[]
  readonly numbersAbove: number
  readonly #options: EventKeeperOptions
  readonly #events: KeptEvent[]
  /** How many of them, the newest ones, are not in the file. */
  #fresh = 0
  #timer: NodeJS.Timeout | undefined
  #writing: Promise<void> | undefined
  #isClosed = false
  /** Consecutive writes that failed, and why the last one did. */
  #failures = 0
  #problem: string | undefined

  /** Opens the file. */
  constructor(options: EventKeeperOptions) {
    this.#options = options
    const { events, line } = options.file.open()
    if (line !== undefined) options.logger.log(line.level, line.text)
    this.past = events
    const last = events.reduce((highest, { number }) => Math.max(highest, number), 0)
    this.numbersAbove = last === 0 ? 0 : last + EVENT_NUMBERS_SKIPPED
    this.#events = [...events]
  }

  add(event: KeptEvent): void {
    this.#events.push(event)
    this.#fresh = Math.min(this.#fresh + 1, EVENTS_KEPT_MAX)
    if (this.#events.length >= EVENTS_KEPT_MAX * 2) this.#events.splice(0, this.#events.length - EVENTS_KEPT_MAX)
    this.#arm(EVENTS_AFTER_MS)
  }

  /** Writes what has not been written; resolves when that is done or has failed. */
  async close(): Promise<void> {
    this.#isClosed = true
    clearTimeout(this.#timer)
    await this.#writing
    if (this.#fresh > 0) await this.#write()
  }

  #arm(ms: number): void {
    if (this.#isClosed || this.#writing !== undefined) return
    this.#timer ??= setTimeout(() => { this.#wake() }, ms).unref()
  }

  #wake(): void {
    this.#timer = undefined
    if (this.#options.isSaveBusy()) this.#arm(EVENTS_AFTER_MS)
    else void this.#write()
  }

  #write(): Promise<void> {
    const [events, fresh] = [[...this.#events], this.#fresh]
    this.#fresh = 0
    const made = makeTexts(events.slice(events.length - fresh))
    this.#writing = made.then(() => this.#options.file.write(events, fresh)).then(
      () => { this.#noteSuccess() },
      (error: unknown) => {
        this.#fresh = Math.min(this.#fresh + fresh, EVENTS_KEPT_MAX)
        this.#noteFailure(error instanceof SaveError ? error.strerror : systemErrorText(error))
      },
    ).then(() => {
      this.#writing = undefined
      if (this.#fresh > 0) this.#arm(Math.min(EVENTS_AFTER_MS * 2 ** this.#failures, EVENTS_RETRY_MAX_MS))
    })
    return this.#writing
  }

  #noteSuccess(): void {
    const { logger, file: { path } } = this.#options
    if (this.#problem !== undefined) logger.log('notice', `${path} is written again.`)
    this.#problem = undefined
    this.#failures = 0
  }

  #noteFailure(problem: string): void {
    const { logger, file: { path } } = this.#options
    this.#failures += 1
    if (problem === this.#problem) return
    this.#problem = problem
    logger.log('warning', `Cannot write ${path}: ${problem}. Failovers work without it. Until it can be written, a restart `
    + 'loses the events of /events. It is tried again.')
  }
}

/** Makes the texts, which each event keeps, in several turns of the event loop: a failover may have other work. */
async function makeTexts(events: readonly KeptEvent[]): Promise<void> {
  for (let from = 0; from < events.length; from += EVENTS_PER_TURN_MAX) {
    if (from > 0) await new Promise((resolve) => { setImmediate(resolve) })
    events.slice(from, from + EVENTS_PER_TURN_MAX).map(({ text }) => text)
  }
}
