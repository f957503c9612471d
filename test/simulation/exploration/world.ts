/**
 * The whole explored world as a short list of numbers, and everything that can happen next in it: each choice is one
 * message that arrives, one save that ends, one deadline that comes, one connection that breaks, or one crash.
 */
import type { ConnectionId, DurableState, Epoch, Operation, Reply, Request } from '../../../src/core/index.ts'
import { firstState, planGroup, sentinelIp } from '../../simulator/cluster-options.ts'
import { CoreStates } from './core-states.ts'
import { hear, NO_HISTORY, type Broken, type History } from './history.ts'
import { Interned, textOf } from './intern.ts'
import { infoOf, type Nodes } from './nodes.ts'
import { Processes, type Asked, type Process, type ProcessMove, type Word } from './process.ts'

export interface WorldOptions {
  readonly sentinels: number
  readonly replicas?: number
  /**
   * Whether a save ends at once, or its process crashes; otherwise it may last while anything else happens. Others
   * learn of it late all the same: what waited for it is then on its way for as long as the exploration likes.
   */
  readonly savesAtOnce?: boolean
  /** Hellos are sent again in their period, and not only for news. */
  readonly publishes?: boolean
  /** What the disks hold at the beginning, where it is not the usual. */
  readonly durable?: (index: number, usual: DurableState) => DurableState
}

/** One state: numbers of processes, of what is on its way, of the data nodes and of the history; then breaks left. */
export type World = readonly number[]

export interface Choice {
  readonly text: string
  readonly run: () => Outcome
}

export interface Outcome {
  readonly world: World
  readonly broken: Broken | undefined
}

/** Something on its way to a sentinel or a data node. Each lane keeps its order. */
type Parcel =
  | { readonly kind: 'asked', readonly asked: Asked, readonly host: string, readonly port: number, readonly epoch: Epoch, readonly candidate: string }
  | { readonly kind: 'hello', readonly payload: string }
  | { readonly kind: 'reply', readonly life: number, readonly connection: ConnectionId, readonly request: Request, readonly reply: Reply }
  | { readonly kind: 'order', readonly life: number, readonly connection: ConnectionId, readonly target: string, readonly info: Request | undefined }

/** Lanes of one sentinel: by the machine at the other end, requests to it and replies from it. */
type Lanes = Readonly<Record<string, readonly Parcel[]>>

export const MASTER_IP = '10.0.1.1'

export class Explorable {
  readonly count: number
  readonly processes: Processes
  readonly ids: readonly string[]
  readonly #ips: readonly string[]
  readonly #lanes = new Interned<Lanes>()
  readonly #nodes = new Interned<Nodes>()
  readonly #histories = new Interned<History>()
  readonly #options: WorldOptions

  constructor(options: WorldOptions) {
    this.#options = options
    this.count = options.sentinels
    this.ids = Array.from({ length: this.count }, (_none, at) => `${at + 1}`.repeat(40))
    const nodeIps = Array.from({ length: 1 + (options.replicas ?? 2) }, (_none, at) => `10.0.1.${at + 1}`)
    this.#ips = [...this.ids.map((_id, at) => sentinelIp(at)), ...nodeIps]
    this.processes = new Processes(new CoreStates({
      master: 'mymaster', ips: this.#ips, publishes: options.publishes ?? false,
    }))
  }

