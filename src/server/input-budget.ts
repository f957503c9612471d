import { WAITING_INPUT_BYTES_FREE, WAITING_INPUT_BYTES_MAX } from './limits.ts'

/** Counts what connections hold of requests that are not whole or wait. A thousand of them must not fill the memory. */
export class InputBudget {
  readonly #held = new Map<object, number>()
  #total = 0

  /** Notes how much this connection holds now. False: together it is too much, and this one must go. */
  fits(connection: object, bytes: number): boolean {
    const before = this.#held.get(connection) ?? 0
    // Nearly always nothing is left over.
    if (bytes === before) return true
    this.#total += bytes - before
    if (bytes === 0) this.#held.delete(connection)
    else this.#held.set(connection, bytes)
    return this.#total <= WAITING_INPUT_BYTES_MAX || bytes <= WAITING_INPUT_BYTES_FREE || bytes <= before
  }

  forget(connection: object): void {
    this.#total -= this.#held.get(connection) ?? 0
    this.#held.delete(connection)
  }
}
