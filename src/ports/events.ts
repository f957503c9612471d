import type { Note, Now, SentinelEvent } from '../core/index.ts'

/** Levels of the original, lowest first. */
export type LogLevel = 'debug' | 'verbose' | 'notice' | 'warning'

/** Where the driver and the script runner report what happened. */
export interface EventSink {
  event(event: SentinelEvent, now: Now): void
  note(note: Note, now: Now): void
}

/** What a sink sees of one event: its wire form is already built. */
export interface EventSource {
  /** Runs for every event, in order. Returns the function that ends it. A sink that throws does not stop the rest. */
  subscribe(sink: (event: PublishedEvent) => void): () => void
}

/** An event as clients hear it. */
export interface PublishedEvent {
  readonly event: SentinelEvent
  readonly level: LogLevel
  /** Channel name on the wire: the event's name. */
  readonly channel: string
  /** Cut at 1023 bytes. */
  readonly payload: string
  readonly now: Now
}

export interface Logger {
  log(level: LogLevel, text: string): void
}