  /** Everybody has started; nothing has arrived yet. */
  begin(): World {
    const { replicas = 2, durable } = this.#options
    const nodes: Record<string, string> = { [MASTER_IP]: 'nobody' }
    for (let replica = 1; replica <= replicas; replica += 1) nodes[`10.0.1.${replica + 1}`] = MASTER_IP
    const groups = [planGroup({ downAfterMs: 30_000, failoverTimeoutMs: 20_000, replicas }, 0)]
    let world: World = [
      ...this.ids.map(() => 0), ...this.ids.map(() => this.#addLanes({})), this.#addNodes(nodes),
      this.#addHistory(NO_HISTORY), 0,
    ]
    this.ids.forEach((_id, index) => {
      const usual = firstState({ ids: this.ids, index, groups, isFresh: false })
      const state = durable?.(index, usual) ?? usual
      const { to, words } = this.processes.boot({ sentinel: index, durable: state, nodes, timers: 1000, crashes: 0 })
      world = this.#after(world, index, to, words).world
    })
    return world
  }

  process(world: World, index: number): Process {
    return this.processes.all.at(at(world, index))
  }

  core(world: World, index: number) {
    return this.processes.cores.at(this.process(world, index).core)
  }

  nodes(world: World): Nodes {
    return this.#nodes.at(at(world, 2 * this.count))
  }

  history(world: World): History {
    return this.#histories.at(at(world, 2 * this.count + 1))
  }

  /** Sets what may still go wrong, for everybody. */
  allow(world: World, given: { timers: number, crashes: number, breaks: number }): World {
    const processes = this.ids.map((_id, index) => this.processes.allow(at(world, index), given))
    return [...processes, ...world.slice(this.count, -1), given.breaks]
  }

  /** A data node dies without a word; everybody notices that the connections are gone. */
  killNode(world: World, ip: string): World {
    let next = this.#withNodes(world, { ...this.nodes(world), [ip]: 'dead' })
    this.ids.forEach((_id, index) => { next = this.#move(next, index, { kind: 'lost', ip }).world })
    return next
  }

  /** A data node runs again, or follows another one, and no sentinel has noticed it yet. */
  turnNode(world: World, ip: string, follows: string): World {
    return this.#withNodes(world, { ...this.nodes(world), [ip]: follows })
  }

  /** An operator asks a sentinel. */
  operate(world: World, index: number, operation: Operation): Outcome {
    return this.#move(world, index, { kind: 'operate', operation })
  }

  /** Much has happened elsewhere: these nodes follow others now, and these sentinels start with this on their disks. */
  skip(
    world: World, nodes: Nodes, disks: readonly { readonly index: number, readonly durable: DurableState }[],
  ): World {
    let next = this.#withNodes(world, nodes)
    for (const { index, durable } of disks) {
      next = this.#withLanes(next, index, {})
      const { to, words } = this.processes.restart(at(next, index), durable, nodes)
      next = this.#after(next, index, to, words).world
    }
    return next
  }

  /** Everything that can happen next. */
  * choices(world: World): Generator<Choice> {
    if (this.#options.savesAtOnce === true) {
      const writer = this.ids.findIndex((_id, index) => this.process(world, index).writing !== undefined)
      if (writer >= 0) {
        yield* this.#endsOfWrite(world, writer)
        return
      }
    }
    for (let index = 0; index < this.count; index += 1) {
      const process = this.process(world, index)
      const name = `s${index + 1}`
      yield* this.#arrivals(world, index)
      yield* this.#endsOfWrite(world, index)
      const { patience } = this.core(world, index)
      if (process.timersLeft > 0 && patience !== undefined) {
        yield { text: `${patience} ms pass for ${name}`, run: () => this.#move(world, index, { kind: 'fire' }) }
      }
      if (process.crashesLeft > 0 && process.writing === undefined) {
        yield { text: `${name} crashes`, run: () => this.#crash(world, index, false) }
      }
    }
  }

  /** A crash in the middle of a write leaves the old file or the new one. */
  * #endsOfWrite(world: World, index: number): Generator<Choice> {
    const { writing, crashesLeft } = this.process(world, index)
    const name = `s${index + 1}`
    if (writing === undefined) return
    yield { text: `${name} has saved`, run: () => this.#move(world, index, { kind: 'saved' }) }
    if (crashesLeft <= 0) return
    yield { text: `${name} crashes before its write`, run: () => this.#crash(world, index, false) }
    yield { text: `${name} crashes after its write`, run: () => this.#crash(world, index, true) }
  }

  * #arrivals(world: World, index: number): Generator<Choice> {
    const breaksLeft = at(world, world.length - 1)
    for (const [lane, parcels] of Object.entries(this.#lanesOf(world, index))) {
      const [parcel] = parcels
      if (parcel === undefined) continue
      const [kind = '', ip = ''] = lane.split(' ')
      yield { text: `s${index + 1} ${kind} ${ip}: ${describe(parcel)}`, run: () => this.#arrive(world, index, lane, parcel) }
      if (breaksLeft > 0) {
        yield { text: `the connection of s${index + 1} to ${ip} breaks`, run: () => this.#break(world, index, ip) }
      }
    }
  }

  #arrive(world: World, index: number, lane: string, parcel: Parcel): Outcome {
    const without = this.#withLane(world, index, lane, this.#lane(world, index, lane).slice(1))
    const target = lane.split(' ')[1] ?? ''
    switch (parcel.kind) {
      case 'asked':
      case 'hello':
        return this.#move(without, this.#ips.indexOf(target), parcel)
      case 'reply': {
        const { connection, request, reply } = parcel
        if (parcel.life !== this.process(world, index).life) return { world: without, broken: undefined }
        return this.#move(without, index, { kind: 'reply', connection, request, reply })
      }
      case 'order':
        return this.#obey(without, index, target, parcel)
    }
  }

  /** A data node carries an order out and answers at once. */
  #obey(world: World, index: number, ip: string, order: Extract<Parcel, { kind: 'order' }>): Outcome {
    if (this.nodes(world)[ip] === 'dead') return { world, broken: undefined }
    const nodes = { ...this.nodes(world), [ip]: order.target }
    const changed = this.#withNodes(world, nodes)
    const { connection, info, life } = order
    if (life !== this.process(world, index).life) return { world: changed, broken: undefined }
    const ok = { request: { kind: 'transaction', command: 'MULTI' } as const, reply: { kind: 'status', text: 'OK' } as const }
    const replies = [ok, ok, ok, ok, ok, ok, ...info === undefined ? [] : [{ request: info, reply: infoOf(nodes, ip) }]]
    return this.#move(changed, index, { kind: 'ordered', connection, replies })
  }

  /** What was on its way on that connection is lost; the next one stands at once, where the core makes one. */
  #break(world: World, index: number, ip: string): Outcome {
    let next = world
    for (const lane of ['to', 'from']) next = this.#withLane(next, index, `${lane} ${ip}`, [])
    return this.#move([...next.slice(0, -1), at(world, world.length - 1) - 1], index, { kind: 'lost', ip })
  }

  /** Requests that had left still arrive; replies and requests to the dead process do not. */
  #crash(world: World, index: number, wasWritten: boolean): Outcome {
    const ip = this.#ips[index] ?? ''
    const kept = Object.entries(this.#lanesOf(world, index)).filter(([lane]) => lane.startsWith('to '))
    let next = this.#withLanes(world, index, Object.fromEntries(kept))
    let outcome = this.#move(next, index, { kind: 'crash', wasWritten })
    for (let other = 0; other < this.count; other += 1) {
      if (other === index) continue
      next = outcome.world
      for (const lane of ['to', 'from']) next = this.#withLane(next, other, `${lane} ${ip}`, [])
      const { world: after, broken } = this.#move(next, other, { kind: 'lost', ip })
      outcome = { world: after, broken: outcome.broken ?? broken }
    }
    return outcome
  }

  #move(world: World, index: number, move: ProcessMove): Outcome {
    const nodes = at(world, 2 * this.count)
    const { to, words } = this.processes.step(at(world, index), move, this.#nodes.at(nodes), nodes)
    return this.#after(world, index, to, words)
  }

  /** The process is in its new state, and what it said is on its way. */
  #after(world: World, index: number, to: number, words: readonly Word[]): Outcome {
    let next: World = world.map((number, place) => place === index ? to : number)
    let found: Broken | undefined
    const process = this.processes.all.at(to)
    const telling = { process, id: this.ids[index] ?? '', ids: this.ids, ...this.#standing(next, index) }
    for (const word of words) {
      const { history, broken } = hear(this.history(next), word, telling)
      found ??= broken
      next = this.#withHistory(next, history)
      if (word.kind === 'send') next = this.#send(next, index, word)
      else if (word.kind === 'answer') next = this.#answer(next, index, word)
    }
    return { world: next, broken: found }
  }

  /** What the rule about demotions needs to know of a sentinel. */
  #standing(world: World, index: number): { configEpoch: Epoch, isLeading: boolean, agreeing: number, nodes: Nodes } {
    const { configEpoch, phase } = this.core(world, index)
    const agreeing = this.ids.filter((_id, other) => this.core(world, other).configEpoch >= configEpoch).length
    return { configEpoch, isLeading: phase !== 'none', agreeing, nodes: this.nodes(world) }
  }

  #send(world: World, index: number, { to, effect }: Extract<Word, { kind: 'send' }>): World {
    const { connection, request, argv } = effect
    const { life } = this.process(world, index)
    const lane = `to ${to}`
    const isPeer = this.#ips.indexOf(to) < this.count
    if (request.kind === 'publish') {
      // Data nodes forward hellos to everybody, late or never; those that go straight to the peers stand for them.
      return isPeer ? this.#push(world, index, lane, { kind: 'hello', payload: argv[2] ?? '' }) : world
    }
    if (request.kind === 'ask' || request.kind === 'last-vote') {
      const [, , host = '', port = '0', epoch = '0', candidate = '*'] = argv
      const asked: Asked = { from: index, life, connection, request }
      return this.#push(world, index, lane, { kind: 'asked', asked, host, port: Number(port), epoch: BigInt(epoch), candidate })
    }
    if (request.kind === 'transaction' && argv[0] === 'SLAVEOF') {
      const target = argv[1] === 'NO' ? 'nobody' : argv[1] ?? ''
      return this.#push(world, index, lane, { kind: 'order', life, connection, target, info: undefined })
    }
    if (request.kind !== 'info') return world
    const orders = this.#lane(world, index, lane)
    const last = orders.at(-1)
    if (last?.kind !== 'order') return world
    return this.#withLane(world, index, lane, [...orders.slice(0, -1), { ...last, info: request }])
  }

  #answer(world: World, index: number, { asked, leader, epoch, down }: Extract<Word, { kind: 'answer' }>): World {
    const { from, life, connection, request } = asked
    const asker = this.process(world, from)
    if (asker.life !== life || !this.processes.cores.at(asker.core).connections.has(connection)) return world
    const reply: Reply = {
      kind: 'array',
      items: [{ kind: 'integer', value: down ? 1n : 0n }, { kind: 'bulk', text: leader ?? '*' }, { kind: 'integer', value: epoch }],
    }
    return this.#push(world, from, `from ${this.#ips[index]}`, { kind: 'reply', life, connection, request, reply })
  }

  #push(world: World, index: number, lane: string, parcel: Parcel): World {
    return this.#withLane(world, index, lane, [...this.#lane(world, index, lane), parcel])
  }

  #lanesOf(world: World, index: number): Lanes {
    return this.#lanes.at(at(world, this.count + index))
  }

  #lane(world: World, index: number, lane: string): readonly Parcel[] {
    return this.#lanesOf(world, index)[lane] ?? []
  }

