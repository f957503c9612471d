/** `/events`: server-sent events. Nobody is waited for: who reads too slowly is cut and may resume. */
import type { ServerResponse } from 'node:http'

import { eventFields } from '../events/index.ts'
import type { PublishedEvent } from '../ports/index.ts'
import { Feed, type FeedEntry } from './feed.ts'
import { STREAM_BATCH_MAX, STREAM_BEAT_MS, STREAM_BYTES_MAX, STREAM_DELAY_MS, STREAMS_MAX } from './limits.ts'

/** What a reader waits before it connects again, in milliseconds. */
const RECONNECT_MS = 2_000

export class Streams {
  readonly #feed = new Feed()
  readonly #open = new Set<ServerResponse>()
  readonly #waiting: FeedEntry[] = []
  #beat: NodeJS.Timeout | undefined
  #flusher: NodeJS.Timeout | undefined

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

  /** `lastId` undefined: from now on; otherwise what came after it, then from now on. */
  open(response: ServerResponse, lastId: string | undefined): void {
    response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store', 'X-Accel-Buffering': 'no' })
    // What waits is in the history that this reader may get.
    this.#flush()
    const missed = lastId === undefined ? [] : this.#feed.after(lastId)
    this.#open.add(response)
    response.on('close', () => { this.#forget(response) })
    this.#write(response, `retry: ${RECONNECT_MS}\n\n${missed.map(entryText).join('')}`)
    this.#beat ??= setInterval(() => { this.#beatAll() }, STREAM_BEAT_MS).unref()
  }

  close(): void {
    this.#flush()
    for (const response of this.#open) response.end()
    clearInterval(this.#beat)
  }

  #flush(): void {
    clearTimeout(this.#flusher)
    this.#flusher = undefined
    if (this.#waiting.length === 0) return
    const text = this.#waiting.splice(0).map(entryText).join('')
    for (const response of this.#open) this.#write(response, text)
  }

  #write(response: ServerResponse, text: string): void {
    response.write(text)
    if (response.writableLength > STREAM_BYTES_MAX) response.destroy()
  }

  #beatAll(): void {
    for (const response of this.#open) this.#write(response, ':\n\n')
  }

  #forget(response: ServerResponse): void {
    this.#open.delete(response)
    if (this.#open.size > 0) return
    clearInterval(this.#beat)
    this.#beat = undefined
  }
}

/** JSON holds no line end, so one data line is enough. */
function entryText({ id, event }: FeedEntry): string {
  const time = new Date(event.now.wall).toISOString()
  return `id: ${id}\ndata: ${JSON.stringify({ id, time, level: event.level, ...eventFields(event) })}\n\n`
}
