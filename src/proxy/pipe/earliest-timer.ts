/** Runs something at the earliest of the times for which it was armed. */
export class EarliestTimer {
  readonly #run: () => void
  readonly #now: () => number
  #timer: NodeJS.Timeout | undefined
  #at = Infinity

  /** `now`: monotonic time in milliseconds. */
  constructor(run: () => void, now: () => number) {
    this.#run = run
    this.#now = now
  }

  /** At this time at the latest; Infinity: not because of this call. */
  arm(at: number): void {
    if (at === Infinity || (this.#timer !== undefined && this.#at <= at)) return
    clearTimeout(this.#timer)
    this.#at = at
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      this.#run()
    }, Math.max(1, at - this.#now()))
  }

  clear(): void {
    clearTimeout(this.#timer)
  }
}
