import type { Address } from './address.ts'
import { EntryStream } from './entry-stream.ts'
import { DEFAULT_WAIT_MS, messageOf, TimedOutError } from './eventually.ts'
import { ProcessNames, tellStory, type StoryOptions } from './story.ts'
import { isFault, type TimelineEntry } from './timeline-entry.ts'
import { NO_LIMIT, type WaitLimit } from './wait-limit.ts'

export type { TimelineEntry } from './timeline-entry.ts'

/** A filter for entries; absent fields match everything. */
export interface TimelineMatch {
  readonly kind?: TimelineEntry['kind']
  readonly source?: string
  readonly event?: string | RegExp
  readonly text?: string | RegExp
  /** Only entries after this position, see `Timeline.position`. */
  readonly after?: number
  readonly where?: (entry: TimelineEntry) => boolean
}

/** A limit for a sentinel that publishes endlessly; the oldest entries are dropped, and `position` keeps counting. */
const MAX_ENTRIES = 200_000

interface Waiter {
  readonly match: TimelineMatch
  readonly resolve: (entry: TimelineEntry) => void
  /** Called when `match` itself threw. */
  readonly reject: (error: unknown) => void
}

/** All events of all sentinels and all marks of the harness, in the order in which they arrived. */
export class Timeline {
  readonly #entries: TimelineEntry[] = []
  readonly #waiters = new Set<Waiter>()
  readonly #listeners = new Set<(entry: TimelineEntry) => void>()
  /** Listeners whose failure was reported. */
  readonly #failed = new WeakSet<object>()
  /** Sentinels whose events are recorded, and whether they run, according to the marks. */
  readonly #sentinels = new Map<string, boolean>()
  readonly #names = new ProcessNames()
  /** Streams that wait for an entry. */
  readonly #streams = new Set<() => void>()
  readonly #limit: WaitLimit
  #dropped = 0
  /** The position at which `end` was called. */
  #endPosition: number | undefined
  #endedAt: number | undefined
  #lastFaultAt: number | undefined

  /** @param limit shortens the waits of `waitFor`; default: no limit */
  constructor(limit: WaitLimit = NO_LIMIT) {
    this.#limit = limit
  }

  /** All entries, oldest first. */
  get entries(): readonly TimelineEntry[] {
    return this.#entries
  }

  /** The present end. Read it before a fault and pass it as `after` to see only later entries. */
  get position(): number {
    return this.#dropped + this.#entries.length
  }

  /** How many of the oldest entries were dropped because there were too many. */
  get dropped(): number {
    return this.#dropped
  }

  /** Time of the last fault, on the clock of the timeline; undefined when there was none. */
  get lastFaultAt(): number | undefined {
    return this.#lastFaultAt
  }

  /**
   * Registers a sentinel whose events will be recorded, so that missing events of it are noticed.
   *
   * @param isRunning whether it runs already; later changes come from the marks
   */
  expectFrom(sentinel: string, isRunning: boolean): void {
    this.#sentinels.set(sentinel, isRunning)
  }

