import type { Address } from './address.ts'
import type { ProcessChange } from './managed-process.ts'
import { OPEN_FLOW, Relay, type FlowRule } from './relay.ts'
import type { Timeline } from './timeline.ts'

/** The name for the source of connections that do not come from a node of the deployment. */
export const CLIENT = 'client'

/** The source of the marks for network faults in the timeline. */
const SOURCE = 'network'

/**
 * The network between the nodes of a relayed deployment. Each node binds a loopback address of its own and connects
 * from it; other processes know only the address of the relay in front of it. So the relay knows both ends of every
 * connection by name, and any pair can be cut, silenced or delayed. Clients count as one more node, named `client`.
 *
 * Every fault and its end leave a mark in the timeline, with the source `network`.
 */
export class Network {
  readonly #relays = new Map<string, Relay>()
  readonly #nameByHost = new Map<string, string>()
  readonly #rules = new Map<string, FlowRule>()
  /** By node: settles when its relay listens or has failed. */
  readonly #listening = new Map<string, Promise<void>>()
  readonly #timeline: Timeline | undefined

  /** @param timeline gets a mark for each fault; default: none */
  constructor(timeline?: Timeline) {
    this.#timeline = timeline
  }

  /** Puts a relay in front of a node; it listens at once. `hidden` is the address that the node binds. */
  async add(name: string, hidden: Address, announced: Address): Promise<void> {
    this.#nameByHost.set(hidden.host, name)
    const relay = new Relay({
      target: { name, address: hidden },
      ruleOf: (from, to) => this.#rule(from, to),
      nameOf: (host) => this.#nameByHost.get(host) ?? CLIENT,
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

  /** Resolves when the relay of a started node listens. @throws Error when its port was taken meanwhile */
  async reachable(name: string): Promise<void> {
    await this.#listening.get(name)
  }

  /** Resets the connections between the two nodes and, as soon as they are accepted, new ones; in both directions. */
  cut(left: string, right: string): void {
    this.#cut(left, right)
    this.#changed(`fault: cut ${left} from ${right}`)
  }

  /** Drops all bytes from one node to the other without ending a connection; the other direction works. */
  silence(from: string, to: string): void {
    this.#change(from, to, { silent: true })
    this.#changed(`fault: lose all bytes from ${from} to ${to}`)
  }

  /** Cuts a node off from all others but those in `keep`, for example `client`. */
  isolate(name: string, keep: readonly string[] = []): void {
    for (const other of this.#everybody()) {
      if (other !== name && !keep.includes(other)) this.#cut(name, other)
    }
    this.#changed(`fault: isolate ${name}${keep.length === 0 ? '' : `, but not from ${keep.join(', ')}`}`)
  }

  /** Cuts every connection between nodes of different groups. Nodes in no group are not touched. */
  split(...groups: readonly (readonly string[])[]): void {
    groups.forEach((group, at) => {
      for (const other of groups.slice(at + 1)) {
        for (const left of group) for (const right of other) this.#cut(left, right)
      }
    })
    this.#changed(`fault: split into ${groups.map((group) => group.join(', ')).join(' | ')}`)
  }

  /** Adds a delay to each direction between two nodes; a round trip takes twice as long. */
  delay(left: string, right: string, delayMs: number): void {
    if (!Number.isFinite(delayMs) || delayMs < 0) throw new Error(`a delay is a number of milliseconds from 0, not ${delayMs}`)
    this.#change(left, right, { delayMs })
    this.#change(right, left, { delayMs })
    this.#changed(delayMs > 0
      ? `fault: delay ${left} and ${right} by ${delayMs} ms`
      : `the delay between ${left} and ${right} ends`)
  }

  /** Ends all faults; bytes that were held back are sent on. */
  heal(): void {
    if (this.#rules.size === 0) return
    this.#rules.clear()
    this.#changed('healed')
  }

  async close(): Promise<void> {
    const relays = [...this.#relays.values()]
    this.#relays.clear()
    await Promise.all(relays.map((relay) => relay.close()))
  }

  #everybody(): string[] {
    return [...this.#relays.keys(), CLIENT]
  }

  #rule(from: string, to: string): FlowRule {
    return this.#rules.get(`${from} ${to}`) ?? OPEN_FLOW
  }

  #cut(left: string, right: string): void {
    this.#change(left, right, { cut: true })
    this.#change(right, left, { cut: true })
  }

  #change(from: string, to: string, change: Partial<FlowRule>): void {
    for (const name of [from, to]) {
      if (!this.#everybody().includes(name)) throw new Error(`no node named ${name} in this deployment`)
    }
    this.#rules.set(`${from} ${to}`, { ...this.#rule(from, to), ...change })
  }

  #changed(what: string): void {
    this.#timeline?.mark(SOURCE, what)
    for (const relay of this.#relays.values()) relay.refresh()
  }
}
