/** Data nodes as masters: in which epoch they were promoted, which sentinels replaced them, and their restarts. */
import type { Request, SentinelEvent } from '../../../src/core/index.ts'
import { isOwnEpoch } from '../../../src/core/election/own-epoch.ts'
import type { RedisNode } from '../redis-model.ts'
import type { SentinelNode } from '../sentinel-node.ts'
import type { Watch } from './watch.ts'

/** A start of the process, or an order to follow a master. */
interface Change {
  readonly atMs: number
  readonly isStart: boolean
}

/** Longest way of an INFO reply over a slow network. */
const INFO_TRAVEL_MS = 2500

export class Lives {
  readonly #watch: Watch
  readonly #promotedIn = new Map<string, bigint>()
  readonly #replacedFor = new Set<string>()
  readonly #changes = new Map<string, Change[]>()

  constructor(watch: Watch) {
    this.#watch = watch
  }

  /** The highest epoch in which an elected sentinel ordered the node's promotion; 0 = never. */
  promotedIn(master: string, ip: string): bigint {
    return this.#promotedIn.get(`${master} ${ip}`) ?? 0n
  }

  /**
   * Whether the node was the master of this sentinel before, or had been started again since it followed a master when
   * INFO showed it as a master first. While that INFO travelled, another sentinel may have ordered it to follow.
   */
  hasReturned(sentinel: SentinelNode, ip: string, seenAtMs: number): boolean {
    if (this.#replacedFor.has(`${sentinel.name} ${ip}`)) return true
    const before = (this.#changes.get(ip) ?? []).filter(({ atMs }) => atMs <= seenAtMs)
    return before.findLast(({ isStart, atMs }) => isStart || atMs < seenAtMs - INFO_TRAVEL_MS)?.isStart === true
  }

  noteOrder(sentinel: SentinelNode, request: Request, ip: string): void {
    if (request.kind !== 'transaction' || request.command !== 'SLAVEOF NO ONE') return
    for (const { name } of sentinel.disk.content.masters) {
      const attempt = this.#watch.attempts.current(sentinel, name)
      if (attempt === undefined) continue
      // An order in an own epoch that no majority voted for takes no votes (docs/decisions/0045-returned-master.md).
      const { votes, cluster } = this.#watch
      const hasMajority = 2 * votes.votersOf(name, attempt.epoch, sentinel.id).length > cluster.sentinels.length
      if (!hasMajority && isOwnEpoch(attempt.epoch, sentinel.id)) continue
      if (attempt.epoch > this.promotedIn(name, ip)) this.#promotedIn.set(`${name} ${ip}`, attempt.epoch)
    }
  }

  noteSwitch(sentinel: SentinelNode, event: SentinelEvent): void {
    if (event.name !== '+switch-master') return
    this.#replacedFor.add(`${sentinel.name} ${this.#watch.cluster.network.firstIp(event.from.host)}`)
  }

  noteChange({ ip }: RedisNode, what: string): void {
    const isStart = what.startsWith('was started')
    if (!isStart && !what.startsWith('replicates')) return
    const changes = this.#changes.get(ip) ?? []
    changes.push({ atMs: this.#watch.cluster.nowMs, isStart })
    this.#changes.set(ip, changes)
  }
}