  #withLane(world: World, index: number, lane: string, parcels: readonly Parcel[]): World {
    const { [lane]: _before, ...others } = this.#lanesOf(world, index)
    return this.#withLanes(world, index, parcels.length === 0 ? others : { ...others, [lane]: parcels })
  }

  #withLanes(world: World, index: number, lanes: Lanes): World {
    return world.with(this.count + index, this.#addLanes(lanes))
  }

  #withNodes(world: World, nodes: Nodes): World {
    return world.with(2 * this.count, this.#addNodes(nodes))
  }

  #withHistory(world: World, history: History): World {
    if (history === this.history(world)) return world
    return world.with(2 * this.count + 1, this.#addHistory(history))
  }

  #addLanes(lanes: Lanes): number {
    const ordered = Object.fromEntries(Object.entries(lanes).sort(([a], [b]) => a < b ? -1 : 1))
    return this.#lanes.add(textOf(ordered), () => ordered)
  }

  #addNodes(nodes: Nodes): number {
    return this.#nodes.add(textOf(nodes), () => nodes)
  }

  #addHistory(history: History): number {
    return this.#histories.add(textOf(history), () => history)
  }
}

function at(world: World, place: number): number {
  const number = world[place]
  if (number === undefined) throw new RangeError(`a world has no place ${place}`)
  return number
}

function describe(parcel: Parcel): string {
  switch (parcel.kind) {
    case 'asked':
      if (parcel.candidate === '*') return 'is it down?'
      return parcel.epoch === 0n ? 'what was your last vote?' : `vote for me in ${parcel.epoch}`
    case 'hello':
      return `hello ${parcel.payload}`
    case 'reply':
      return `answer ${textOf(parcel.reply)}`
    case 'order':
      return `follow ${parcel.target}`
  }
}
