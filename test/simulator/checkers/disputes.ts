/**
 * Masters about whose address two sentinels may disagree for good: an operator forced a failover with an epoch that
 * nobody voted for, and somebody else used the same epoch. The design knows this weakness (behaviour.md 16.3, 6);
 * only a later failover ends it.
 */
import type { Observer } from '../observer.ts'
import type { SentinelNode } from '../sentinel-node.ts'
import type { Attempts } from './attempts.ts'
import { sentHello } from './watch.ts'

export class Disputes implements Observer {
  readonly #attempts: Attempts
  readonly #addresses = new Map<string, string>()
  readonly #disputed = new Set<string>()

  constructor(attempts: Attempts) {
    this.#attempts = attempts
  }

  get count(): number {
    return this.#disputed.size
  }

  has(master: string): boolean {
    return this.#disputed.has(master)
  }

  sent(_sentinel: SentinelNode, argv: readonly string[], request: { readonly kind: string }): void {
    const hello = request.kind === 'publish' ? sentHello(argv) : undefined
    if (hello === undefined || !this.#attempts.wasForced(hello.master, hello.configEpoch)) return
    const key = `${hello.master} ${hello.configEpoch}`
    const known = this.#addresses.get(key)
    if (known === undefined) this.#addresses.set(key, hello.host)
    else if (known !== hello.host) this.#disputed.add(hello.master)
  }
}
