/**
 * Simulated time and everything that is still to happen. Time is counted in whole microseconds and moves only from
 * one entry to the next. Entries of the same moment run in the order in which they were put in, so a run repeats
 * exactly.
 */
export type Micros = number

export interface Scheduled {
  readonly at: Micros
  readonly order: number
  /** Undefined once cancelled. */
  run: (() => void) | undefined
}

export class EventQueue {
  readonly #heap: Scheduled[] = []
  #now: Micros = 0
  #order = 0
  #done = 0

  get now(): Micros {
    return this.#now
  }

  /** Entries run so far. */
  get done(): number {
    return this.#done
  }

  /** Runs `run` at that moment, or now if the moment has passed. */
  at(time: Micros, run: () => void): Scheduled {
    this.#order += 1
    const entry: Scheduled = { at: time < this.#now ? this.#now : time, order: this.#order, run }
    this.#push(entry)
    return entry
  }

  after(delay: Micros, run: () => void): Scheduled {
    return this.at(this.#now + delay, run)
  }

  cancel(entry: Scheduled | undefined): void {
    if (entry !== undefined) entry.run = undefined
  }

  /** The moment of the next entry. */
  nextAt(): Micros | undefined {
    for (let top = this.#heap[0]; top !== undefined; top = this.#heap[0]) {
      if (top.run !== undefined) return top.at
      this.#pop()
    }
    return undefined
  }

  /** Runs the next entry unless it lies after `limit`. */
  runNext(limit: Micros): boolean {
    const at = this.nextAt()
    if (at === undefined || at > limit) return false
    const entry = this.#pop()
    this.#now = at
    this.#done += 1
    entry?.run?.()
    return true
  }

  /** Moves time to a moment before which nothing is left. */
  advanceTo(time: Micros): void {
    if (time > this.#now) this.#now = time
  }

  #push(entry: Scheduled): void {
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

  #pop(): Scheduled | undefined {
    const heap = this.#heap
    const top = heap[0]
    const last = heap.pop()
    if (last === undefined || heap.length === 0) return top
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
    return top
  }
}

function before(a: Scheduled, b: Scheduled): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order)
}
