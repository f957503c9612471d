/** `/events`: server-sent events. A client that reads too slowly is disconnected and may resume. */
import type { ServerResponse } from 'node:http'

import type { EventStore, KeptEvent, PublishedEvent } from '../ports/index.ts'
import { Feed, idOf } from './feed.ts'
import { STREAM_BATCH_MAX, STREAM_BEAT_MS, STREAM_BYTES_MAX, STREAM_DELAY_MS, STREAMS_MAX } from './limits.ts'

/** Pause before a client of the event stream reconnects, in milliseconds. */
const RECONNECT_MS = 2_000

export const STREAM_HEADERS: Readonly<Record<string, string>> = Object.freeze({
  'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store', 'X-Accel-Buffering': 'no',
})

export class Streams {
  readonly #feed: Feed
  readonly #open = new Set<ServerResponse>()
  readonly #waiting: KeptEvent[] = []
  #beat: NodeJS.Timeout | undefined
  #flusher: NodeJS.Timeout | undefined

  constructor(store: EventStore) {
    this.#feed = new Feed(store)
  }

  get count(): number {
    return this.#open.size
  }

  get isFull(): boolean {
    return this.#open.size >= STREAMS_MAX
  }

  /** A sink of the event bus. */
  event(event: PublishedEvent): void {
    const entry = this.#feed.add(event)
    if (entry === undefined || this.#open.size === 0) return
    this.#waiting.push(entry)
    if (this.#waiting.length >= STREAM_BATCH_MAX) this.#flush()
    else this.#flusher ??= setTimeout(() => { this.#flush() }, STREAM_DELAY_MS).unref()
  }

  /** Opens a stream of new events. With `lastId` it begins with the events after that one. */
  open(output: ServerResponse, lastId: string | undefined): void {
    // Waiting events are sent to the other clients first. The new client gets them from the feed, if at all.
    this.#flush()
    const missed = lastId === undefined ? [] : this.#feed.after(lastId)
    this.#open.add(output)
    output.once('close', () => { this.#forget(output) })
    this.#write(output, `retry: ${RECONNECT_MS}\n\n${missed.map(entryText).join('')}`)
    this.#beat ??= setInterval(() => { this.#beatAll() }, STREAM_BEAT_MS).unref()
  }

  close(): void {
    this.#flush()
    for (const output of this.#open) output.end()
    clearInterval(this.#beat)
  }

  #flush(): void {
    clearTimeout(this.#flusher)
    this.#flusher = undefined
    if (this.#waiting.length === 0) return
    const text = this.#waiting.splice(0).map(entryText).join('')
    for (const output of this.#open) this.#write(output, text)
  }

  #write(output: ServerResponse, text: string): void {
    output.write(text)
    if (output.writableLength > STREAM_BYTES_MAX) output.destroy()
  }

  #beatAll(): void {
    for (const output of this.#open) this.#write(output, ':\n\n')
  }

  #forget(output: ServerResponse): void {
    this.#open.delete(output)
    if (this.#open.size > 0) return
    clearInterval(this.#beat)
    this.#beat = undefined
  }
}

/** JSON text has no line ends, so one data line is enough. */
function entryText(entry: KeptEvent): string {
  return `id: ${idOf(entry)}\ndata: ${entry.text}\n\n`
}
