/** Data nodes as masters: in which epoch they were promoted, which sentinels replaced them, and their restarts. */
import type { Request, SentinelEvent } from '../../../src/core/index.ts'
import { isOwnEpoch } from '../../../src/core/election/own-epoch.ts'
import type { RedisNode } from '../redis-model.ts'
import type { SentinelNode } from '../sentinel-node.ts'
import type { Watch } from './watch.ts'

export class Lives {
  readonly #watch: Watch
  readonly #promotedIn = new Map<string, bigint>()
  readonly #replacedFor = new Set<string>()
  readonly #startedAgain = new Set<string>()

  constructor(watch: Watch) {
    this.#watch = watch
  }

  /** The highest epoch in which an elected sentinel ordered the node's promotion; 0 = never. */
  promotedIn(master: string, ip: string): bigint {
    return this.#promotedIn.get(`${master} ${ip}`) ?? 0n
  }

  /** Whether the node was started again since it followed a master, or was the master of this sentinel before. */
  hasReturned(sentinel: SentinelNode, ip: string): boolean {
    return this.#startedAgain.has(ip) || this.#replacedFor.has(`${sentinel.name} ${ip}`)
  }

  noteOrder(sentinel: SentinelNode, request: Request, ip: string): void {
    if (request.kind !== 'transaction' || request.command !== 'SLAVEOF NO ONE') return
    for (const { name } of sentinel.disk.content.masters) {
      const attempt = this.#watch.attempts.current(sentinel, name)
      // An order that no majority answered takes no votes (docs/decisions/0045-returned-master.md).
      if (attempt === undefined || (attempt.isForced && isOwnEpoch(attempt.epoch, sentinel.id))) continue
      if (attempt.epoch > this.promotedIn(name, ip)) this.#promotedIn.set(`${name} ${ip}`, attempt.epoch)
    }
  }

  noteSwitch(sentinel: SentinelNode, event: SentinelEvent): void {
    if (event.name !== '+switch-master') return
    this.#replacedFor.add(`${sentinel.name} ${this.#watch.cluster.network.firstIp(event.from.host)}`)
  }

  noteChange({ ip }: RedisNode, what: string): void {
    if (what.startsWith('was started')) this.#startedAgain.add(ip)
    else if (what.startsWith('replicates')) this.#startedAgain.delete(ip)
  }
}
