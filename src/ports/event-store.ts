/** Keeps the latest published events over restarts of the process. */
export interface EventStore {
  /** Those that were kept before this start, oldest first. */
  readonly past: readonly KeptEvent[]
  /** The numbers of this start are greater: none was given before. */
  readonly numbersAbove: number
  /** Returns at once; the event is written later. */
  add(event: KeptEvent): void
}

/** A published event as readers of `/events` get it. */
export interface KeptEvent {
  /** Identifies the start of the process that published it. */
  readonly start: string
  /** Its place in the order of all events. */
  readonly number: number
  /** Its JSON, in one line. */
  readonly text: string
}
