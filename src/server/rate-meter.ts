import type { Rate } from '../commands/index.ts'
import type { Millis, Now } from '../core/index.ts'

const SLOT_MS = 100
/** 16 slots of 100 ms, over which the original averages too. */
const SLOTS = 16

/** Counts events in slots of time, so that a rate needs no sampling timer. */
export class RateMeter implements Rate {
  readonly #counts = new Array<number>(SLOTS).fill(0)
  #latestSlot = 0

  record(count: number, mono: Millis): void {
    const slot = this.#advance(mono)
    this.#counts[slot] = (this.#counts[slot] ?? 0) + count
  }

  perSecond(now: Now): number {
    this.#advance(now.mono)
    const total = this.#counts.reduce((sum, count) => sum + count, 0)
    return total * 1000 / (SLOTS * SLOT_MS)
  }

  /** Forget slots that are over; returns the index of the current one. */
  #advance(mono: Millis): number {
    const slot = Math.floor(mono / SLOT_MS)
    const passed = Math.min(slot - this.#latestSlot, SLOTS)
    for (let step = 1; step <= passed; step += 1) this.#counts[(slot - passed + step) % SLOTS] = 0
    if (passed > 0) this.#latestSlot = slot
    return this.#latestSlot % SLOTS
  }
}
