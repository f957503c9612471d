/**
 * Host names without waiting. Lookups run on the platform's few threads, so only some run at once; equal names share
 * one; each is answered within the time limit, whatever the resolver does.
 */
import { lookup } from 'node:dns'

import type { Resolver } from '../ports/index.ts'
import { LOOKUP_LIMIT_MS, LOOKUPS_AT_ONCE, LOOKUPS_WAITING_MAX } from './limits.ts'

type Done = (address: string | undefined) => void
type Lookup = (host: string, done: Done) => void

export interface DnsResolverOptions {
  /** Asks the platform; `done` may come late or never. */
  readonly lookup?: Lookup
  readonly limitMs?: number
}

export function createDnsResolver(options: DnsResolverOptions = {}): Resolver {
  return new DnsResolver(options.lookup ?? platformLookup, options.limitMs ?? LOOKUP_LIMIT_MS)
}

function platformLookup(host: string, done: Done): void {
  lookup(host, { verbatim: true }, (error, address) => { done(error === null ? address : undefined) })
}

class DnsResolver implements Resolver {
  readonly #lookup: Lookup
  readonly #limitMs: number
  readonly #waiters = new Map<string, Done[]>()
  readonly #queue: string[] = []
  #running = 0

  constructor(lookup: Lookup, limitMs: number) {
    this.#lookup = lookup
    this.#limitMs = limitMs
  }

  resolve(host: string, done: Done): void {
    const known = this.#waiters.get(host)
    if (known !== undefined) {
      known.push(done)
      return
    }
    if (this.#waiters.size >= LOOKUPS_WAITING_MAX) {
      setImmediate(() => { done(undefined) })
      return
    }
    this.#waiters.set(host, [done])
    // The limit counts from the question: a name must not wait behind a resolver that hangs on another one.
    const limit = setTimeout(() => { this.#answer(host, undefined) }, this.#limitMs)
    this.#waiters.get(host)?.push(() => { clearTimeout(limit) })
    this.#queue.push(host)
    this.#startNext()
  }

  #startNext(): void {
    while (this.#running < LOOKUPS_AT_ONCE) {
      const host = this.#queue.shift()
      if (host === undefined) return
      // Nobody waits any more for a name whose limit has passed.
      if (!this.#waiters.has(host)) continue
      this.#running += 1
      this.#lookup(host, (address) => {
        this.#running -= 1
        this.#answer(host, address)
        this.#startNext()
      })
    }
  }

  #answer(host: string, address: string | undefined): void {
    const waiters = this.#waiters.get(host)
    this.#waiters.delete(host)
    for (const done of waiters ?? []) done(address)
  }
}
