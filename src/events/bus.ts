/**
 * Distributes events: an event gets its wire form once and goes to every sink, in the order in which they subscribed.
 * The original's order is log, subscribers, notification script; the daemon subscribes them so.
 */
import type { Note, Now, SentinelEvent } from '../core/index.ts'
import type { EventSink, EventSource, Logger, PublishedEvent } from '../ports/index.ts'
import { CATALOG } from './catalog.ts'
import { noteLine } from './notes.ts'
import { payloadOf } from './payload.ts'

type Sink = (event: PublishedEvent) => void

export interface EventBusOptions {
  /** Notes go only to the log. */
  readonly logger: Logger
  /** Called when a sink threw. The other sinks get the event all the same. */
  readonly onSinkError: (error: unknown, event: PublishedEvent) => void
}

export class EventBus implements EventSink, EventSource {
  readonly #options: EventBusOptions
  readonly #waiting: PublishedEvent[] = []
  #sinks: readonly Sink[] = []
  #isDelivering = false

  constructor(options: EventBusOptions) {
    this.#options = options
  }

  /** A sink that is added or removed during an event gets or misses the next event, not the present one. */
  subscribe(sink: Sink): () => void {
    const entry: Sink = (event) => { sink(event) }
    this.#sinks = [...this.#sinks, entry]
    return () => { this.#sinks = this.#sinks.filter((other) => other !== entry) }
  }

  event(event: SentinelEvent, now: Now): void {
    const { level } = CATALOG[event.name]
    this.#waiting.push({ event, level, channel: event.name, payload: payloadOf(event), now })
    // An event that a sink causes waits until all sinks have seen the one before it.
    if (!this.#isDelivering) this.#deliver()
  }

  note(note: Note, _now: Now): void {
    const { level, text } = noteLine(note)
    this.#options.logger.log(level, text)
  }

  #deliver(): void {
    this.#isDelivering = true
    try {
      for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) this.#tell(next)
    } finally {
      this.#isDelivering = false
    }
  }

  #tell(event: PublishedEvent): void {
    for (const sink of this.#sinks) {
      try {
        sink(event)
      } catch (error) {
        this.#options.onSinkError(error, event)
      }
    }
  }
}
