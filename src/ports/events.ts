import type { Note, Now, SentinelEvent } from '../core/index.ts'

/** Levels of the original, lowest first. */
export type LogLevel = 'debug' | 'verbose' | 'notice' | 'warning'

/** Receives the reports of the driver and of the script runner. */
export interface EventSink {
  event(event: SentinelEvent, now: Now): void
  note(note: Note, now: Now): void
}

/** Passes events to sinks, such as the log, in the form that clients get. */
export interface EventSource {
  /**
   * Calls `sink` for every event, in order, until the returned function is called. A sink that throws does not affect
   * the others.
   */
  subscribe(sink: (event: PublishedEvent) => void): () => void
}

/** An event as it is published to clients. */
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
