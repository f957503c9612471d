import type { TimelineEntry } from './timeline-entry.ts'

/** What a stream reads from: the entries of a timeline, by their positions. */
export interface EntrySource {
  /** The position after the last entry that a stream reads. */
  end(): number
  /** Whether no further entry will be read. */
  isEnded(): boolean
  /** Position of the oldest entry that is kept. */
  dropped(): number
  at(position: number): TimelineEntry | undefined
  matches(entry: TimelineEntry): boolean
  /** Calls `wake` once, at the next entry or at the end. Returns a function that takes this back. */
  onGrowth(wake: () => void): () => void
}

/**
 * Reads the entries of a timeline one after the other, and waits for the next one at the end. It holds no entries of
 * its own: the timeline, which has a limit, is the buffer.
 */
export class EntryStream implements AsyncIterableIterator<TimelineEntry, undefined> {
  readonly #source: EntrySource
  #position: number
  #over = false
  /** Settles when the calls of `next` so far have been answered. */
  #answered: Promise<unknown> = Promise.resolve()
  #wake: (() => void) | undefined

  constructor(source: EntrySource, position: number) {
    this.#source = source
    this.#position = Math.max(position, source.dropped())
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  /** @throws Error when entries were dropped before they were read */
  next(): Promise<IteratorResult<TimelineEntry, undefined>> {
    const answer = this.#answered.then(() => this.#take())
    this.#answered = answer.catch(() => undefined)
    return answer
  }

  /** Ends the stream, also one that waits for an entry. */
  return(): Promise<IteratorResult<TimelineEntry, undefined>> {
    this.#over = true
    this.#wake?.()
    return Promise.resolve({ done: true, value: undefined })
  }

  async #take(): Promise<IteratorResult<TimelineEntry, undefined>> {
    try {
      for (;;) {
        const entry = this.#read()
        if (entry !== undefined) return { done: false, value: entry }
        if (this.#over || this.#source.isEnded()) break
        await this.#growth()
      }
    } catch (error) {
      this.#over = true
      throw error
    }
    return { done: true, value: undefined }
  }

  #read(): TimelineEntry | undefined {
    while (!this.#over && this.#position < this.#source.end()) {
      const missed = this.#source.dropped() - this.#position
      if (missed > 0) throw new Error(`${missed} entries of the timeline were dropped before they were read`)
      const entry = this.#source.at(this.#position)
      this.#position += 1
      if (entry !== undefined && this.#source.matches(entry)) return entry
    }
    return undefined
  }

  #growth(): Promise<void> {
    return new Promise((resolve) => {
      const forget = this.#source.onGrowth(() => { this.#wake?.() })
      this.#wake = () => {
        forget()
        this.#wake = undefined
        resolve()
      }
    })
  }
}
