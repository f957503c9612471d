/**
 * The latest published events, numbered, so that a client that lost its connection can resume. Numbers begin at 1 after
 * each start of the process; an id has a random text, which identifies the start, and the number.
 */
import { randomBytes } from 'node:crypto'

import type { PublishedEvent } from '../ports/index.ts'
import { FEED_EVENTS_MAX } from './limits.ts'

export interface FeedEntry {
  readonly id: string
  readonly event: PublishedEvent
}

export class Feed {
  readonly #start = randomBytes(4).toString('hex')
  readonly #entries: FeedEntry[] = []
  #last = 0

  /** Adds an event. Undefined for a debug event, which subscribers do not get either. */
  add(event: PublishedEvent): FeedEntry | undefined {
    if (event.level === 'debug') return undefined
    this.#last += 1
    const entry = { id: `${this.#start}-${this.#last}`, event }
    this.#entries.push(entry)
    if (this.#entries.length >= FEED_EVENTS_MAX * 2) this.#entries.splice(0, this.#entries.length - FEED_EVENTS_MAX)
    return entry
  }

  /** The events after the one with this id; all kept events when the id is unknown or too old. */
  after(id: string): readonly FeedEntry[] {
    const kept = this.#entries.slice(-FEED_EVENTS_MAX)
    const [start, number] = id.split('-')
    const seen = start === this.#start && number !== undefined && /^\d{1,15}$/.test(number) ? Number(number) : 0
    const first = this.#last - kept.length + 1
    return kept.slice(Math.max(0, seen - first + 1))
  }
}