  /** The registered sentinels that have not been ended or paused. */
  get expectedSources(): readonly string[] {
    return [...this.#sentinels].filter(([, isRunning]) => isRunning).map(([name]) => name)
  }

  /** Names a process in stories by this name instead of its address. */
  nameAddress(address: Address, name: string): void {
    this.#names.add(address, name)
  }

  /** Ends all streams of `events`, and the story: what follows is the clean-up. Entries are still recorded. */
  end(): void {
    this.#endPosition ??= this.position
    this.#endedAt ??= clock()
    this.#wakeStreams()
  }

  /** Records an event of a sentinel. */
  event(source: string, event: string, text: string): TimelineEntry {
    return this.#add({ kind: 'event', at: clock(), source, event, text })
  }

  /** Records an action of the test or the harness. */
  mark(source: string, event: string, text = ''): TimelineEntry {
    return this.#add({ kind: 'mark', at: clock(), source, event, text })
  }

  /**
   * Calls `listener` for every new entry. A listener that throws does not affect the others: its first error is
   * reported as a warning of the process and marked in the timeline. Returns a function that removes the listener.
   */
  listen(listener: (entry: TimelineEntry) => void): () => void {
    this.#listeners.add(listener)
    return () => { this.#listeners.delete(listener) }
  }

  /** All entries that match, oldest first. */
  all(match: TimelineMatch): TimelineEntry[] {
    const from = Math.max((match.after ?? 0) - this.#dropped, 0)
    return this.#entries.slice(from).filter((entry) => matches(entry, match))
  }

  /** The first entry that matches; undefined if there is none yet. */
  first(match: TimelineMatch): TimelineEntry | undefined {
    return this.all(match)[0]
  }

  /**
   * The entries that match, past and future, as they come: `for await (const entry of timeline.events({ ... }))`. It
   * ends with the deployment, and by `break`. The timeline itself is the buffer: a reader that is more than 100,000
   * entries late gets an error.
   */
  events(match: TimelineMatch = {}): AsyncIterableIterator<TimelineEntry, undefined> {
    return new EntryStream({
      end: () => this.#endPosition ?? this.position,
      isEnded: () => this.#endPosition !== undefined,
      dropped: () => this.#dropped,
      at: (position) => this.#entries[position - this.#dropped],
      matches: (entry) => matches(entry, match),
      onGrowth: (wake) => {
        this.#streams.add(wake)
        return () => { this.#streams.delete(wake) }
      },
    }, match.after ?? 0)
  }

  /**
   * What happened, one thing a line, without times, ports and ids: the same in two runs of a scenario, so that tests
   * can keep it as a snapshot. What may differ, and how to leave it out, is in docs/harness.md under "Assertions".
   */
  story(options: StoryOptions = {}): string {
    const from = Math.max((options.after ?? 0) - this.#dropped, 0)
    return tellStory(this.told.slice(from), this.#entries, this.#names, options)
  }

  /** The entries before `end`: without those of the clean-up. */
  get told(): readonly TimelineEntry[] {
    return this.#entries.slice(0, (this.#endPosition ?? this.position) - this.#dropped)
  }

  /** When `end` was called, in milliseconds since 1970; undefined before. */
  get endedAt(): number | undefined {
    return this.#endedAt
  }

  /** The text with names of processes in the place of their addresses and ids. */
  withNames(text: string): string {
    return this.#names.replace(text, this.#names.idsIn(this.#entries))
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
    const limitMs = this.#limit.clip(timeoutMs)
    return new Promise((resolve, reject) => {
      const end = (): void => {
        clearTimeout(timer)
        this.#waiters.delete(waiter)
      }
      const waiter: Waiter = {
        match,
        resolve: (entry) => {
          end()
          resolve(entry)
        },
        reject: (error) => {
          end()
          reject(error instanceof Error ? error : new Error(messageOf(error)))
        },
      }
      const timer = setTimeout(() => {
        this.#waiters.delete(waiter)
        reject(new TimedOutError(`waited ${limitMs} ms for ${describe(match)}; the last entries were:\n${this.withNames(this.tail())}`))
      }, limitMs)
      this.#waiters.add(waiter)
    })
  }

  /** The entries as text, one per line, with milliseconds since `origin` (default: the first of them). */
  render(entries: readonly TimelineEntry[] = this.#entries, origin = entries[0]?.at ?? 0): string {
    return entries.map((entry) => {
      const offset = (entry.at - origin).toFixed(0).padStart(7)
      return `${offset} ms  ${entry.source.padEnd(12)} ${entry.event} ${entry.text}`.trimEnd()
    }).join('\n')
  }

  /** The last entries before `end` as text, for messages. */
  tail(count = 40): string {
    return this.render(this.told.slice(-count))
  }

  #add(entry: TimelineEntry): TimelineEntry {
    this.#keep(entry)
    for (const waiter of [...this.#waiters]) {
      if (this.position <= (waiter.match.after ?? 0)) continue
      try {
        if (matches(entry, waiter.match)) waiter.resolve(entry)
      } catch (error) {
        waiter.reject(error)
      }
    }
    for (const listener of [...this.#listeners]) this.#tell(listener, entry)
    this.#wakeStreams()
    return entry
  }

  #wakeStreams(): void {
    for (const wake of [...this.#streams]) wake()
  }

  #keep(entry: TimelineEntry): void {
    this.#entries.push(entry)
    if (this.#entries.length > MAX_ENTRIES) this.#dropped += this.#entries.splice(0, MAX_ENTRIES / 2).length
    if (entry.kind !== 'mark') return
    if (isFault(entry)) this.#lastFaultAt = entry.at
    if (this.#sentinels.has(entry.source)) {
      if (AWAY.test(entry.event)) this.#sentinels.set(entry.source, false)
      else if (BACK.test(entry.event)) this.#sentinels.set(entry.source, true)
    }
  }

  /** Listeners may be async functions as well, although their promises are not awaited. */
  #tell(listener: (entry: TimelineEntry) => unknown, entry: TimelineEntry): void {
    try {
      const result = listener(entry)
      if (result instanceof Promise) result.catch((error: unknown) => { this.#report(listener, entry, error) })
    } catch (error) {
      this.#report(listener, entry, error)
    }
  }

  /** Once for each listener: later entries would repeat the same error. */
  #report(listener: object, entry: TimelineEntry, error: unknown): void {
    if (this.#failed.has(listener)) return
    this.#failed.add(listener)
    const text = `a listener of the timeline failed at "${entry.source} ${entry.event}": ${messageOf(error)}`
    // Kept without calling listeners: the failing one could fail again, endlessly.
    this.#keep({ kind: 'mark', at: clock(), source: 'harness', event: 'listener failed', text })
    const options = { type: 'HarnessWarning', code: 'TS_SENTINEL_LISTENER' }
    process.emitWarning(text, { ...options, ...(error instanceof Error && { detail: error.stack ?? '' }) })
  }
}

/** Marks after which a process publishes nothing, and marks after which it does again. */
const AWAY = /^(?:killed|paused|stopped|ended)/
const BACK = /^(?:started|resumed)/

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

/** Unix time in milliseconds that does not step: the start of the process plus the monotonic clock. */
export function clock(): number {
  return performance.timeOrigin + performance.now()
}
