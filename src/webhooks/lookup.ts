import { lookup, type LookupAddress, type LookupOptions } from 'node:dns'

type Done = (error: NodeJS.ErrnoException | null, address: string | LookupAddress[], family?: number) => void

interface Waiting {
  readonly host: string
  readonly options: LookupOptions
  readonly done: Done
}

/**
 * Looks up host names, one at a time for all webhooks. Lookups run on the same few threads as file writes. A name
 * server that does not answer thus blocks one thread at most, and never a save that a failover waits for.
 */
export class LookupQueue {
  readonly #waiting: Waiting[] = []
  #isBusy = false

  /** For the `lookup` option of a request, whose time limit includes the lookup. */
  readonly lookup = (host: string, options: LookupOptions, done: Done): void => {
    this.#waiting.push({ host, options, done })
    this.#next()
  }

  #next(): void {
    if (this.#isBusy) return
    const first = this.#waiting.shift()
    if (first === undefined) return
    this.#isBusy = true
    lookup(first.host, first.options, (error, address, family) => {
      this.#isBusy = false
      first.done(error, address, family)
      this.#next()
    })
  }
}
