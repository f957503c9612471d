/**
 * Acknowledged writes are lost only by a master that was deposed, also by a sentinel that could not hear of its
 * promotion, or that lost its data, or whose promotion was forgotten, by sentinels or by its own configuration, or that
 * an operator removed. Replication is asynchronous, so such losses are no violation; any other is. With
 * min-replicas-to-write a master that no replica followed for longer than min-replicas-max-lag takes no writes, so it
 * loses none from then on.
 */
import type { MasterSubject, SentinelEvent } from '../../../src/core/index.ts'
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

/** A promotion that a sentinel reported or took over although the save of it had failed, as the original does. */
interface Unsaved {
  readonly sentinel: SentinelNode
  readonly group: string
  readonly ip: string
  /** When the sentinel reported it. */
  readonly toldMs: number
}

/** A master that an operator removed from the only sentinel that had its address. */
interface Removed extends Change {
  readonly group: string
  /** It was made a replica before a sentinel had its address again. */
  wasDemoted: boolean
}

type Switch = Extract<SentinelEvent, { name: '+switch-master' }>

/** Acknowledgements of replicas leave once a second, and travel. */
const ACK_DELAY_MS = 3000

/** An acknowledgement may travel for so long, while its sender dies. */
const ACK_TRAVEL_MS = 1000

/** Remembers who became master when. */
export class WriteHistory implements Observer {
  readonly #cluster: Cluster
  readonly #promotions: Change[] = []
  readonly #emptied: Change[] = []
  #isMisdirected = false
  /** Masters that a sentinel replaced; a promotion before theirs may have the higher config-epoch. */
  readonly #deposed: Change[] = []
  readonly #followed: Following[] = []
  /** Addresses of promoted nodes, and those of them whose configuration made them replicas when they started again. */
  readonly #masters = new Set<string>()
  readonly #reverted: Change[] = []
  #unsaved: Unsaved[] = []
  readonly #forgotten: Unsaved[] = []
  #removed: Removed[] = []
  /** By sentinel and master: the promoted node that it gives to clients before its own switch. */
  readonly #promoted = new Map<string, string>()

  constructor(cluster: Cluster) {
    this.#cluster = cluster
  }

  disturbed(what: string): void {
    this.#isMisdirected ||= what.startsWith('misdirect-node')
  }

  nodeChanged(node: RedisNode, what: string): void {
    const change: Change = { atMs: this.#cluster.nowMs, ip: node.ip }
    this.#noteFollowing(node, what)
    this.#noteRole(node, what)
    if (what === 'is a master now') this.#promotions.push(change)
    else if (what === 'was started without data' || this.#isForeignCopy(node, what)) this.#emptied.push(change)
    else if (what.startsWith('replicates ')) this.#noteDemotion(node.ip)
  }

  /** After an operator pointed a node to another deployment, also those that follow it copy that one's data. */
  #isForeignCopy({ ip, dataset }: RedisNode, what: string): boolean {
    if (!this.#isMisdirected || what !== 'got a full copy') return false
    const own = this.#cluster.groupAt(ip)
    return own !== undefined && dataset.origin !== own.name
  }

  /** An operator's REPLICAOF NO ONE is in no configuration file until CONFIG REWRITE. */
  #noteRole(node: RedisNode, what: string): void {
    if (what === 'is a master now') this.#masters.add(node.ip)
    else if (what.startsWith('replicates ')) this.#masters.delete(node.ip)
    else if (what.startsWith('was started') && !node.isMaster && this.#masters.delete(node.ip)) {
      this.#reverted.push({ atMs: this.#cluster.nowMs, ip: node.ip })
    }
  }

  /** Also a node that had been a master all along may be chosen, such as the one before that came back. */
  said(sentinel: SentinelNode, event: SentinelEvent): void {
    if (event.name === '+switch-master') {
      this.#noteSwitch(sentinel, event)
      this.#noteReturn(event.master, event.to.host)
      this.#noteUnsaved(sentinel, event.master, event.to.host)
    }
    if (event.name === '-monitor') this.#noteRemoval(sentinel, event.subject)
    if (event.name === '+monitor') this.#noteReturn(event.subject.name, event.subject.host)
    if (event.name === '+convert-to-slave') this.#noteCorrection(sentinel, event.master ?? '', event.subject.host)
    if (event.name !== '+promoted-slave') return
    const { subject, master } = event
    const ip = this.#cluster.network.firstIp(subject.host)
    this.#promoted.set(`${sentinel.name} ${master}`, ip)
    this.#noteUnsaved(sentinel, master ?? '', subject.host)
    this.#promotions.push({ atMs: this.#cluster.nowMs, ip })
  }

  /** Another leader, of a later epoch, may have promoted another node than this sentinel, before its own switch. */
  #noteSwitch({ name }: SentinelNode, { master, from, to }: Switch): void {
    const [old, chosen] = [from.host, to.host].map((host) => this.#cluster.network.firstIp(host))
    const promoted = this.#promoted.get(`${name} ${master}`)
    this.#promoted.delete(`${name} ${master}`)
    for (const ip of [old, promoted]) {
      if (ip !== undefined && ip !== chosen) this.#deposed.push({ atMs: this.#cluster.nowMs, ip })
    }
  }

  #noteUnsaved(sentinel: SentinelNode, group: string, host: string): void {
    if (sentinel.isDurable) return
    this.#unsaved.push({ sentinel, group, ip: this.#cluster.network.firstIp(host), toldMs: this.#cluster.nowMs })
  }

