/**
 * How fast connections are opened: the first at once, the others one a turn of the event loop. After a switch a dozen
 * are wanted together; all their events in one turn would hold up the save that clients wait for.
 */
export class OpeningPace {
  #waiting: (() => void)[] = []
  #mayOpenNow = true

  /** Calls `open` now or in a later turn, in order. */
  run(open: () => void): void {
    if (!this.#mayOpenNow) {
      this.#waiting.push(open)
      return
    }
    this.#mayOpenNow = false
    setImmediate(() => { this.#nextTurn() })
    open()
  }

  /** Thousands of nodes at a start are opened within a few hundred turns. */
  #nextTurn(): void {
    const count = Math.ceil(this.#waiting.length / TURNS)
    if (count === 0) {
      this.#mayOpenNow = true
      return
    }
    setImmediate(() => { this.#nextTurn() })
    for (const open of this.#waiting.splice(0, count)) open()
  }
}

/** A queue is spread over about so many turns. */
const TURNS = 32
