/** Decides whether the page still shows the present: a page without data must not look healthy. */

/** The page is stale after this time without an answer, in milliseconds. */
const STALE_AFTER_MS = 5_000

/**
 * A request that waits longer than this for its answer counts as failed, in milliseconds. A browser slows the timers of
 * a page in the background; a request that has just begun does not mean that the sentinel is lost.
 */
const SLOW_MS = 1_500

/** All times are of `performance.now()`, in milliseconds. */
export class Freshness {
  #answeredAt: number
  #askedAt: number | undefined
  #hasFailed = false

  constructor(now: number) {
    this.#answeredAt = now
  }

  asked(now: number): void {
    this.#askedAt = now
  }

  answered(now: number): void {
    this.#answeredAt = now
    this.#askedAt = undefined
    this.#hasFailed = false
  }

  failed(): void {
    this.#askedAt = undefined
    this.#hasFailed = true
  }

  /** Time since the last answer, or since the page was opened. */
  ageMs(now: number): number {
    return now - this.#answeredAt
  }

  isStale(now: number): boolean {
    const isWaiting = this.#askedAt !== undefined && now - this.#askedAt > SLOW_MS
    return this.ageMs(now) > STALE_AFTER_MS && (this.#hasFailed || isWaiting)
  }
}
