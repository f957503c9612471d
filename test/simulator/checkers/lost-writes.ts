/**
 * Acknowledged writes are lost only by a master that was deposed, or that lost its data, or whose promotion was
 * forgotten. Replication is asynchronous, so such losses are no violation; any other is. With min-replicas-to-write a
 * master that no replica followed for longer than min-replicas-max-lag takes no writes, so it loses none from then on.
 */
import type { SentinelEvent } from '../../../src/core/index.ts'
import type { Cluster } from '../cluster.ts'
import type { Observer } from '../observer.ts'
import type { RedisNode } from '../redis-model.ts'
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

/** A time during which a replica was in step with a master, or was getting there. */
interface Following {
  readonly master: string
  readonly replica: string
  endMs: number
}

/** A promotion that a sentinel reported although the save of it had failed, as the original does. */
interface Unsaved {
  readonly sentinel: SentinelNode
  readonly group: string
  readonly ip: string
  /** When the sentinel reported it. */
  readonly toldMs: number
}

/** Acknowledgements of replicas leave once a second, and travel. */
const ACK_DELAY_MS = 3000

/** Remembers who became master when. */
export class WriteHistory implements Observer {
  readonly #cluster: Cluster
  readonly #promotions: Change[] = []
  readonly #emptied: Change[] = []
  /** Masters that a sentinel replaced; a promotion before theirs may have the higher config-epoch. */
  readonly #deposed: Change[] = []
  readonly #followed: Following[] = []
  #unsaved: Unsaved[] = []
  readonly #forgotten: Unsaved[] = []

  constructor(cluster: Cluster) {
    this.#cluster = cluster
  }

  nodeChanged(node: RedisNode, what: string): void {
    const change: Change = { atMs: this.#cluster.nowMs, ip: node.ip }
    this.#noteFollowing(node, what)
    if (what === 'is a master now') this.#promotions.push(change)
    else if (what === 'was started without data') this.#emptied.push(change)
  }

  /** Also a node that had been a master all along may be chosen, such as the one before that came back. */
  said(sentinel: SentinelNode, event: SentinelEvent): void {
    if (event.name === '+switch-master') this.#deposed.push({ atMs: this.#cluster.nowMs, ip: event.from.host })
    if (event.name !== '+promoted-slave') return
    const { subject, master } = event
    const [toldMs, ip] = [this.#cluster.nowMs, this.#cluster.network.firstIp(subject.host)]
    if (!sentinel.isDurable) this.#unsaved.push({ sentinel, group: master ?? '', ip, toldMs })
    this.#promotions.push({ atMs: toldMs, ip })
  }

  /**
   * A save that failed holds nothing back (ARCHITECTURE.md, "The persistence barrier"), so a crash of the leader before
   * the next good save takes its promotion away, unless another sentinel has the address in memory or on its disk. The
   * old master is then the master again for all of them, and the promoted node is made its replica.
   */
  ended(sentinel: SentinelNode): void {
    const own = this.#unsaved.filter((one) => one.sentinel === sentinel)
    this.#unsaved = this.#unsaved.filter((one) => one.sentinel !== sentinel)
    const { sentinels } = this.#cluster
    this.#forgotten.push(...own.filter(({ group, ip }) => !sentinels.some((one) => isMasterOf(one, group, ip))))
  }

  judge(group: string, acknowledged: readonly Acknowledged[]): LostWrites {
    const address = this.#cluster.sentinels[0]?.view?.clientAddress(group)
    const master = address === undefined ? undefined : this.#cluster.nodeAt(address.host, address.port)
    if (master === undefined) return { lost: 0, problems: [] }
    const kept = new Set(master.dataset.writes.map(({ id }) => id))
    const lost = acknowledged.filter(({ id }) => !kept.has(id))
    const problems = lost.flatMap((write) => {
      const { id, atMs, ip } = write
      const told = `write ${id}, acknowledged by ${ip} at ${atMs} ms, is lost`
      if (!this.#isExcused(group, write)) return [`${told}, and nobody was deposed`]
      return this.#wasFollowed(group, write) ? [] : [`${told}, and nobody followed its master: min-replicas-to-write forbids it`]
    })
    return { lost: lost.length, problems: problems.slice(0, 5) }
  }

  /** Another node was promoted later, the promotion of the writing node was forgotten, or data was thrown away. */
  #isExcused(group: string, write: Acknowledged): boolean {
    const ips = this.#cluster.nodesOf(group).map(({ ip }) => ip)
    const began = this.#promotions.findLast(({ ip, atMs }) => ip === write.ip && atMs <= write.atMs)?.atMs ?? -1
    return this.#promotions.some(({ ip, atMs }) => ip !== write.ip && ips.includes(ip) && atMs >= began)
      || this.#deposed.some(({ ip, atMs }) => ip === write.ip && atMs >= began)
      || this.#forgotten.some((one) => one.ip === write.ip && began <= one.toldMs)
      || this.#emptied.some(({ ip, atMs }) => ips.includes(ip) && atMs >= write.atMs)
  }

  /** Whether the master had the right to acknowledge it, where it needs a replica for that. */
  #wasFollowed(group: string, { atMs, ip }: Acknowledged): boolean {
    const { nodes } = this.#cluster.groups.find(({ name }) => name === group)?.options ?? {}
    if ((nodes?.minReplicasToWrite ?? 0) === 0) return true
    const since = atMs - (nodes?.minReplicasMaxLagMs ?? 10_000) - ACK_DELAY_MS
    return this.#followed.some(({ master, endMs }) => master === ip && endMs >= since)
  }

  /**
   * Most words of a replica end what was; being in step begins anew, as soon as it begins to synchronise: the master
   * counts it when it has sent everything, which a partition may keep from the replica.
   */
  #noteFollowing(node: RedisNode, what: string): void {
    if (what === 'was stopped' || what === 'goes on') return
    const open = this.#followed.find(({ replica, endMs }) => replica === node.ip && endMs === Infinity)
    if (open !== undefined) open.endMs = this.#cluster.nowMs
    const { master } = node.replication
    if ((what !== 'follows its master' && !what.startsWith('replicates ')) || master === undefined) return
    this.#followed.push({ master: this.#cluster.network.firstIp(master.host), replica: node.ip, endMs: Infinity })
  }
}

/** Whether the sentinel has the node as its master, in memory or on its disk. */
function isMasterOf({ view, disk }: SentinelNode, group: string, ip: string): boolean {
  return view?.clientAddress(group)?.host === ip
    || disk.content.masters.some(({ name, host }) => name === group && host === ip)
}
