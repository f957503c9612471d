/**
 * The latest published events, numbered, so that a client that lost its connection can resume. An id has a random text,
 * which identifies the start of the process, and a number, which grows over restarts too. The events before this start
 * are those that the event store has kept.
 */
import { randomBytes } from 'node:crypto'

import { eventFields } from '../events/index.ts'
import type { EventStore, KeptEvent, PublishedEvent } from '../ports/index.ts'
import type { EventJson } from './json.ts'
import { FEED_EVENTS_MAX } from './limits.ts'

export class Feed {
  readonly #start = randomBytes(4).toString('hex')
  readonly #store: EventStore
  readonly #entries: KeptEvent[]
  #last: number

  constructor(store: EventStore) {
    this.#store = store
    this.#entries = [...store.past]
    this.#last = store.numbersAbove
  }

  /** Adds an event. Undefined for a debug event, which subscribers do not get either. */
  add(event: PublishedEvent): KeptEvent | undefined {
    if (event.level === 'debug') return undefined
    this.#last += 1
    const entry = new Entry(this.#start, this.#last, event)
    this.#entries.push(entry)
    if (this.#entries.length >= FEED_EVENTS_MAX * 2) this.#entries.splice(0, this.#entries.length - FEED_EVENTS_MAX)
    this.#store.add(entry)
    return entry
  }

  /**
   * The events after the one with this id; all kept events when the id is unknown or too old. An event that was sent
   * shortly before a crash may be lost: then those after the last kept one of the same start.
   */
  after(id: string): readonly KeptEvent[] {
    const kept = this.#entries.slice(-FEED_EVENTS_MAX)
    const [start, number] = id.split('-')
    const seen = number !== undefined && /^\d{1,15}$/.test(number) ? Number(number) : 0
    return kept.slice(kept.findLastIndex((entry) => entry.start === start && entry.number <= seen) + 1)
  }
}

/** The id of an event, for the header Last-Event-ID. */
export function idOf({ start, number }: Pick<KeptEvent, 'start' | 'number'>): string {
  return `${start}-${number}`
}

/** An event of this start. Its text is made when it is needed: in a failover there is other work. */
class Entry implements KeptEvent {
  readonly start: string
  readonly number: number
  readonly #event: PublishedEvent
  #text: string | undefined

  constructor(start: string, number: number, event: PublishedEvent) {
    this.start = start
    this.number = number
    this.#event = event
  }

  get text(): string {
    return this.#text ??= JSON.stringify(this.#json())
  }

  #json(): EventJson {
    const { now, level } = this.#event
    return { id: idOf(this), time: new Date(now.wall).toISOString(), level, ...eventFields(this.#event) }
  }
}
