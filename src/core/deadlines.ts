/**
 * Theory of operation. Every record has at most one deadline: the next moment at which checking it can change
 * anything. The table is a binary heap; replacing a deadline leaves the old entry in the heap, where it is
 * recognised as outdated by its sequence number and dropped when it comes up. Equal times come out in the order
 * in which they were set, so that runs repeat exactly.
 */
import type { Millis } from './time.ts'

interface Entry {
  readonly key: number
  readonly at: Millis
  readonly sequence: number
}

export class Deadlines {
  #heap: Entry[] = []
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
    this.#push(entry)
    // Outdated entries must not outgrow the live ones for long.
    if (this.#heap.length > 64 && this.#heap.length > 4 * this.#current.size) this.#rebuild()
  }

  /** Entries in the heap, outdated ones included. */
  get size(): number {
    return this.#heap.length
  }

  /** Each deadline by its key, the earliest first. */
  entries(): (readonly [key: number, at: Millis])[] {
    return [...this.#current.values()].sort((a, b) => before(a, b) ? -1 : 1).map(({ key, at }) => [key, at])
  }

  /** The earliest deadline. */
  next(): Millis | undefined {
    this.#dropOutdated()
    return this.#heap[0]?.at
  }

  /** Removes one deadline that has come and returns its key. */
  takeDue(now: Millis): number | undefined {
    this.#dropOutdated()
    const top = this.#heap[0]
    if (top === undefined || top.at > now) return undefined
    this.#pop()
    this.#current.delete(top.key)
    return top.key
  }

  #dropOutdated(): void {
    for (let top = this.#heap[0]; top !== undefined && this.#current.get(top.key) !== top; top = this.#heap[0]) {
      this.#pop()
    }
  }

  #rebuild(): void {
    this.#heap = []
    for (const entry of this.#current.values()) this.#push(entry)
  }

  #push(entry: Entry): void {
    const heap = this.#heap
    let index = heap.push(entry) - 1
    while (index > 0) {
      const above = (index - 1) >> 1
      const parent = heap[above]
      if (parent === undefined || before(parent, entry)) break
      heap[index] = parent
      index = above
    }
    heap[index] = entry
  }

  #pop(): void {
    const heap = this.#heap
    const last = heap.pop()
    if (last === undefined || heap.length === 0) return
    let index = 0
    for (;;) {
      const left = heap[2 * index + 1]
      if (left === undefined) break
      const right = heap[2 * index + 2]
      const rightIsFirst = right !== undefined && before(right, left)
      const child = rightIsFirst ? right : left
      if (before(last, child)) break
      heap[index] = child
      index = 2 * index + (rightIsFirst ? 2 : 1)
    }
    heap[index] = last
  }
}

function before(a: Entry, b: Entry): boolean {
  return a.at < b.at || (a.at === b.at && a.sequence < b.sequence)
}
