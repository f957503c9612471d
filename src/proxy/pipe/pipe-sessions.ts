/** All clients of pipe mode: admission, routing, waiting, and cutting connections when a node loses its role. */
import type { Socket } from 'node:net'
import type { ConnectionOptions } from 'node:tls'

import type { Logger } from '../../ports/index.ts'
import { count, hostAndPort } from '../../text/index.ts'
import { FailingNodes } from '../route/failing-nodes.ts'
import { mayStay, routeConnection, type ConnectionFacts, type Purpose, type RouteRules } from '../route/route.ts'
import { WaitingClients } from '../route/waiting-clients.ts'
import { addressesOf, type NodeAddress, type Topology, type TopologyChange } from '../topology/topology.ts'
import { ClientSet } from './client-set.ts'
import { newCounters, type Counters, type CutReason, type Refusal } from './counters.ts'
import { EarliestTimer } from './earliest-timer.ts'
import { RETRY_MS } from './limits.ts'
import { PipeSession, type SessionMeans } from './session.ts'
import { countUpstreams, MAX_CLIENTS, TurnedAway, type Sessions, type Traffic, type UpstreamCount } from './sessions.ts'

export interface PipeSessionsOptions {
  readonly rules: RouteRules
  readonly maxClients: number
  readonly keepAliveSeconds: number
  readonly tls: (() => ConnectionOptions) | undefined
  readonly topology: Topology
  readonly logger: Logger
  /** Monotonic time in milliseconds. */
  readonly now: () => number
}

export class PipeSessions implements Sessions {
  readonly counters: Counters = newCounters()
  readonly traffic: Traffic = { fromClients: 0, fromNodes: 0 }
  readonly #options: PipeSessionsOptions
  readonly #means: SessionMeans
  readonly #facts: ConnectionFacts & { now: number }
  readonly #sessions = new ClientSet<PipeSession>()
  readonly #waiting = new WaitingClients<PipeSession>()
  readonly #failing = new FailingNodes()
  /** Connections, also unfinished ones, by `host:port`. */
  readonly #load = new Map<string, number>()
  readonly #turnedAway = new TurnedAway()
  /** For the deadline of a client, and for the next attempt to reach a node. */
  readonly #timer: EarliestTimer

