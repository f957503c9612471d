import { TimedOutError, DEFAULT_WAIT_MS } from './eventually.ts'

/** One thing that happened: an event of a sentinel, or a mark of the harness itself such as a kill. */
export interface TimelineEntry {
  readonly kind: 'event' | 'mark'
  /** Milliseconds since 1970 with fractions, from a clock that never steps back. */
  readonly at: number
  /** Name of the sentinel or node, as in the deployment. */
  readonly source: string
  /** Channel of the event, for example `+sdown`; for a mark what was done, for example `killed`. */
  readonly event: string
  /** Payload of the event, for example `master mymaster 127.0.0.1 6379`. */
  readonly text: string
}

/** Which entries are meant; fields left out match everything. */
export interface TimelineMatch {
  readonly kind?: TimelineEntry['kind']
  readonly source?: string
  readonly event?: string | RegExp
  readonly text?: string | RegExp
  /** Only entries recorded after this position, see `Timeline.position`. */
  readonly after?: number
  readonly where?: (entry: TimelineEntry) => boolean
}

/** More than this is a run-away sentinel; the oldest entries are dropped, and `position` keeps counting. */
const MAX_ENTRIES = 200_000

interface Waiter {
  readonly match: TimelineMatch
  readonly resolve: (entry: TimelineEntry) => void
}

/** What all sentinels said and what was done to the deployment, in the order in which it was seen. */
export class Timeline {
  readonly #entries: TimelineEntry[] = []
  readonly #waiters = new Set<Waiter>()
  readonly #listeners = new Set<(entry: TimelineEntry) => void>()
  #dropped = 0

  /** All entries, oldest first. */
  get entries(): readonly TimelineEntry[] {
    return this.#entries
  }

  /** The present end. Take it before a fault and pass it as `after`, to look only at what follows. */
  get position(): number {
    return this.#dropped + this.#entries.length
  }

  /** Records an event of a sentinel. */
  event(source: string, event: string, text: string): TimelineEntry {
    return this.#add({ kind: 'event', at: clock(), source, event, text })
  }

  /** Records what the test or the harness did. */
  mark(source: string, event: string, text = ''): TimelineEntry {
    return this.#add({ kind: 'mark', at: clock(), source, event, text })
  }

  /** Calls `listener` for every new entry. @returns a function that ends this */
  listen(listener: (entry: TimelineEntry) => void): () => void {
    this.#listeners.add(listener)
    return () => { this.#listeners.delete(listener) }
  }

  /** All entries that match, oldest first. */
  all(match: TimelineMatch): TimelineEntry[] {
    const from = Math.max((match.after ?? 0) - this.#dropped, 0)
    return this.#entries.slice(from).filter((entry) => matches(entry, match))
  }

  /** The first entry that matches, if there is one already. */
  first(match: TimelineMatch): TimelineEntry | undefined {
    return this.all(match)[0]
  }

  /**
   * Waits for the first entry that matches, past or future.
   *
   * @param timeoutMs deadline in milliseconds
   * @throws TimedOutError with the last entries, when it does not come in time
   */
  waitFor(match: TimelineMatch, timeoutMs = DEFAULT_WAIT_MS): Promise<TimelineEntry> {
    const past = this.first(match)
    if (past !== undefined) return Promise.resolve(past)
    return new Promise((resolve, reject) => {
      const waiter: Waiter = {
        match,
        resolve: (entry) => {
          clearTimeout(timer)
          this.#waiters.delete(waiter)
          resolve(entry)
        },
      }
      const timer = setTimeout(() => {
        this.#waiters.delete(waiter)
        reject(new TimedOutError(`waited ${timeoutMs} ms for ${describe(match)}; the last entries were:\n${this.tail()}`))
      }, timeoutMs)
      this.#waiters.add(waiter)
    })
  }

  /** The entries as text, one a line, with milliseconds since `origin` (default: the first of them). */
  render(entries: readonly TimelineEntry[] = this.#entries, origin = entries[0]?.at ?? 0): string {
    return entries.map((entry) => {
      const offset = (entry.at - origin).toFixed(0).padStart(7)
      return `${offset} ms  ${entry.source.padEnd(12)} ${entry.event} ${entry.text}`.trimEnd()
    }).join('\n')
  }

  /** The last entries as text, for messages. */
  tail(count = 40): string {
    return this.render(this.#entries.slice(-count))
  }

  #add(entry: TimelineEntry): TimelineEntry {
    this.#entries.push(entry)
    if (this.#entries.length > MAX_ENTRIES) this.#dropped += this.#entries.splice(0, MAX_ENTRIES / 2).length
    for (const waiter of [...this.#waiters]) {
      if (this.position > (waiter.match.after ?? 0) && matches(entry, waiter.match)) waiter.resolve(entry)
    }
    for (const listener of [...this.#listeners]) listener(entry)
    return entry
  }
}

function matches(entry: TimelineEntry, match: TimelineMatch): boolean {
  return (match.kind === undefined || match.kind === entry.kind)
    && (match.source === undefined || match.source === entry.source)
    && (match.event === undefined || textMatches(entry.event, match.event))
    && (match.text === undefined || textMatches(entry.text, match.text))
    && (match.where === undefined || match.where(entry))
}

function textMatches(text: string, wanted: string | RegExp): boolean {
  return typeof wanted === 'string' ? text === wanted : wanted.test(text)
}

function describe(match: TimelineMatch): string {
  const parts = [String(match.event ?? 'any entry')]
  if (match.source !== undefined) parts.push(`of ${match.source}`)
  if (match.text !== undefined) parts.push(`with ${String(match.text)}`)
  return parts.join(' ')
}

/** Wall time that does not step: the start of the process plus the monotonic clock. Milliseconds. */
export function clock(): number {
  return performance.timeOrigin + performance.now()
}
