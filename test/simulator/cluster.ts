/**
 * A whole simulated deployment and the loop that moves its time: sentinels, data nodes, the network between them, and
 * everybody who watches. One seed fixes everything.
 */
import type { Operation, OperationResult } from '../../src/core/index.ts'
import {
  firstOwnState, firstState, planGroup, planStrangers, sentinelIp, type ClusterOptions, type PlannedGroup,
} from './cluster-options.ts'
import { EventQueue, type Micros } from './event-queue.ts'
import type { Host } from './host.ts'
import { Network } from './network.ts'
import { Observers } from './observer.ts'
import { SimRandom } from './random.ts'
import { RedisNode } from './redis-model.ts'
import type { RedisOptions } from './redis-options.ts'
import { SentinelNode } from './sentinel-node.ts'
import { Trace } from './trace.ts'

/** Hops that a settled save takes through promises until the driver has heard of it. */
const PROMISE_HOPS = 6

/** Entries of the queue at one single moment beyond which somebody runs in circles. */
const STANDSTILL_MAX = 200_000

export class Cluster {
  readonly queue = new EventQueue()
  readonly random: SimRandom
  readonly network: Network
  readonly observers = new Observers()
  readonly trace: Trace
  readonly groups: readonly PlannedGroup[]
  readonly sentinels: readonly SentinelNode[]
  readonly nodes: readonly RedisNode[]
  /** Data nodes of a deployment that these sentinels do not monitor. */
  readonly strangers: readonly RedisNode[]
  /** Machines that take part, writers included. */
  readonly machines: Host[]
  /** All faults are over: their planned ends do nothing any more. */
  isHealed = false
  /** `master config-epoch` under which files were made to hold two addresses. */
  readonly disputes = new Set<string>()
  /** Errors that sentinels died of. */
  readonly fatal: { readonly sentinel: SentinelNode, readonly error: unknown }[] = []
  readonly hasNames: boolean
  readonly #groupOfNode = new Map<RedisNode, PlannedGroup>()
  readonly #addressesInFile: number
  /** Records of sentinels that were replaced, of each master. */
  readonly leftovers: number
  readonly #reportedZones: Readonly<Record<string, string>>
  #hasUnsettled = false

