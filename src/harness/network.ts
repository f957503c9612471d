import { activeFault, type ActiveFault } from './active-fault.ts'
import type { Address } from './address.ts'
import { Bandwidth, OPEN_FLOW, type FlowRule } from './flow.ts'
import type { ProcessChange } from './managed-process.ts'
import { Relay } from './relay.ts'
import type { Timeline } from './timeline.ts'

/**
 * The name for the source of connections that do not come from a node of the deployment. What is done to it is done to
 * all named clients as well.
 */
export const CLIENT = 'client'

/** The source of the marks for network faults in the timeline. */
const SOURCE = 'network'

/** Which directions of a pair a fault changes. */
export interface Directions {
  /** Only bytes from the first node to the second. Default: both directions. */
  readonly oneWay?: boolean
}

/** One direction and how a fault changes its rule. */
type Change = readonly [from: string, to: string, change: Partial<FlowRule>]

/**
 * The network between the nodes of a relayed deployment. Each node binds a loopback address of its own and connects
 * from it; other processes know only the address of the relay in front of it. So the relay knows both ends of every
 * connection by name, and any pair can be cut, silenced or delayed. Clients count as one more node, named `client`; a
 * named client counts as a node of its own, and is recognised by the loopback address that it connects from or to.
 *
 * Every fault and its end leave a mark in the timeline, with the source `network`. A fault lasts until the end of what
 * its function returns, or until `heal()`.
 */
export class Network {
  readonly #relays = new Map<string, Relay>()
  readonly #nameByHost = new Map<string, string>()
  /** The faults in effect, oldest first. */
  readonly #faults = new Set<readonly Change[]>()
  /** The merged rules of all faults, by direction. */
  #rules = new Map<string, FlowRule>()
  /** By node: settles when its relay listens or has failed. */
  readonly #listening = new Map<string, Promise<void>>()
  /** Black holes by node: those wanted, and the work on them that has begun. */
  readonly #holes = new Map<string, { wanted: number, work: Promise<void> }>()
  readonly #timeline: Timeline | undefined
  readonly #random: () => number
  /** Loopback address by name of client. */
  readonly #clients: ReadonlyMap<string, string>

  /**
   * @param timeline gets a mark for each fault; default: none
   * @param random decides about jitter and loss, a number from 0 to below 1; default: `Math.random`
   * @param clients the loopback addresses of named clients, by name; default: none
   */
  constructor(timeline?: Timeline, random = Math.random, clients: ReadonlyMap<string, string> = new Map()) {
    this.#timeline = timeline
    this.#random = random
    this.#clients = clients
    for (const [name, host] of clients) this.#nameByHost.set(host, name)
  }

