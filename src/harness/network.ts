import type { Address } from './address.ts'
import { OPEN_FLOW, Relay, type FlowRule } from './relay.ts'

/** The name under which every connection counts that comes from no node of the deployment. */
export const CLIENT = 'client'

/**
 * The network between the nodes of a relayed deployment. Each node binds a loopback address of its own and connects
 * from it; the others only know the address of the relay in front of it. So the relay knows both ends of every
 * connection by name, and any pair can be cut, silenced or delayed. Clients count as one more node, named `client`.
 */
export class Network {
  readonly #relays: Relay[] = []
  readonly #names: string[] = []
  readonly #nameByHost = new Map<string, string>()
  readonly #rules = new Map<string, FlowRule>()

  /** Puts a relay in front of a node. `hidden` is where it really listens. */
  async add(name: string, hidden: Address, announced: Address): Promise<void> {
    this.#names.push(name)
    this.#nameByHost.set(hidden.host, name)
    const relay = new Relay({
      target: { name, address: hidden },
      ruleOf: (from, to) => this.#rule(from, to),
      nameOf: (host) => this.#nameByHost.get(host) ?? CLIENT,
    })
    await relay.listen(announced)
    this.#relays.push(relay)
  }

  /** Resets the connections between the two and refuses new ones, in both directions. */
  cut(left: string, right: string): void {
    this.#change(left, right, { cut: true })
    this.#change(right, left, { cut: true })
    this.#refresh()
  }

  /** Loses all bytes from one node to the other without ending a connection; the way back stays open. */
  silence(from: string, to: string): void {
    this.#change(from, to, { silent: true })
    this.#refresh()
  }

  /** Cuts a node off from all others. `keep` names those that still reach it, for example `client`. */
  isolate(name: string, keep: readonly string[] = []): void {
    for (const other of this.#everybody()) {
      if (other !== name && !keep.includes(other)) this.cut(name, other)
    }
  }

  /** Cuts every connection between nodes of different groups. Nodes in no group are not touched. */
  split(...groups: readonly (readonly string[])[]): void {
    groups.forEach((group, at) => {
      for (const other of groups.slice(at + 1)) {
        for (const left of group) for (const right of other) this.cut(left, right)
      }
    })
  }

  /** Adds a delay to each direction between two nodes, so a round trip takes twice as long. */
  delay(left: string, right: string, delayMs: number): void {
    this.#change(left, right, { delayMs })
    this.#change(right, left, { delayMs })
    this.#refresh()
  }

  /** Ends all faults; what was held back is passed on. */
  heal(): void {
    this.#rules.clear()
    this.#refresh()
  }

  async close(): Promise<void> {
    await Promise.all(this.#relays.splice(0).map((relay) => relay.close()))
  }

  #everybody(): string[] {
    return [...this.#names, CLIENT]
  }

  #rule(from: string, to: string): FlowRule {
    return this.#rules.get(`${from} ${to}`) ?? OPEN_FLOW
  }

  #change(from: string, to: string, change: Partial<FlowRule>): void {
    for (const name of [from, to]) {
      if (!this.#everybody().includes(name)) throw new Error(`no node named ${name} in this deployment`)
    }
    this.#rules.set(`${from} ${to}`, { ...this.#rule(from, to), ...change })
  }

  #refresh(): void {
    for (const relay of this.#relays) relay.refresh()
  }
}
