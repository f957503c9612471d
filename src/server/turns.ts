import type { Worker } from '../commands/index.ts'
import { TURN_MS_MAX } from './limits.ts'

/**
 * One budget of time for all clients in each turn of the event loop, so that clients cannot delay timers, links and
 * health checks. When it is used up, clients wait in a queue and get one piece of work each in turn; new requests wait
 * behind them. Clients that have not logged in have a queue of their own: one of them runs in each turn, and more when
 * no other client waits, so that many such clients do not delay the others.
 */
export class Turns {
  /** The queue of workers whose clients have logged in: the first runs next. */
  readonly #known = new Set<Worker>()
  readonly #strangers = new Set<Worker>()
  #isOpen = false
  #beganAt = 0

  /** Whether new work may begin; otherwise it has to `wait`. */
  mayWork(worker: Worker): boolean {
    if (this.#known.size > 0 || (worker.isStranger === true && this.#strangers.size > 0)) return false
    if (this.#isOpen) return performance.now() - this.#beganAt < TURN_MS_MAX
    this.#beganAt = performance.now()
    this.#schedule()
    return true
  }

  /** The worker gets its next piece after those that wait already. */
  wait(worker: Worker): void {
    this.#queueOf(worker).add(worker)
    if (!this.#isOpen) this.#schedule()
  }

  /** Removes it from its queue. Harmless when it is in none. */
  leave(worker: Worker): void {
    this.#known.delete(worker)
    this.#strangers.delete(worker)
  }

  #queueOf(worker: Worker): Set<Worker> {
    return worker.isStranger === true ? this.#strangers : this.#known
  }

  #schedule(): void {
    this.#isOpen = true
    setImmediate(() => { this.#next() })
  }

  #next(): void {
    this.#isOpen = false
    if (this.#isIdle) return
    const until = performance.now() + TURN_MS_MAX
    const hasTime = (): boolean => performance.now() < until
    while (this.#goOn(this.#known) && hasTime());
    while (this.#goOn(this.#strangers) && this.#known.size === 0 && hasTime());
    if (!this.#isIdle && !this.#isOpen) this.#schedule()
  }

  /** Runs one piece of the first in the queue. False: the queue is empty. */
  #goOn(queue: ReadonlySet<Worker>): boolean {
    const worker = firstOf(queue)
    if (worker === undefined) return false
    this.leave(worker)
    if (worker.work()) this.#queueOf(worker).add(worker)
    return true
  }

  get #isIdle(): boolean {
    return this.#known.size + this.#strangers.size === 0
  }
}

function firstOf(workers: ReadonlySet<Worker>): Worker | undefined {
  for (const worker of workers) return worker
  return undefined
}
