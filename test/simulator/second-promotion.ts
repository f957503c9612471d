/**
 * A master is replaced, follows the new one, and is promoted again by an order, while one sentinel has not seen it
 * since it was replaced. That sentinel and the others then do not hear of the second promotion; it sees the node as a
 * master, and can ask the others about their votes.
 */
import type { Cluster } from './cluster.ts'
import type { RedisNode } from './redis-model.ts'
import type { SentinelNode } from './sentinel-node.ts'

export interface SecondPromotion {
  readonly group: string
  /** The sentinel that does not see the node. */
  readonly blind: string
  /** Whether its vote elects the leader of the second promotion, and not those of the others. */
  readonly isVoter: boolean
  /** Whether it still sees the master that is replaced, which the leader does not reach. */
  readonly seesMaster: boolean
}

/** Longer than any down-after and the failover behind it. */
const AWAY_MS = 2500
const LOOK_EVERY_MS = 50

/** Returns what ends it; undefined where nothing can be done. */
export function promoteAgain(cluster: Cluster, given: SecondPromotion): (() => void) | undefined {
  const address = cluster.sentinel(given.blind).view?.clientAddress(given.group)
  const node = address === undefined ? undefined : cluster.nodeAt(cluster.network.firstIp(address.host), address.port)
  if (node?.isUp !== true) return undefined
  const story = new Story(cluster, node, given)
  story.begin()
  return () => { story.end() }
}

class Story {
  readonly #cluster: Cluster
  readonly #group: string
  readonly #blind: SentinelNode
  readonly #isVoter: boolean
  readonly #seesMaster: boolean
  readonly #node: RedisNode
  /** The address of the master that is replaced by the second promotion, where the blind sentinel still sees it. */
  #seen: string | undefined
  #blocked: (readonly [string, string])[] = []
  #leader: SentinelNode | undefined
  #isOver = false

  constructor(cluster: Cluster, node: RedisNode, given: SecondPromotion) {
    this.#cluster = cluster
    this.#group = given.group
    this.#blind = cluster.sentinel(given.blind)
    this.#isVoter = given.isVoter
    this.#seesMaster = given.seesMaster
    this.#node = node
  }

  begin(): void {
    this.#block(this.#blind.host.ip, this.#node.ip)
    this.#node.kill()
    // It is the first choice when it is promoted again.
    this.#node.priority = 1
    this.#later(this.#downAfterMs + AWAY_MS, () => {
      this.#node.start()
      this.#awaitReplica()
    })
    this.#cluster.observers.add({
      said: (sentinel, { name, master }) => {
        if (this.#isOver || this.#cluster.isHealed || sentinel !== this.#leader) return
        if (name === '+promoted-slave' && master === this.#group) this.#hide(sentinel)
      },
    })
  }

  end(): void {
    this.#isOver = true
    for (const pair of this.#blocked) this.#unblock(...pair)
    this.#blocked = []
  }

  /** Orders the failover back as soon as the node follows the new master and another sentinel has seen that. */
  #awaitReplica(): void {
    const leader = this.#cluster.sentinels.find((sentinel) => sentinel !== this.#blind && this.#canPromote(sentinel))
    const isOther = (ip: string | undefined) => ip !== undefined && ip !== this.#node.ip
    const hasSwitched = this.#cluster.sentinels.every((sentinel) => isOther(this.#masterOf(sentinel)))
    if (leader === undefined || !hasSwitched) {
      this.#later(LOOK_EVERY_MS, () => { this.#awaitReplica() })
      return
    }
    this.#leader = leader
    for (const { host: { ip } } of this.#cluster.sentinels) {
      if (ip !== leader.host.ip && (ip === this.#blind.host.ip) !== this.#isVoter) this.#block(ip, leader.host.ip)
    }
    if (this.#seesMaster) this.#seen = this.#masterOf(this.#blind)
    if (this.#seen !== undefined) this.#block(leader.host.ip, this.#seen)
    leader.operate({ kind: 'failover', name: this.#group })
  }

  /** The first address of the master that a sentinel announces. */
  #masterOf({ view }: SentinelNode): string | undefined {
    const host = view?.clientAddress(this.#group)?.host
    return host === undefined ? undefined : this.#cluster.network.firstIp(host)
  }

  #canPromote(sentinel: SentinelNode): boolean {
    const replicas = sentinel.view?.replicas(this.#group, sentinel.now()) ?? []
    const seen = replicas.find(({ host }) => this.#cluster.network.firstIp(host) === this.#node.ip)
    return seen?.flags.length === 1 && seen.masterLinkUp && seen.priority === this.#node.priority
  }

  /** Only the leader hears of the promotion. The blind one sees the node again, and no other but perhaps its master. */
  #hide({ host: { ip: leaderIp } }: SentinelNode): void {
    this.#leader = undefined
    const nodes = this.#cluster.nodesOf(this.#group)
    for (const { host: { ip } } of this.#cluster.sentinels) {
      if (ip === leaderIp) continue
      this.#block(ip, leaderIp)
      for (const node of nodes) if (ip !== this.#blind.host.ip || !this.#isSeen(node)) this.#block(ip, node.ip)
    }
    const isItsView = ([one, other]: readonly [string, string]) => (
      one === this.#blind.host.ip && other === this.#node.ip
    )
    for (const pair of this.#blocked.filter(isItsView)) this.#unblock(...pair)
    this.#blocked = this.#blocked.filter((pair) => !isItsView(pair))
  }

  #isSeen(node: RedisNode): boolean {
    return node === this.#node || node.ip === this.#seen
  }

  get #downAfterMs(): number {
    return this.#cluster.groups.find(({ name }) => name === this.#group)?.options.downAfterMs ?? 2000
  }

  #later(ms: number, act: () => void): void {
    this.#cluster.queue.after(ms * 1000, () => { if (!this.#isOver && !this.#cluster.isHealed) act() })
  }

  #block(one: string, other: string): void {
    const { network } = this.#cluster
    network.cut(one, other)
    network.block(one, other)
    network.block(other, one)
    this.#blocked.push([one, other])
  }

  #unblock(one: string, other: string): void {
    this.#cluster.network.unblock(one, other)
    this.#cluster.network.unblock(other, one)
  }
}
