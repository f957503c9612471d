/** Lets requests wait until a change is durable. All requests for one change share one wait. */
import { DURABLE_WAIT_MS } from './limits.ts'
import type { HttpWorld } from './world.ts'

export class Durability {
  readonly #operator: HttpWorld['operator']
  readonly #waits = new Map<number, Promise<true>>()

  constructor(operator: HttpWorld['operator']) {
    this.#operator = operator
  }

  /** Whether the change with the number `seq` becomes durable within `DURABLE_WAIT_MS`. */
  async isDurable(seq: number): Promise<boolean> {
    let limit: NodeJS.Timeout | undefined
    const late = new Promise<false>((resolve) => {
      limit = setTimeout(() => { resolve(false) }, DURABLE_WAIT_MS)
    })
    try {
      return await Promise.race([this.#wait(seq), late])
    } finally {
      clearTimeout(limit)
    }
  }

  #wait(seq: number): Promise<true> {
    const known = this.#waits.get(seq)
    if (known !== undefined) return known
    const wait = new Promise<true>((resolve) => {
      this.#operator.whenDurable(seq, () => {
        this.#waits.delete(seq)
        resolve(true)
      })
    })
    this.#waits.set(seq, wait)
    return wait
  }
}
