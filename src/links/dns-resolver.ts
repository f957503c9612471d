/**
 * Looks host names up without blocking. Lookups run on the few threads of the platform, which file access needs as
 * well, so only `LOOKUPS_AT_ONCE` run at the same time, and requests for one name share a lookup. Each request is
 * answered within the time limit. A lookup cannot be cancelled: one that hangs occupies its thread, and the others
 * share the remaining ones.
 */
import { lookup } from 'node:dns'

import type { Resolver } from '../ports/index.ts'
import { LATE_ANSWER_KEPT_MS, LOOKUP_LIMIT_MS, LOOKUPS_AT_ONCE, NAMES_MAX } from './limits.ts'

type Done = (address: string | undefined, failure?: string) => void

export interface DnsResolverOptions {
  /** The lookup of the platform; it may call `done` late or never. */
  readonly lookup?: (host: string, done: Done) => void
  /** Time limit of a request, in milliseconds. */
  readonly limitMs?: number
  /** Monotonic time in milliseconds. */
  readonly now?: () => number
}

export function createDnsResolver(options: DnsResolverOptions = {}): Resolver {
  return new DnsResolver({
    lookup: options.lookup ?? platformLookup,
    limitMs: options.limitMs ?? LOOKUP_LIMIT_MS,
    now: options.now ?? (() => performance.now()),
  })
}

const FAILURES: ReadonlyMap<string, string> = new Map([
  ['ENOTFOUND', 'no such name'],
  ['EAI_AGAIN', 'the name server does not answer'],
])

function platformLookup(host: string, done: Done): void {
  // The platform reports success without an address for an empty name.
  if (host === '') throw new Error('an empty name has no address')
  // The system's own order of IPv4 and IPv6, as in the original.
  lookup(host, { verbatim: true }, (error, address) => {
    if (error === null) done(address)
    else done(undefined, FAILURES.get(error.code ?? '') ?? error.message)
  })
}

/** A name that is being looked up or waits for its lookup, and the requests for it. */
interface Asked {
  readonly host: string
  readonly waiters: Set<Waiter>
}

interface Waiter {
  readonly done: Done
  readonly limit: NodeJS.Timeout
}

class DnsResolver implements Resolver {
  readonly #options: Required<DnsResolverOptions>
  readonly #asked = new Map<string, Asked>()
  readonly #queue: Asked[] = []
  /** Answers that came after the limit of every request. */
  readonly #late = new Map<string, { readonly address: string, readonly at: number }>()
  #running = 0

  constructor(options: Required<DnsResolverOptions>) {
    this.#options = options
  }

  resolve(host: string, done: Done): void {
    const late = this.#takeLate(host)
    if (late !== undefined) {
      setImmediate(() => { done(late) })
      return
    }
    const known = this.#asked.get(host)
    if (known !== undefined) {
      this.#wait(known, done)
    } else if (this.#asked.size >= NAMES_MAX) {
      setImmediate(() => { done(undefined, 'too many names are looked up') })
    } else {
      const asked: Asked = { host, waiters: new Set() }
      this.#asked.set(host, asked)
      this.#queue.push(asked)
      this.#wait(asked, done)
      this.#startNext()
    }
  }

  /** The limit counts from the request: a name must not wait for a resolver that hangs on another name. */
  #wait(asked: Asked, done: Done): void {
    const waiter: Waiter = {
      done,
      limit: setTimeout(() => {
        asked.waiters.delete(waiter)
        done(undefined, `no answer within ${this.#options.limitMs} ms`)
      }, this.#options.limitMs),
    }
    asked.waiters.add(waiter)
  }

  #startNext(): void {
    while (this.#running < LOOKUPS_AT_ONCE) {
      const asked = this.#queue.shift()
      if (asked === undefined) return
      if (asked.waiters.size === 0) this.#asked.delete(asked.host)
      else this.#start(asked)
    }
  }

  #start(asked: Asked): void {
    this.#running += 1
    let isOver = false
    const over: Done = (address, failure) => {
      if (isOver) return
      isOver = true
      this.#running -= 1
      this.#asked.delete(asked.host)
      this.#answer(asked, address, failure)
      this.#startNext()
    }
    try {
      this.#options.lookup(asked.host, over)
    } catch {
      // The platform throws for texts that cannot be names. The core is informed that the name has no address.
      setImmediate(() => { over(undefined, 'not a name') })
    }
  }

  #answer(asked: Asked, address: string | undefined, failure: string | undefined): void {
    if (asked.waiters.size === 0) this.#keepLate(asked.host, address)
    for (const { done, limit } of asked.waiters) {
      clearTimeout(limit)
      done(address, failure)
    }
    asked.waiters.clear()
  }

  #keepLate(host: string, address: string | undefined): void {
    if (address === undefined) return
    this.#late.delete(host)
    this.#late.set(host, { address, at: this.#options.now() })
    const [oldest] = this.#late.keys()
    if (this.#late.size > NAMES_MAX && oldest !== undefined) this.#late.delete(oldest)
  }

  #takeLate(host: string): string | undefined {
    const late = this.#late.get(host)
    this.#late.delete(host)
    return late !== undefined && this.#options.now() - late.at <= LATE_ANSWER_KEPT_MS ? late.address : undefined
  }
}
