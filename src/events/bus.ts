/**
 * The one place through which events pass: the log line first, then everybody who subscribed (publishing to clients,
 * the notification script, later the journal and metrics), in the order in which they subscribed.
 */
import type { Note, Now, SentinelEvent } from '../core/index.ts'
import type { EventSink, EventSource, Logger, PublishedEvent } from '../ports/index.ts'
import { EVENT_LEVELS } from './catalog.ts'
import { noteLine } from './notes.ts'
import { payloadOf } from './payload.ts'

type Sink = (event: PublishedEvent) => void

export class EventBus implements EventSink, EventSource {
  readonly #logger: Logger
  readonly #sinks = new Set<Sink>()

  constructor(logger: Logger) {
    this.#logger = logger
  }

  event(event: SentinelEvent, now: Now): void {
    const level = EVENT_LEVELS[event.name]
    const payload = payloadOf(event)
    this.#logger.log(level, `${event.name} ${payload}`)
    const published: PublishedEvent = { event, level, channel: event.name, payload, now }
    for (const sink of this.#sinks) this.#tell(sink, published)
  }

  note(note: Note, _now: Now): void {
    const { level, text } = noteLine(note)
    this.#logger.log(level, text)
  }

  subscribe(sink: Sink): () => void {
    this.#sinks.add(sink)
    return () => { this.#sinks.delete(sink) }
  }

  /** One bad sink must not keep an event from the others. */
  #tell(sink: Sink, published: PublishedEvent): void {
    try {
      sink(published)
    } catch (error) {
      const reason = error instanceof Error ? error.stack ?? error.message : String(error)
      this.#logger.log('warning', `An event sink failed on ${published.channel}: ${reason}`)
    }
  }
}
