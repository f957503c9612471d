/**
 * Simulated time and everything that is still to happen. Time is counted in whole microseconds and moves only from
 * one entry to the next. Entries of the same moment run in the order in which they were put in, so a run repeats
 * exactly.
 */
import { TimeHeap } from '../../src/core/time-heap.ts'

export type Micros = number

export interface Scheduled {
  readonly at: Micros
  readonly sequence: number
  /** Undefined once cancelled. */
  run: (() => void) | undefined
}

export class EventQueue {
  readonly #heap = new TimeHeap<Scheduled>()
  #now: Micros = 0
  #sequence = 0
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
    this.#sequence += 1
    const entry: Scheduled = { at: time < this.#now ? this.#now : time, sequence: this.#sequence, run }
    this.#heap.push(entry)
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
    const heap = this.#heap
    for (let top = heap.first; top !== undefined; top = heap.first) {
      if (top.run !== undefined) return top.at
      heap.removeFirst()
    }
    return undefined
  }

  /** Runs the next entry unless it lies after `limit`. */
  runNext(limit: Micros): boolean {
    const at = this.nextAt()
    const entry = this.#heap.first
    if (at === undefined || at > limit) return false
    this.#heap.removeFirst()
    this.#now = at
    this.#done += 1
    entry?.run?.()
    return true
  }

  /** Moves time to a moment before which nothing is left. */
  advanceTo(time: Micros): void {
    if (time > this.#now) this.#now = time
  }
}
