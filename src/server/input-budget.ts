import { WAITING_INPUT_BYTES_FREE, WAITING_INPUT_BYTES_MAX } from './limits.ts'

/** Counts the bytes of incomplete and waiting requests of all connections, which must not fill the memory. */
export class InputBudget {
  readonly #held = new Map<object, number>()
  #total = 0

  /**
   * Records how many bytes this connection holds now. False: the total exceeds the bound, and the connection must be
   * cut.
   */
  fits(connection: object, bytes: number): boolean {
    const before = this.#held.get(connection) ?? 0
    // Most chunks end with a complete request.
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