  /** Puts a relay in front of a node; it listens at once. `hidden` is the address that the node binds. */
  async add(name: string, hidden: Address, announced: Address): Promise<void> {
    this.#nameByHost.set(hidden.host, name)
    const relay = new Relay({
      target: { name, address: hidden },
      ruleOf: (from, to) => this.#rule(from, to),
      nameOf: (host, dialled) => this.#nameByHost.get(host) ?? this.#nameByHost.get(dialled) ?? CLIENT,
      alsoOn: [...this.#clients.values()],
      random: this.#random,
    })
    await relay.listen(announced)
    this.#relays.set(name, relay)
  }

  /** Adapts the relay to its node's process: it listens while the node runs, and refuses connections otherwise. */
  processChanged(name: string, change: ProcessChange): void {
    const relay = this.#relays.get(name)
    if (relay === undefined || change === 'paused' || change === 'resumed') return
    if (change !== 'started') {
      relay.refuse()
      return
    }
    const listening = relay.follow()
    // The start of the node awaits this promise and reports the error.
    listening.catch(() => undefined)
    this.#listening.set(name, listening)
  }

  /**
   * Resolves when the relay of a started node listens, or the black hole in front of it is in place.
   *
   * @throws Error when its port was taken meanwhile
   */
  async reachable(name: string): Promise<void> {
    await this.#holes.get(name)?.work
    await this.#listening.get(name)
  }

  /** Resets the connections between the two nodes and, as soon as they are accepted, new ones; in both directions. */
  cut(left: string, right: string): ActiveFault {
    return this.#begin(`cut ${left} from ${right}`, both(left, right, { cut: true }))
  }

  /** Drops all bytes from one node to the other without ending a connection; the other direction works. */
  silence(from: string, to: string): ActiveFault {
    return this.#begin(`lose all bytes from ${from} to ${to}`, [[from, to, { silent: true }]])
  }

  /** Cuts a node off from all others but those in `keep`, for example `client`. */
  isolate(name: string, keep: readonly string[] = []): ActiveFault {
    const what = `isolate ${name}${keep.length === 0 ? '' : `, but not from ${keep.join(', ')}`}`
    return this.#begin(what, this.#aroundNode(name, { cut: true }, keep))
  }

  /** Cuts every connection between nodes of different groups. Nodes in no group are not touched. */
  split(...groups: readonly (readonly string[])[]): ActiveFault {
    const changes = groups.flatMap((group, at) => groups.slice(at + 1).flat()
      .flatMap((right) => group.flatMap((left) => both(left, right, { cut: true }))))
    return this.#begin(`split into ${groups.map((group) => group.join(', ')).join(' | ')}`, changes)
  }

  /**
   * Adds a delay to each direction between two nodes; a round trip takes twice as long. 0 ends the delays that were set
   * before.
   */
  delay(left: string, right: string, delayMs: number, directions: Directions = {}): ActiveFault {
    if (!Number.isFinite(delayMs) || delayMs < 0) throw new Error(`a delay is a number of milliseconds from 0, not ${delayMs}`)
    const changes = pair(left, right, { delayMs }, directions)
    if (delayMs > 0) return this.#begin(`delay ${named(left, right, directions)} by ${delayMs} ms`, changes)
    this.#add(changes)
    this.#changed(`the delay between ${left} and ${right} ends`)
    return activeFault(() => undefined)
  }

  /** Adds a random delay of up to `jitterMs` to each read of a stream; the order of the bytes is kept. */
  jitter(left: string, right: string, jitterMs: number, directions: Directions = {}): ActiveFault {
    if (!Number.isFinite(jitterMs) || jitterMs <= 0) throw new Error(`jitter is a number of milliseconds above 0, not ${jitterMs}`)
    return this.#begin(`delay ${named(left, right, directions)} by up to ${jitterMs} ms at random`, pair(left, right, { jitterMs }, directions))
  }

  /**
   * Loses a share of the packets, from 0 to below 1. TCP hides a loss from applications except for its pause, so that
   * is what the relay does: with this probability the bytes that arrive together, and all behind them, wait 200 ms
   * longer, 600 ms when the repeated packet is lost too, and so on. The packets that open a connection are not lost.
   */
  drop(left: string, right: string, ratio: number, directions: Directions = {}): ActiveFault {
    if (!(ratio > 0 && ratio < 1)) throw new Error(`a share of lost packets is between 0 and 1, not ${ratio}; silence() loses all`)
    return this.#begin(`lose ${Number((ratio * 100).toPrecision(3))}% of the packets: ${named(left, right, directions)}`, pair(left, right, { lossRatio: ratio }, directions))
  }

  /** Limits the rate of each direction; all connections of the pair share it. */
  bandwidth(left: string, right: string, bytesPerSecond: number, directions: Directions = {}): ActiveFault {
    if (!Number.isFinite(bytesPerSecond) || bytesPerSecond <= 0) throw new Error(`a bandwidth is a number of bytes above 0, not ${bytesPerSecond}`)
    const changes = pair(left, right, {}, directions)
      .map(([from, to]): Change => [from, to, { bandwidth: new Bandwidth(bytesPerSecond) }])
    return this.#begin(`limit ${named(left, right, directions)} to ${bytesPerSecond} bytes/s`, changes)
  }

  /**
   * The node looks frozen to all others but those in `keep`: connections to it are accepted and what they send is
   * acknowledged, but nothing is answered. At the end it handles all that was sent, as after a pause.
   */
  freeze(name: string, keep: readonly string[] = []): ActiveFault {
    const what = `freeze ${name}${keep.length === 0 ? '' : `, but not for ${keep.join(', ')}`}`
    return this.#begin(what, this.#aroundNode(name, { silent: true }, keep))
  }

  /**
   * The host of the node is out of reach: attempts to connect to it get no answer at all, and open connections are
   * silent in both directions. Resolves when the fault is in effect.
   */
  async blackhole(name: string): Promise<ActiveFault> {
    return this.#swallow(name, `swallow everything to and from ${name}`, { silent: true })
  }

  /**
   * Prepares that the process of the node is killed as if its host lost power: no connection to or from it is reset or
   * closed. Afterwards new connections get no answer (`hang`) or are refused (`refused`). When the fault has ended, an
   * old connection is reset as soon as something is sent on it, as by a host that has started again.
   */
  async vanish(name: string, connects: 'hang' | 'refused' = 'hang'): Promise<ActiveFault> {
    const what = `${name} vanishes, connections stay half-open and new ones ${connects === 'hang' ? 'hang' : 'are refused'}`
    const change = { silent: true, gone: true }
    return connects === 'hang' ? this.#swallow(name, what, change) : this.#begin(what, this.#aroundNode(name, change))
  }

  /** Ends all faults; bytes that were held back are sent on. `reachable()` waits for the end of a black hole. */
  heal(): void {
    if (this.#faults.size === 0) return
    this.#faults.clear()
    for (const [name, hole] of this.#holes) {
      if (hole.wanted === 0) continue
      hole.wanted = 0
      // `reachable()` waits for it; its failure has no other reader.
      this.#updateHole(name).catch(() => undefined)
    }
    this.#changed('healed')
  }

  async close(): Promise<void> {
    this.#faults.clear()
    for (const hole of this.#holes.values()) hole.wanted = 0
    await Promise.all([...this.#holes.values()].map(({ work }) => work))
    const relays = [...this.#relays.values()]
    this.#relays.clear()
    await Promise.all(relays.map((relay) => relay.close()))
  }

  #everybody(): string[] {
    return [...this.#relays.keys(), CLIENT, ...this.#clients.keys()]
  }

  /** The names that a name stands for: `client` stands for all clients. */
  #meant(name: string): readonly string[] {
    return name === CLIENT ? [CLIENT, ...this.#clients.keys()] : [name]
  }

  #rule(from: string, to: string): FlowRule {
    return this.#rules.get(`${from} ${to}`) ?? OPEN_FLOW
  }

  /** Changes both directions between a node and all others but those in `keep`. */
  #aroundNode(name: string, change: Partial<FlowRule>, keep: readonly string[] = []): Change[] {
    const kept = [name, ...keep].flatMap((one) => this.#meant(one))
    return this.#everybody().filter((other) => !kept.includes(other)).flatMap((other) => both(name, other, change))
  }

  #add(changes: readonly Change[]): void {
    for (const name of changes.flatMap(([from, to]) => [from, to])) {
      if (!this.#everybody().includes(name)) throw new Error(`no node named ${name} in this deployment`)
    }
    this.#faults.add(changes)
  }

  #begin(what: string, changes: readonly Change[]): ActiveFault {
    this.#add(changes)
    this.#changed(`fault: ${what}`)
    return activeFault(() => { this.#end(what, changes) })
  }

  /** Does nothing after `heal()`. */
  #end(what: string, changes: readonly Change[]): boolean {
    const wasInEffect = this.#faults.delete(changes)
    if (wasInEffect) this.#changed(`end of fault: ${what}`)
    return wasInEffect
  }

  async #swallow(name: string, what: string, change: Partial<FlowRule>): Promise<ActiveFault> {
    const changes = this.#aroundNode(name, change)
    // A name that does not exist is an error before the black hole.
    this.#add(changes)
    const hole = this.#holes.get(name) ?? { wanted: 0, work: Promise.resolve() }
    this.#holes.set(name, hole)
    hole.wanted += 1
    const undo = async (): Promise<void> => {
      if (this.#end(what, changes)) hole.wanted -= 1
      await this.#updateHole(name)
    }
    try {
      await this.#updateHole(name)
    } catch (error) {
      await undo()
      throw error
    }
    this.#changed(`fault: ${what}`)
    return activeFault(undo)
  }

  /** Opens or closes the black hole in front of a node, after earlier work on it. */
  #updateHole(name: string): Promise<void> {
    const relay = this.#relays.get(name)
    const hole = this.#holes.get(name)
    if (relay === undefined || hole === undefined) return Promise.resolve()
    const work = hole.work.then(() => hole.wanted > 0 ? relay.swallow() : relay.answer())
    hole.work = work.catch(() => undefined)
    return work
  }

  #changed(what: string): void {
    const rules = new Map<string, FlowRule>()
    for (const [from, to, change] of [...this.#faults].flat()) {
      for (const direction of this.#meant(from).flatMap((one) => this.#meant(to).map((other) => `${one} ${other}`))) {
        rules.set(direction, { ...rules.get(direction) ?? OPEN_FLOW, ...change })
      }
    }
    this.#rules = rules
    this.#timeline?.mark(SOURCE, what)
    for (const relay of this.#relays.values()) relay.refresh()
  }
}

function both(left: string, right: string, change: Partial<FlowRule>): Change[] {
  return [[left, right, change], [right, left, change]]
}

function pair(left: string, right: string, change: Partial<FlowRule>, { oneWay = false }: Directions): Change[] {
  return oneWay ? [[left, right, change]] : both(left, right, change)
}

function named(left: string, right: string, { oneWay = false }: Directions): string {
  return oneWay ? `${left} to ${right}` : `${left} and ${right}`
}
