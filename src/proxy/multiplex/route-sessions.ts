/** All clients of route mode: admission, waiting, and what happens to them when nodes come, go and change role. */
import type { Socket } from 'node:net'
import type { ConnectionOptions } from 'node:tls'

import type { Logger } from '../../ports/index.ts'
import { count } from '../../text/index.ts'
import type { CommandTable } from '../commands/command-table.ts'
import { ClientSet } from '../pipe/client-set.ts'
import { newCounters, type Counters } from '../pipe/counters.ts'
import { EarliestTimer } from '../pipe/earliest-timer.ts'
import { countUpstreams, MAX_CLIENTS, TurnedAway, type Sessions, type Traffic, type UpstreamCount } from '../pipe/sessions.ts'
import type { LocalMeans } from '../requests/local-commands.ts'
import type { NodeProblem } from '../requests/refusals.ts'
import { ClientIds } from '../requests/client-ids.ts'
import { RequestSession, type SessionMeans } from '../requests/request-session.ts'
import { FailingNodes } from '../route/failing-nodes.ts'
import { mayStay, routeConnection, type ConnectionFacts, type Destination, type Purpose, type Role, type RouteRules } from '../route/route.ts'
import { WaitingClients } from '../route/waiting-clients.ts'
import { addressesOf, isSameAddress, type NodeAddress, type Topology, type TopologyChange } from '../topology/topology.ts'
import { ClientConnection } from './client-connection.ts'
import { SessionConnections, type Routing } from './session-connections.ts'
import type { UpstreamConnection } from './upstream-connection.ts'
import { Upstreams, type RoleCounts, type UpstreamEnd } from './upstreams.ts'
import { WriteHolds } from './write-holds.ts'

export interface RouteSessionsOptions {
  readonly rules: RouteRules
  readonly maxClients: number
  readonly keepAliveSeconds: number
  readonly readAfterWriteMs: number
  readonly isMultiplexed: boolean
  readonly isAuthPassedOn: boolean
  readonly poolSize: number
  readonly local: LocalMeans
  readonly commands: CommandTable
  /** The number of this process among those of the proxy, from 0. */
  readonly process: number
  /** The words of AUTH for nodes; undefined: they need no login. */
  readonly login: readonly string[] | undefined
  readonly clientName: string
  readonly tls: (() => ConnectionOptions) | undefined
  readonly topology: Topology
  readonly logger: Logger
  /** Monotonic time in milliseconds. */
  readonly now: () => number
}

export class RouteSessions implements Sessions, Routing {
  readonly counters: Counters = newCounters()
  readonly traffic: Traffic = { fromClients: 0, fromNodes: 0 }
  readonly nodes: Upstreams
  readonly isMultiplexed: boolean
  readonly isAuthPassedOn: boolean
  epoch = 0
  readonly #options: RouteSessionsOptions
  readonly #means: SessionMeans
  readonly #facts: ConnectionFacts & { now: number }
  readonly #clients = new ClientSet<ClientConnection>()
  /** By the id of the client. */
  readonly #open = new Map<number, { readonly session: RequestSession, readonly connections: SessionConnections }>()
  readonly #waiting = new WaitingClients<RequestSession>()
  readonly #touched = new Set<RequestSession>()
  readonly #failing = new FailingNodes()
  readonly #holds = new WriteHolds()
  readonly #turnedAway = new TurnedAway()
  /** For the deadline of a client, and for the next attempt to reach a node. */
  readonly #timer: EarliestTimer
  readonly #ids: ClientIds
  #isWaking = false