  constructor(options: ClusterOptions = {}) {
    this.random = new SimRandom(options.seed ?? 1)
    this.leftovers = options.leftovers ?? 0
    this.hasNames = options.names !== undefined
    this.#addressesInFile = Object.values(options.knownReplicas ?? {}).reduce((sum, { length }) => sum + length, 0)
    this.network = new Network({
      queue: this.queue,
      random: this.random.fork('network'),
      ...(options.delay === undefined ? {} : { delay: options.delay }),
    })
    this.trace = new Trace({ queue: this.queue, isDetailed: options.isDetailed ?? false })
    this.observers.add(this.trace)
    this.groups = (options.groups ?? [{}]).map(planGroup)
    this.#reportedZones = options.reportedZones ?? {}
    this.nodes = this.groups.flatMap((group) => this.#makeNodes(group))
    this.strangers = options.hasStrangers === true ? this.#makeNodes(planStrangers()) : []
    this.sentinels = this.#makeSentinels(options)
    this.machines = [...this.sentinels, ...this.nodes].map(({ host }) => host)
    for (const { id, name } of this.sentinels) this.trace.nickname(id, name)
    const stagger = this.random.fork('start')
    for (const sentinel of this.sentinels) this.queue.after(stagger.below(200_000), () => { sentinel.start() })
  }

  /** Simulated time so far, in milliseconds. */
  get nowMs(): number {
    return this.queue.now / 1000
  }

  /** @throws RangeError when there is none of this name. */
  sentinel(name: string): SentinelNode {
    const found = this.sentinels.find((sentinel) => sentinel.name === name)
    if (found === undefined) throw new RangeError(`no sentinel ${name}`)
    return found
  }

  /** @throws RangeError when there is none of this name. */
  node(name: string): RedisNode {
    const found = [...this.nodes, ...this.strangers].find((node) => node.name === name)
    if (found === undefined) throw new RangeError(`no data node ${name}`)
    return found
  }

  /** @throws RangeError when there is none of this name. */
  ipOf(name: string): string {
    const found = this.machines.find((machine) => machine.name === name)
    if (found === undefined) throw new RangeError(`no machine ${name}`)
    return found.ip
  }

  nodeAt(ip: string, port = 6379): RedisNode | undefined {
    const first = this.network.firstIp(ip)
    return this.nodes.find((node) => node.ip === first && node.port === port)
  }

  nodesOf(group: string): RedisNode[] {
    return this.nodes.filter((node) => this.#groupOfNode.get(node)?.name === group)
  }

  /** The deployment that was planned with a node at this address; undefined for other addresses. */
  groupAt(ip: string): PlannedGroup | undefined {
    return this.groups.find(({ nodes }) => nodes.some(({ options }) => options.ip === ip))
  }

  /** Addresses and names under which data nodes have been known so far. */
  get addressCount(): number {
    return this.nodes.reduce((sum, { announced }) => sum + announced.size, this.nodes.length + this.#addressesInFile)
  }

  async runFor(ms: number): Promise<void> {
    await this.#run(this.queue.now + Math.round(ms * 1000), undefined)
  }

  /**
   * Runs until the condition holds. It is asked whenever something was told and every 5 simulated milliseconds.
   * @throws Error with the end of the trace when it does not hold in time.
   */
  async until(what: string, condition: () => boolean, withinMs: number): Promise<void> {
    if (await this.reaches(condition, withinMs)) return
    throw new Error(`not within ${withinMs} ms: ${what}\n${this.trace.tail(60)}`)
  }

  /** Like `until`, but tells whether it held. `everyMs`: ask only so often, whatever is told meanwhile. */
  async reaches(condition: () => boolean, withinMs: number, { everyMs }: { everyMs?: number } = {}): Promise<boolean> {
    return this.#run(this.queue.now + Math.round(withinMs * 1000), condition, everyMs)
  }

  /** An operator's command and its answer. */
  async operate(sentinel: string, operation: Operation): Promise<OperationResult> {
    let result: OperationResult | undefined
    this.sentinel(sentinel).operate(operation, (given) => { result = given })
    await this.until(`an answer of ${sentinel} to ${operation.kind}`, () => result !== undefined, 30_000)
    if (result === undefined) throw new Error('unreachable')
    return result
  }

  async #run(limit: Micros, condition: (() => boolean) | undefined, everyMs?: number): Promise<boolean> {
    const pause = (everyMs ?? 5) * 1000
    let asked = { at: -Infinity, lines: -1 }
    let standstill = { at: -1, since: 0 }
    for (;;) {
      const hasNews = everyMs === undefined && this.trace.lines.length !== asked.lines
      if (condition !== undefined && (hasNews || this.queue.now >= asked.at + pause)) {
        asked = { at: this.queue.now, lines: this.trace.lines.length }
        if (condition()) return true
      }
      if (!this.queue.runNext(limit)) break
      if (this.#hasUnsettled) await this.#letPromisesRun()
      if (this.queue.now !== standstill.at) standstill = { at: this.queue.now, since: this.queue.done }
      else if (this.queue.done - standstill.since > STANDSTILL_MAX) throw new Error(`time stands still at ${this.nowMs} ms`)
      const [fatal] = this.fatal
      if (fatal !== undefined) throw fatal.error
    }
    this.queue.advanceTo(limit)
    return condition?.() ?? true
  }

  async #letPromisesRun(): Promise<void> {
    this.#hasUnsettled = false
    for (let hop = 0; hop < PROMISE_HOPS; hop += 1) await Promise.resolve()
  }

  #makeNodes(group: PlannedGroup): RedisNode[] {
    const nodes = group.nodes.map(({ options }) => new RedisNode(this.#withZone(options), {
      network: this.network,
      queue: this.queue,
      random: this.random.fork(`node ${options.name}`),
      onChanged: (node, what) => { this.observers.nodeChanged(node, what) },
    }))
    const [master, ...replicas] = nodes
    for (const node of nodes) this.#groupOfNode.set(node, group)
    if (master !== undefined) for (const replica of replicas) replica.copyFrom(master)
    return nodes
  }

  #withZone(options: RedisOptions): RedisOptions {
    const zone = this.#reportedZones[options.name]
    return zone === undefined ? options : { ...options, zone }
  }

  #makeSentinels(options: ClusterOptions): SentinelNode[] {
    const identities = this.random.fork('identities')
    const ids = Array.from({ length: options.sentinels ?? 3 }, () => identities.hex(40))
    return ids.map((_id, index) => new SentinelNode(
      {
        name: `s${index + 1}`,
        ip: sentinelIp(index),
        durable: firstState({ ...options, ids, index, groups: this.groups, isFresh: options.isFresh ?? false }),
        ownState: firstOwnState({ ...options, ids, groups: this.groups, isFresh: options.isFresh ?? false }),
        clock: options.clock?.(index) ?? { monoStart: identities.between(1000, 100_000_000) },
        ...(options.disk === undefined ? {} : { disk: options.disk }),
        protection: typeof options.protection === 'function' ? options.protection(index) : options.protection ?? {},
      },
      {
        network: this.network,
        queue: this.queue,
        random: this.random.fork(`sentinel ${index}`),
        observers: this.observers,
        onSettled: () => { this.#hasUnsettled = true },
        onFatal: (sentinel, error) => { this.fatal.push({ sentinel, error }) },
      },
    ))
  }
}
