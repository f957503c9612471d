/**
 * Theory of operation. Every record has at most one deadline: the next moment at which checking it can change
 * anything. The deadlines are in a heap; replacing a deadline leaves the old entry in the heap, where it is
 * recognised as outdated by its sequence number and dropped when it comes up. Equal times come out in the order
 * in which they were set, so that runs repeat exactly.
 */
import { TimeHeap } from './time-heap.ts'
import type { Millis } from './time.ts'

interface Entry {
  readonly key: number
  readonly at: Millis
  readonly sequence: number
}

export class Deadlines {
  readonly #heap = new TimeHeap<Entry>()
  readonly #current = new Map<number, Entry>()
  #sequence = 0

  /** Set or replace the deadline of `key`; undefined removes it. */
  set(key: number, at: Millis | undefined): void {
    const known = this.#current.get(key)
    if (known?.at === at) return
    if (at === undefined) {
      this.#current.delete(key)
      return
    }
    const entry: Entry = { key, at, sequence: ++this.#sequence }
    this.#current.set(key, entry)
    this.#heap.push(entry)
    // Outdated entries must not outgrow the live ones for long.
    if (this.#heap.size > 64 && this.#heap.size > 4 * this.#current.size) this.#rebuild()
  }

  /** Entries in the heap, outdated ones included. */
  get size(): number {
    return this.#heap.size
  }

  /** Each deadline by its key, the earliest first. */
  entries(): (readonly [key: number, at: Millis])[] {
    const entries = [...this.#current.values()].sort((a, b) => a.at - b.at || a.sequence - b.sequence)
    return entries.map(({ key, at }) => [key, at])
  }

  /** The earliest deadline. */
  next(): Millis | undefined {
    this.#dropOutdated()
    return this.#heap.first?.at
  }

  /** Removes one deadline that is due and returns its key. */
  takeDue(now: Millis): number | undefined {
    this.#dropOutdated()
    const top = this.#heap.first
    if (top === undefined || top.at > now) return undefined
    this.#heap.removeFirst()
    this.#current.delete(top.key)
    return top.key
  }

  #dropOutdated(): void {
    const heap = this.#heap
    for (let top = heap.first; top !== undefined && this.#current.get(top.key) !== top; top = heap.first) {
      heap.removeFirst()
    }
  }

  #rebuild(): void {
    this.#heap.clear()
    for (const entry of this.#current.values()) this.#heap.push(entry)
  }
}
