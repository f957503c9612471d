/** Nodes to which no connection could be made a moment ago. Pure: the time comes as an argument. */
import { hostAndPort } from '../../text/index.ts'
import type { NodeAddress } from '../topology/topology.ts'

/** Pause before a node is tried again, in milliseconds; doubled with each failure up to the second value. */
const FIRST_PAUSE_MS = 50
const LONGEST_PAUSE_MS = 1_000

interface Failing {
  pauseMs: number
  until: number
}

export class FailingNodes {
  readonly #nodes = new Map<string, Failing>()

  /**
   * A connection to the node could not be made. Failures during the pause come from the same attempt and do not
   * count.
   */
  failed({ host, port }: NodeAddress, now: number): void {
    const key = hostAndPort(host, port)
    const known = this.#nodes.get(key)
    if (known !== undefined && now < known.until) return
    const pauseMs = Math.min(known === undefined ? FIRST_PAUSE_MS : known.pauseMs * 2, LONGEST_PAUSE_MS)
    this.#nodes.set(key, { pauseMs, until: now + pauseMs })
  }

  /** A connection to the node was made. Returns whether it had failed before. */
  recovered({ host, port }: NodeAddress): boolean {
    return this.#nodes.delete(hostAndPort(host, port))
  }

  isFailing({ host, port }: NodeAddress, now: number): boolean {
    const known = this.#nodes.get(hostAndPort(host, port))
    return known !== undefined && now < known.until
  }

  /** When the next pause ends; undefined when no node is in one. */
  nextTry(now: number): number | undefined {
    const times = [...this.#nodes.values()].map(({ until }) => until).filter((until) => until > now)
    return times.length === 0 ? undefined : Math.min(...times)
  }

  /** Forgets nodes that are not part of the fleet any more. */
  keepOnly(addresses: readonly NodeAddress[]): void {
    const kept = new Set(addresses.map(({ host, port }) => hostAndPort(host, port)))
    for (const key of this.#nodes.keys()) if (!kept.has(key)) this.#nodes.delete(key)
  }
}
