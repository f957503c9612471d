/** When requests to the master wait although it can be reached. Pure: the time comes as an argument. */
import { FAILOVER_HOLD_MS, REFUSED_HOLD_MS, REFUSED_HOLD_SPACING_MS } from './limits.ts'

export class WriteHolds {
  /** Monotonic milliseconds until which writes wait, because a failover runs. */
  #writesUntil = 0
  /** The same for everything, because the master refuses requests in its state. */
  #allUntil = 0
  #lastRefusal = -Infinity

  /** A failover of a master that may work has begun or goes on. */
  failoverRuns(now: number): void {
    this.#writesUntil = now + FAILOVER_HOLD_MS
  }

  /** The master refused a request. Returns whether requests wait because of that. */
  refused(now: number): boolean {
    if (now < this.#allUntil) return true
    if (now - this.#lastRefusal < REFUSED_HOLD_SPACING_MS) return false
    this.#lastRefusal = now
    this.#allUntil = now + REFUSED_HOLD_MS
    return true
  }

  /** There is another master. */
  masterChanged(): void {
    this.#writesUntil = 0
    this.#allUntil = 0
    this.#lastRefusal = -Infinity
  }

  /** Whether a request waits. `mayRepeat`: it is a read. */
  isHeld(mayRepeat: boolean, now: number): boolean {
    return now < this.#allUntil || (!mayRepeat && now < this.#writesUntil)
  }

  /** When the next wait ends; undefined: nothing waits. */
  nextEnd(now: number): number | undefined {
    const ends = [this.#writesUntil, this.#allUntil].filter((end) => end > now)
    return ends.length === 0 ? undefined : Math.min(...ends)
  }
}