  constructor(options: PipeSessionsOptions) {
    const { topology, tls, keepAliveSeconds, now } = options
    this.#options = options
    this.#timer = new EarliestTimer(() => { this.#onTimer() }, now)
    this.#means = {
      tls, keepAliveSeconds, traffic: this.traffic,
      events: {
        connected: (session) => { this.#connected(session) },
        connectFailed: (session, { address, reason }) => { this.#connectFailed(session, address, reason) },
        released: (address, wasOpen) => { this.#released(address, wasOpen) },
        upstreamLost: () => { topology.suspect() },
        closed: (session) => { this.#closed(session) },
      },
    }
    this.#facts = {
      now: now(),
      connectionsTo: ({ host, port }) => this.#load.get(hostAndPort(host, port)) ?? 0,
      isFailing: (address) => this.#failing.isFailing(address, this.#facts.now),
    }
    topology.onChange((change) => { this.#onChange(change) })
  }

  get clients(): number {
    return this.#sessions.size
  }

  get waiting(): number {
    return this.#waiting.size
  }

  accept(accepted: Socket, purpose: Purpose, isEncrypted: boolean): void {
    this.counters.accepted += 1
    if (this.#sessions.size >= this.#options.maxClients) {
      this.counters.refused['max-clients'] += 1
      this.#turnedAway.turnAway(accepted, MAX_CLIENTS)
      return
    }
    const waitsUntil = this.#options.now() + this.#options.rules.waitForMasterMs
    const session = new PipeSession(accepted, { purpose, waitsUntil, isEncrypted, means: this.#means })
    this.#sessions.add(session)
    this.#route(session)
  }

  upstreams(): readonly UpstreamCount[] {
    return countUpstreams([...this.#sessions].flatMap(({ isOpen, target }) => {
      if (!isOpen || target === undefined) return []
      const { address: { host, port }, role } = target
      return [{ node: hostAndPort(host, port), role }]
    }))
  }

  untilEmpty(): Promise<void> {
    return this.#sessions.untilEmpty()
  }

  destroyAll(): void {
    this.#timer.clear()
    for (const session of [...this.#sessions]) session.destroy()
  }

  #route(session: PipeSession): void {
    const { rules, topology, now } = this.#options
    this.#facts.now = now()
    const destination = routeConnection(session.purpose, rules, topology.view, this.#facts)
    if (destination.kind === 'to') {
      this.#addLoad(destination.address, 1)
      session.connect(destination)
    } else if (destination.kind === 'refuse') {
      this.#refuse(session, destination.reason, destination.error)
    } else if (this.#facts.now >= session.waitsUntil) {
      this.#refuse(session, 'no-node', destination.error)
    } else {
      this.#waiting.add(session, session.waitsUntil)
      this.#timer.arm(Math.min(session.waitsUntil, this.#failing.nextTry(this.#facts.now) ?? Infinity))
    }
  }

  #refuse(session: PipeSession, reason: Refusal, error: string): void {
    this.counters.refused[reason] += 1
    session.refuse(error)
  }

  #connected({ target }: PipeSession): void {
    // Others may wait for this node.
    if (target !== undefined && this.#failing.recovered(target.address)) this.#routeWaiting()
  }

  #connectFailed(session: PipeSession, address: NodeAddress, reason: string): void {
    const { topology, logger, now } = this.#options
    this.counters.connectFailures += 1
    this.#failing.failed(address, now())
    logger.log('verbose', `No connection to ${reason}`)
    topology.suspect()
    this.#route(session)
  }

  #released(address: NodeAddress, wasOpen: boolean): void {
    this.#addLoad(address, -1)
    // It may have been the one that tried for all that wait.
    if (!wasOpen && this.#waiting.size > 0) this.#timer.arm(this.#options.now() + RETRY_MS)
  }

  #closed(session: PipeSession): void {
    this.#sessions.delete(session)
    this.#waiting.remove(session)
  }

  #onChange(change: TopologyChange): void {
    const { topology: { view }, logger } = this.#options
    if (change.kind === 'master' && change.from !== undefined) this.counters.switches += 1
    this.#failing.keepOnly(addressesOf(view))
    let cut = 0
    for (const session of this.#sessions) {
      const { target } = session
      if (target === undefined || mayStay(target.address, target.role, view)) continue
      cut += 1
      this.#cut(session, target.role === 'master' ? 'master-changed' : 'replica-out')
    }
    if (cut > 0) logger.log('notice', `Cut ${count(cut, 'connection')} to nodes that lost their role.`)
    this.#routeWaiting()
  }

  #cut(session: PipeSession, reason: CutReason): void {
    if (session.isOpen) {
      this.counters.cut[reason] += 1
      session.close()
      return
    }
    session.abandonConnect()
    this.#route(session)
  }

  #routeWaiting(): void {
    if (this.#waiting.size === 0) return
    for (const session of this.#waiting.takeAll()) this.#route(session)
  }

  #onTimer(): void {
    for (const session of this.#waiting.takeExpired(this.#options.now())) this.#route(session)
    // One client of each kind tries; the others follow when it is connected.
    for (const purpose of ['write', 'read'] as const) {
      const session = this.#waiting.takeFirst((one) => one.purpose === purpose)
      if (session !== undefined) this.#route(session)
    }
    const nextTry = this.#failing.nextTry(this.#options.now()) ?? Infinity
    this.#timer.arm(Math.min(this.#waiting.nextDeadline ?? Infinity, nextTry))
  }

  #addLoad({ host, port }: NodeAddress, change: 1 | -1): void {
    const key = hostAndPort(host, port)
    const load = (this.#load.get(key) ?? 0) + change
    if (load > 0) this.#load.set(key, load)
    else this.#load.delete(key)
  }
}