  /**
   * A save that failed holds nothing back (ARCHITECTURE.md, "The persistence barrier"), so a crash of the leader before
   * the next good save takes its promotion away, unless another sentinel has the address in memory or on its disk; so
   * does a later crash of the last sentinel that took it over and could not save it either. The old master is then the
   * master again for all of them, and the promoted node is made its replica.
   */
  ended(sentinel: SentinelNode): void {
    for (const key of [...this.#promoted.keys()]) if (key.startsWith(`${sentinel.name} `)) this.#promoted.delete(key)
    const own = this.#unsaved.filter((one) => one.sentinel === sentinel)
    this.#unsaved = this.#unsaved.filter((one) => one.sentinel !== sentinel)
    this.#forgotten.push(...own.filter(({ group, ip }) => !this.#cluster.sentinels.some((one) => (
      this.#hasInMemory(one, group, ip) || this.#hasOnDisk(one, group, ip)
    ))))
  }

  /**
   * After a failover during a partition only its leader may have the new address, and gives it before its own switch.
   * An operator who removes the master from this sentinel, and monitors the address of the others, takes the promotion
   * away: no sentinel can tell them of it, and they make the promoted node a replica. This excuses its writes only if
   * no other sentinel had the address, and if none had it again before the node was made a replica.
   */
  #noteRemoval(sentinel: SentinelNode, { name: group, host }: MasterSubject): void {
    const key = `${sentinel.name} ${group}`
    const ip = this.#promoted.get(key) ?? this.#cluster.network.firstIp(host)
    this.#promoted.delete(key)
    const isKnown = this.#cluster.sentinels.some((one) => one !== sentinel && this.#hasInMemory(one, group, ip))
    if (!isKnown) this.#removed.push({ group, ip, atMs: this.#cluster.nowMs, wasDemoted: false })
  }

  /**
   * A sentinel that hears none of those that know of a promotion makes the promoted node a replica of the old master,
   * as the original does.
   */
  #noteCorrection(sentinel: SentinelNode, group: string, host: string): void {
    const ip = this.#cluster.network.firstIp(host)
    const peers = sentinel.view?.peers(group, sentinel.now()) ?? []
    const isHeard = ({ id }: SentinelNode) => peers.some(({ runId, flags }) => runId === id && !flags.includes('s_down'))
    const knowing = this.#cluster.sentinels.filter((one) => one !== sentinel && this.#hasInMemory(one, group, ip))
    if (!knowing.some(isHeard)) this.#deposed.push({ atMs: this.#cluster.nowMs, ip })
  }

  /** A sentinel has the address again: of an operator, of another sentinel, or of its disk at a start. */
  #noteReturn(group: string, host: string): void {
    const ip = this.#cluster.network.firstIp(host)
    this.#removed = this.#removed.filter((one) => one.wasDemoted || one.group !== group || one.ip !== ip)
  }

  #noteDemotion(ip: string): void {
    for (const one of this.#removed) if (one.ip === ip) one.wasDemoted = true
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

  /** Another node was promoted later, its promotion was forgotten or removed, or data was thrown away. */
  #isExcused(group: string, write: Acknowledged): boolean {
    const ips = this.#cluster.nodesOf(group).map(({ ip }) => ip)
    const began = this.#promotions.findLast(({ ip, atMs }) => ip === write.ip && atMs <= write.atMs)?.atMs ?? -1
    return this.#promotions.some(({ ip, atMs }) => ip !== write.ip && ips.includes(ip) && atMs >= began)
      || this.#deposed.some(({ ip, atMs }) => ip === write.ip && atMs >= began)
      || this.#reverted.some(({ ip, atMs }) => ip === write.ip && atMs >= write.atMs)
      || this.#forgotten.some((one) => one.ip === write.ip && began <= one.toldMs)
      || this.#removed.some((one) => one.group === group && one.ip === write.ip && began <= one.atMs)
      || this.#emptied.some(({ ip, atMs }) => ips.includes(ip) && atMs >= write.atMs - ACK_TRAVEL_MS)
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
    const isBeginning = what === 'follows its master' || what.startsWith('replicates ') || what.startsWith('was started')
    if (!isBeginning || master === undefined) return
    this.#followed.push({ master: this.#cluster.network.firstIp(master.host), replica: node.ip, endMs: Infinity })
  }

  #hasInMemory({ view }: SentinelNode, group: string, ip: string): boolean {
    const address = view?.clientAddress(group)
    return address !== undefined && this.#cluster.network.firstIp(address.host) === ip
  }

  #hasOnDisk({ disk }: SentinelNode, group: string, ip: string): boolean {
    return disk.content.masters.some(({ name, host }) => name === group && this.#cluster.network.firstIp(host) === ip)
  }
}