  constructor(options: RouteSessionsOptions) {
    const { topology, now, commands, local, readAfterWriteMs } = options
    this.#options = options
    this.#timer = new EarliestTimer(() => { this.#onTimer() }, now)
    this.isMultiplexed = options.isMultiplexed
    this.isAuthPassedOn = options.isAuthPassedOn
    this.#ids = new ClientIds(options.process)
    this.nodes = new Upstreams({
      ...options, traffic: this.traffic,
      onReady: ({ address }) => {
        this.#failing.recovered(address)
        this.#wakeSoon()
      },
      onClosed: (upstream, end) => { this.#upstreamClosed(upstream, end) },
      onReceived: () => { this.#flushTouched() },
      onProblem: (upstream, problem) => { this.#onProblem(upstream, problem) },
    })
    this.#means = {
      commands, local, readAfterWriteMs, now, isAuthPassedOn: options.isAuthPassedOn, held: { total: 0 },
      peers: { find: (id) => this.#ids.isOwn(id) ? this.#open.get(id)?.session : 'elsewhere' },
      touched: (session) => { this.#touched.add(session) },
      waits: (session) => { this.#waits(session) },
      closed: (session) => { this.#sessionClosed(session) },
    }
    this.#facts = {
      now: now(),
      connectionsTo: (address) => this.#readersOf(address),
      isFailing: (address) => this.#failing.isFailing(address, this.#facts.now),
    }
    topology.onChange((change) => { this.#onChange(change) })
  }

  get clients(): number {
    return this.#clients.size
  }

  get waiting(): number {
    return this.#waiting.size
  }

  /** Requests and latency by the role of the node. */
  get counts(): Readonly<Record<Role, RoleCounts>> {
    return this.nodes.counts
  }

  accept(accepted: Socket, _purpose: Purpose, isEncrypted: boolean): void {
    this.counters.accepted += 1
    const destination = this.#destination('write', this.#options.rules)
    const refusal = this.#clients.size >= this.#options.maxClients ? { reason: 'max-clients', error: MAX_CLIENTS } as const
      : destination.kind === 'refuse' ? destination : undefined
    if (refusal !== undefined) {
      this.counters.refused[refusal.reason] += 1
      this.#turnedAway.turnAway(accepted, refusal.error)
      return
    }
    const client = new ClientConnection(accepted, { isEncrypted, onClose: () => { this.#clientClosed(client) } })
    this.#clients.add(client)
    client.start(new RequestSession(this.#ids.next(), this.#means, {
      sink: client,
      connections: (session) => {
        const connections = new SessionConnections(session, this)
        this.#open.set(session.client.id, { session, connections })
        return connections
      },
    }))
  }

  upstreams(): readonly UpstreamCount[] {
    return countUpstreams([...this.nodes.ready].map(({ node, queue: { role } }) => ({ node, role })))
  }

  untilEmpty(): Promise<void> {
    return this.#clients.untilEmpty()
  }

  destroyAll(): void {
    this.#timer.clear()
    for (const client of [...this.#clients]) client.destroy()
    this.nodes.destroyAll()
  }

  /** A failover has begun or goes on: writes wait, so that none is sent to a master that leaves. */
  failoverRuns(): void {
    const now = this.#options.now()
    this.#holds.failoverRuns(now)
    this.#timer.arm(this.#holds.nextEnd(now) ?? Infinity)
  }

  destination(purpose: Purpose): Destination {
    // A client that is there stays also without a majority of the sentinels.
    return this.#destination(purpose, { ...this.#options.rules, minority: 'serve' })
  }

  #destination(purpose: Purpose, rules: RouteRules): Destination {
    this.#facts.now = this.#options.now()
    return routeConnection(purpose, rules, this.#options.topology.view, this.#facts)
  }

  isHeld(mayRepeat: boolean): boolean {
    return this.#holds.isHeld(mayRepeat, this.#options.now())
  }

  #readersOf(address: NodeAddress): number {
    let readers = 0
    for (const upstream of this.nodes.ready) if (isSameAddress(upstream.address, address)) readers += upstream.readers
    return readers
  }

  #waits(session: RequestSession): void {
    const now = this.#options.now()
    session.waitsUntil ??= now + this.#options.rules.waitForMasterMs
    this.#waiting.add(session, session.waitsUntil)
    const retry = Math.min(this.#failing.nextTry(now) ?? Infinity, this.#holds.nextEnd(now) ?? Infinity)
    this.#timer.arm(Math.min(session.waitsUntil, retry))
  }

  #onTimer(): void {
    const expired = this.#waiting.takeExpired(this.#options.now())
    if (expired.length > 0) {
      const destination = this.destination('write')
      const error = destination.kind === 'to' ? `ERR no connection to ${destination.address.host}:${destination.address.port} in time` : destination.error
      for (const session of expired) session.expire(error)
      this.counters.refused['no-node'] += expired.length
    }
    this.#wake()
  }

  #wakeSoon(): void {
    if (this.#isWaking) return
    this.#isWaking = true
    setImmediate(() => { this.#wake() })
  }

  /** Lets all that wait try again. */
  #wake(): void {
    this.#isWaking = false
    for (const session of this.#waiting.takeAll()) session.resume()
    this.#flushTouched()
  }

  #flushTouched(): void {
    for (const session of this.#touched) {
      this.#touched.delete(session)
      session.flush()
    }
  }

  #upstreamClosed({ address, node }: UpstreamConnection, end: UpstreamEnd): void {
    const { reason, isOurs, wasReady, isClientRefused } = end
    const { logger, now, topology } = this.#options
    // The password of one client says nothing about the node.
    if (isClientRefused) return
    if (!wasReady && !isOurs) {
      this.counters.connectFailures += 1
      this.#failing.failed(address, now())
      logger.log('verbose', `No connection to ${node}: ${reason}`)
    }
    if (!isOurs) {
      topology.suspect()
      this.epoch += 1
    }
    this.#wakeSoon()
  }

  #onProblem({ address, queue }: UpstreamConnection, problem: NodeProblem): void {
    if (queue.isDeposed) return
    const now = this.#options.now()
    if (queue.role === 'replica' && problem !== 'not-master') this.#failing.failed(address, now)
    else if (this.#holds.refused(now)) this.#timer.arm(this.#holds.nextEnd(now) ?? Infinity)
    this.epoch += 1
    this.#options.topology.suspect()
  }

  #onChange(change: TopologyChange): void {
    const { topology: { view }, logger } = this.#options
    if (change.kind === 'master') {
      if (change.from !== undefined) this.counters.switches += 1
      this.#holds.masterChanged()
    }
    this.#failing.keepOnly(addressesOf(view))
    this.epoch += 1
    const cut = this.nodes.cut((address, role) => mayStay(address, role, view))
    this.counters.cut['master-changed'] += cut.master
    this.counters.cut['replica-out'] += cut.replica
    if (cut.master + cut.replica > 0) logger.log('notice', `Cut ${count(cut.master + cut.replica, 'connection')} to nodes that lost their role.`)
    this.#flushTouched()
    this.#wakeSoon()
  }

  #sessionClosed(session: RequestSession): void {
    this.#waiting.remove(session)
    const { id } = session.client
    this.#open.get(id)?.connections.close()
    this.#open.delete(id)
  }

  #clientClosed(client: ClientConnection): void {
    this.#clients.delete(client)
  }
}
