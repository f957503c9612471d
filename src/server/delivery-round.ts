import type { Worker } from '../commands/index.ts'
import { SLICE_MS } from './limits.ts'
import type { Turns } from './turns.ts'

/** Senders that are flushed between two reads of the clock. */
const SENDERS = 16

/** A connection with messages to send. */
export interface Sender {
  sendHeld(): void
}

/**
 * Connections that got messages in this turn. One tick sends them all: messages of one turn, such as the events of a
 * failover, are sent together, and a thousand subscribers do not need a thousand ticks. With very many connections, the
 * rest is sent after other work has run.
 */
export class DeliveryRound implements Worker {
  readonly #turns: Turns
  #senders: Sender[] = []
  /** Index of the next sender to flush. */
  #next = 0

  constructor(turns: Turns) {
    this.#turns = turns
  }

  add(sender: Sender): void {
    if (this.#senders.push(sender) === 1) {
      process.nextTick(() => {
        if (this.work()) this.#turns.wait(this)
      })
    }
  }

  work(): boolean {
    let until: number | undefined
    for (; this.#next < this.#senders.length; this.#next += 1) {
      if (this.#next % SENDERS === SENDERS - 1) {
        const now = performance.now()
        until ??= now + SLICE_MS
        if (now > until) return true
      }
      this.#senders[this.#next]?.sendHeld()
    }
    this.#senders = []
    this.#next = 0
    return false
  }
}
