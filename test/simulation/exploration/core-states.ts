/**
 * The states of cores that were reached, each one by the way that led there first. A core cannot be copied, so going on
 * from a state means starting a new core and repeating that way; what a step led to is remembered.
 */
import type { ConnectionId, DurableState, Epoch, Input, Millis } from '../../../src/core/index.ts'
import { LiveCore, type Output } from './live-core.ts'
import type { Nodes } from './nodes.ts'

/** Milliseconds pass until the next deadline, something comes in, or a save ends. */
export type CoreMove =
  | { readonly kind: 'fire' }
  | { readonly kind: 'input', readonly input: Input }
  | { readonly kind: 'saved', /** Saves that were requested after this one began. */ readonly laterSaves: number }

export interface CoreState {
  readonly number: number
  readonly durable: DurableState
  readonly currentEpoch: Epoch
  readonly configEpoch: Epoch
  /** Of its last vote. */
  readonly leaderEpoch: Epoch
  readonly isDown: boolean
  /** What the last failover is at, in the words of the wire. */
  readonly phase: string
  /** An operator ordered it. */
  readonly isOrdered: boolean
  /** Milliseconds to its next deadline. */
  readonly patience: Millis | undefined
  readonly connections: ReadonlyMap<ConnectionId, string>
  /** The role that each replica reported, by its address; undefined before the first INFO. */
  readonly roles: ReadonlyMap<string, string | undefined>
  /** How many peers have announced the master of this sentinel. */
  readonly announcing: number
}

interface Way {
  /** Undefined for a start. */
  readonly from: number | undefined
  readonly move: CoreMove | undefined
  readonly nodes: Nodes
  readonly durable: DurableState
  readonly sentinel: number
}

export interface CoreStep {
  readonly to: CoreState
  readonly outputs: readonly Output[]
}

/** Cores kept alive where they last stood: the next step from there needs no repetition. */
const LIVE_MAX = 500

export class CoreStates {
  readonly #master: string
  readonly #ips: readonly string[]
  readonly #publishes: boolean
  readonly #numbers = new Map<string, number>()
  readonly #states: CoreState[] = []
  readonly #ways: Way[] = []
  readonly #live = new Map<number, LiveCore>()

  constructor(given: { master: string, ips: readonly string[], publishes: boolean }) {
    this.#master = given.master
    this.#publishes = given.publishes
    this.#ips = given.ips
  }

  get size(): number {
    return this.#states.length
  }

  /** @throws RangeError for a number that was never given. */
  at(number: number): CoreState {
    const state = this.#states[number]
    if (state === undefined) throw new RangeError(`no core state ${number}`)
    return state
  }

  boot(sentinel: number, durable: DurableState, nodes: Nodes): CoreStep {
    const live = this.#start(sentinel, durable)
    const outputs = live.boot(nodes)
    return { to: this.#reach(live, { from: undefined, move: undefined, nodes, durable, sentinel }), outputs }
  }

  step(from: number, move: CoreMove, nodes: Nodes): CoreStep {
    const way = this.#wayTo(from)
    const live = this.#bring(from)
    const outputs = run(live, move, nodes)
    return { to: this.#reach(live, { ...way, from, move, nodes }), outputs }
  }

  #reach(live: LiveCore, way: Way): CoreState {
    const key = `${way.sentinel} ${live.fingerprint}`
    let number = this.#numbers.get(key)
    if (number === undefined) {
      number = this.#states.length
      this.#numbers.set(key, number)
      this.#states.push(this.#describe(number, live))
      this.#ways.push(way)
      this.#keep(number, live)
    }
    return this.at(number)
  }

  #describe(number: number, live: LiveCore): CoreState {
    const { core } = live
    const { state } = core.memory
    const master = state.masters.get(this.#master)
    const connections = new Map<ConnectionId, string>()
    for (const ip of this.#ips) for (const id of live.connectionsTo(ip)) connections.set(id, ip)
    return {
      number,
      durable: core.durableState(),
      currentEpoch: state.currentEpoch,
      configEpoch: master?.configEpoch ?? 0n,
      leaderEpoch: master?.leaderEpoch ?? 0n,
      isDown: master?.sdown ?? false,
      phase: master?.failover.phase ?? 'none',
      isOrdered: master !== undefined && master.failover.phase !== 'none' && master.failover.forced,
      patience: live.patience,
      connections,
      roles: new Map([...master?.replicas.values() ?? []].map(({ address, infoAt, roleReported }) => (
        [address.host, infoAt === undefined ? undefined : roleReported]
      ))),
      announcing: [...master?.peers.values() ?? []].filter(({ announcedMaster }) => (
        announcedMaster?.host === master?.address.host && announcedMaster?.configEpoch === master?.configEpoch
      )).length,
    }
  }

  #keep(number: number, live: LiveCore): void {
    this.#live.set(number, live)
    if (this.#live.size <= LIVE_MAX) return
    const [oldest] = this.#live.keys()
    if (oldest !== undefined) this.#live.delete(oldest)
  }

  /** A core in that state, for one use. */
  #bring(number: number): LiveCore {
    const kept = this.#live.get(number)
    if (kept !== undefined) {
      this.#live.delete(number)
      return kept
    }
    const ways: Way[] = []
    for (let at: number | undefined = number; at !== undefined;) {
      const way: Way = this.#wayTo(at)
      ways.push(way)
      at = way.from
    }
    const first = ways.at(-1)
    if (first === undefined) throw new RangeError(`no way to core state ${number}`)
    const live = this.#start(first.sentinel, first.durable)
    for (const { move, nodes } of ways.reverse()) {
      if (move === undefined) live.boot(nodes)
      else run(live, move, nodes)
    }
    return live
  }

  #wayTo(number: number): Way {
    const way = this.#ways[number]
    if (way === undefined) throw new RangeError(`no way to core state ${number}`)
    return way
  }

  #start(sentinel: number, durable: DurableState): LiveCore {
    return new LiveCore({ durable, seed: 7 + sentinel, ip: this.#ips[sentinel] ?? '', publishes: this.#publishes })
  }
}

function run(live: LiveCore, move: CoreMove, nodes: Nodes): readonly Output[] {
  switch (move.kind) {
    case 'fire':
      return live.fire(nodes)
    case 'input':
      return live.take(move.input, nodes)
    case 'saved':
      return live.endSave(move.laterSaves, nodes)
  }
}
