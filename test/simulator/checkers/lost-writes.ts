/**
 * Acknowledged writes are lost only by a master that was deposed, or that lost its data. Replication is asynchronous,
 * so such losses are no violation; any other is.
 */
import type { SentinelEvent } from '../../../src/core/index.ts'
import type { Cluster } from '../cluster.ts'
import type { Observer } from '../observer.ts'
import type { SentinelNode } from '../sentinel-node.ts'
import type { Acknowledged } from '../workload.ts'

interface Change {
  readonly atMs: number
  readonly ip: string
}

export interface LostWrites {
  /** Acknowledged writes that the final master does not hold. */
  readonly lost: number
  /** Why some of them should not have been lost. */
  readonly problems: readonly string[]
}

/** Remembers who became master when. */
export class WriteHistory implements Observer {
  readonly #cluster: Cluster
  readonly #promotions: Change[] = []
  readonly #emptied: Change[] = []

  constructor(cluster: Cluster) {
    this.#cluster = cluster
  }

  nodeChanged(node: { readonly ip: string }, what: string): void {
    const change: Change = { atMs: this.#cluster.nowMs, ip: node.ip }
    if (what === 'is a master now') this.#promotions.push(change)
    else if (what === 'was started without data') this.#emptied.push(change)
  }

  /** Also a node that had been a master all along may be chosen, such as the one before that came back. */
  said(_sentinel: SentinelNode, { name, subject }: SentinelEvent): void {
    if (name === '+promoted-slave') this.#promotions.push({ atMs: this.#cluster.nowMs, ip: subject?.host ?? '' })
  }

  judge(group: string, acknowledged: readonly Acknowledged[]): LostWrites {
    const address = this.#cluster.sentinels[0]?.view?.clientAddress(group)
    const master = address === undefined ? undefined : this.#cluster.nodeAt(address.host, address.port)
    if (master === undefined) return { lost: 0, problems: [] }
    const kept = new Set(master.dataset.writes.map(({ id }) => id))
    const lost = acknowledged.filter(({ id }) => !kept.has(id))
    const problems = lost
      .filter((write) => !this.#isExcused(group, write))
      .map(({ id, atMs, ip }) => `write ${id}, acknowledged by ${ip} at ${atMs} ms, is lost, and nobody was deposed`)
    return { lost: lost.length, problems: problems.slice(0, 5) }
  }

  /** Somebody else was promoted after the writing node had become master, or data was thrown away. */
  #isExcused(group: string, write: Acknowledged): boolean {
    const ips = this.#cluster.nodesOf(group).map(({ ip }) => ip)
    const began = this.#promotions.findLast(({ ip, atMs }) => ip === write.ip && atMs <= write.atMs)?.atMs ?? -1
    return this.#promotions.some(({ ip, atMs }) => ip !== write.ip && ips.includes(ip) && atMs >= began)
      || this.#emptied.some(({ ip, atMs }) => ips.includes(ip) && atMs >= write.atMs)
  }
}
