/**
 * The events that were published lately, numbered, so that a reader who lost its connection can go on where it was.
 * Numbers begin anew with each start; the id says which start it was.
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

  /** Undefined for what subscribers do not get either. */
  add(event: PublishedEvent): FeedEntry | undefined {
    if (event.level === 'debug') return undefined
    this.#last += 1
    const entry = { id: `${this.#start}-${this.#last}`, event }
    this.#entries.push(entry)
    if (this.#entries.length >= FEED_EVENTS_MAX * 2) this.#entries.splice(0, this.#entries.length - FEED_EVENTS_MAX)
    return entry
  }

  /** What came after this id: everything that is kept when the id is unknown or too old. */
  after(id: string): readonly FeedEntry[] {
    const kept = this.#entries.slice(-FEED_EVENTS_MAX)
    const [start, number] = id.split('-')
    const seen = start === this.#start && number !== undefined && /^\d{1,15}$/.test(number) ? Number(number) : 0
    const first = this.#last - kept.length + 1
    return kept.slice(Math.max(0, seen - first + 1))
  }
}
