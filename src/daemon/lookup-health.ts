/** Counts the lookups of host names, and which names have no answer now. Metrics read it. */
import type { Resolver } from '../ports/index.ts'

/**
 * A name that was not looked up for this long counts no more, in milliseconds: a name that is still needed is looked up
 * about once per second while it fails.
 */
const FAILING_KEPT_MS = 60_000

/** Names that are counted as failing. A fleet has a few dozen nodes. */
const FAILING_MAX = 256

export class LookupHealth implements Resolver {
  readonly #resolver: Resolver
  /** Monotonic time in milliseconds. */
  readonly #now: () => number
  /** Time of the last lookup of each name that failed, the oldest first. */
  readonly #failing = new Map<string, number>()
  lookupsTotal = 0
  failuresTotal = 0

  constructor(resolver: Resolver, now: () => number = () => performance.now()) {
    this.#resolver = resolver
    this.#now = now
  }

  /** Number of names whose last lookup failed. */
  get failing(): number {
    const limit = this.#now() - FAILING_KEPT_MS
    for (const [host, at] of this.#failing) if (at < limit) this.#failing.delete(host)
    return this.#failing.size
  }

  resolve(host: string, done: (address: string | undefined) => void): void {
    this.#resolver.resolve(host, (address) => {
      this.#note(host, address !== undefined)
      done(address)
    })
  }

  #note(host: string, hasAnswer: boolean): void {
    this.lookupsTotal += 1
    this.#failing.delete(host)
    if (hasAnswer) return
    this.failuresTotal += 1
    const [oldest] = this.#failing.keys()
    if (this.#failing.size >= FAILING_MAX && oldest !== undefined) this.#failing.delete(oldest)
    this.#failing.set(host, this.#now())
  }
}
