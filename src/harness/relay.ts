import { connect, createServer, type Server, type Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'

import type { Address } from './address.ts'
import { BlackHole } from './black-hole.ts'
import { eventually } from './eventually.ts'
import { Flow, type FlowRule } from './flow.ts'

/** Returns the present rule of one direction; called when bytes are sent on. */
export type RuleOf = (from: string, to: string) => FlowRule

/** One relayed connection. */
export interface RelayedConnection {
  readonly from: string
  /** Applies the present rules: sends on what they allow, or ends the connection. */
  refresh(): void
  destroy(): void
}

/** Pause between two attempts to connect to a node that was started. */
const LOOK_EVERY_MS = 5

/** How long to wait for a port that was given up a moment ago. */
const LISTEN_MS = 2_000

/**
 * Listens in front of one node and forwards every connection to it, as far as the rules allow. While the node does not
 * run, the relay does not listen either: clients are refused, as by the node itself.
 */
export class Relay {
  readonly #target: { readonly name: string, readonly address: Address }
  readonly #ruleOf: RuleOf
  readonly #nameOf: (host: string, dialled: string) => string
  readonly #alsoOn: readonly string[]
  readonly #random: () => number
  readonly #connections = new Set<RelayedConnection>()
  #address: Address | undefined
  /** One listener for each host; none while the node does not run. */
  #servers: readonly Server[] = []
  /**
   * Counts the changes between listening and refusing; an earlier change that still runs stops when it sees a new one.
   */
  #change = 0
  #hole: BlackHole | undefined
  /** The node runs: the relay listens, or will when the black hole closes. */
  #nodeRuns = false

  constructor(options: {
    /** The node behind the relay and the address that it binds. */
    readonly target: { readonly name: string, readonly address: Address }
    readonly ruleOf: RuleOf
    /** Returns the name of the node or client that connects from a loopback address, or to one. */
    readonly nameOf: (host: string, dialled: string) => string
    /** More hosts to listen on, with the same port. Default: none. */
    readonly alsoOn?: readonly string[]
    /** Decides about jitter and loss: a number from 0 to below 1. Default: `Math.random`. */
    readonly random?: () => number
  }) {
    this.#target = options.target
    this.#ruleOf = options.ruleOf
    this.#nameOf = options.nameOf
    this.#alsoOn = options.alsoOn ?? []
    this.#random = options.random ?? Math.random
  }

  /** Starts to listen on `address`. @throws Error when the port is taken */
  async listen(address: Address): Promise<void> {
    this.#address = address
    this.#nodeRuns = true
    await this.#listen(address)
  }

  async #listen(address: Address): Promise<void> {
    this.#change += 1
    const hosts = this.#hosts(address)
    const servers = hosts.map(() => createServer({ allowHalfOpen: false }, (socket) => { this.#accept(socket) }))
    this.#servers = servers
    const listening = await Promise.allSettled(servers.map((server, at) => new Promise<void>((resolve, reject) => {
      server.unref()
      server.once('error', reject)
      server.listen(address.port, hosts[at], resolve)
    })))
    const failed = listening.find((one) => one.status === 'rejected')
    if (failed === undefined) return
    for (const server of servers) server.close()
    throw failed.reason
  }

  #hosts({ host }: Address): readonly string[] {
    return [host, ...this.#alsoOn]
  }

  /** The node has ended: refuses new connections. Open ones end by what the operating system of the node sends. */
  refuse(): void {
    this.#nodeRuns = false
    this.#stopListening()
  }

  #stopListening(): void {
    this.#change += 1
    for (const server of this.#servers) server.close()
    this.#servers = []
  }

  /**
   * Attempts to connect get no answer from now on, whether the node runs or not.
   *
   * @throws Error when another program takes the port in between
   */
  async swallow(): Promise<void> {
    const address = this.#address
    if (address === undefined || this.#hole !== undefined) return
    const hole = await BlackHole.prepare(this.#hosts(address).map((host) => ({ host, port: address.port })))
    this.#hole = hole
    this.#stopListening()
    try {
      await hole.open()
    } catch (error) {
      await this.answer()
      throw error
    }
  }

  /** Ends `swallow`: resolves when the relay listens again, or refuses because the node does not run. */
  async answer(): Promise<void> {
    const hole = this.#hole
    await hole?.close()
    if (this.#hole !== hole) return
    this.#hole = undefined
    if (this.#nodeRuns) await this.follow()
  }

  /**
   * The node was started: listens as soon as the node does. Resolves then, or when the node has ended meanwhile.
   *
   * @throws Error when the relay's own port was taken by another program
   */
  async follow(): Promise<void> {
    const address = this.#address
    this.#nodeRuns = true
    if (address === undefined || this.#servers.length > 0 || this.#hole !== undefined) return
    this.#change += 1
    const change = this.#change
    while (this.#change === change) {
      if (await this.#nodeListens()) break
      await delay(LOOK_EVERY_MS, undefined, { ref: false })
    }
    if (this.#change !== change) return
    await eventually(`the port ${address.port} of the relay of ${this.#target.name}`, () => this.#listen(address), {
      timeoutMs: LISTEN_MS, everyMs: LOOK_EVERY_MS,
    })
  }

  #nodeListens(): Promise<boolean> {
    return new Promise((resolve) => {
      const { host, port } = this.#target.address
      const probe = connect({ host, port })
      probe.once('connect', () => {
        probe.destroy()
        resolve(true)
      })
      probe.once('error', () => { resolve(false) })
    })
  }

  /** Applies changed rules to the connections that are open. */
  refresh(): void {
    for (const connection of [...this.#connections]) connection.refresh()
  }

  async close(): Promise<void> {
    this.#change += 1
    for (const connection of [...this.#connections]) connection.destroy()
    await this.#hole?.close()
    this.#hole = undefined
    const listening = this.#servers.filter((server) => server.listening)
    this.#servers = []
    await Promise.all(listening.map((server) => new Promise<void>((resolve) => {
      server.close(() => { resolve() })
    })))
  }

  #accept(incoming: Socket): void {
    const from = this.#nameOf(incoming.remoteAddress ?? '', incoming.localAddress ?? '')
    const to = this.#target.name
    const isCut = (): boolean => this.#ruleOf(from, to).cut || this.#ruleOf(to, from).cut
    if (isCut()) {
      incoming.on('error', () => undefined)
      incoming.resetAndDestroy()
      return
    }
    const outgoing = connect({ host: this.#target.address.host, port: this.#target.address.port, noDelay: true })
    incoming.setNoDelay(true)
    const there = (): FlowRule => this.#ruleOf(from, to)
    const back = (): FlowRule => this.#ruleOf(to, from)
    // A reset that is lost is not repeated: a side learns of it when it sends something again.
    const resetFrom = (rule: () => FlowRule) => (): void => {
      if (!rule().silent) connection.destroy()
    }
    const random = this.#random
    const flows = [
      new Flow({ input: incoming, output: outgoing, rule: there, random, onBroken: resetFrom(back) }),
      new Flow({ input: outgoing, output: incoming, rule: back, random, onBroken: resetFrom(there) }),
    ]
    const connection: RelayedConnection = {
      from,
      refresh: () => {
        if (isCut()) connection.destroy()
        else for (const flow of flows) flow.move()
      },
      destroy: () => {
        this.#connections.delete(connection)
        for (const flow of flows) flow.end()
        for (const socket of [incoming, outgoing]) reset(socket)
      },
    }
    this.#connections.add(connection)
    for (const [socket, rule] of [[incoming, there], [outgoing, back]] as const) {
      socket.unref()
      // The close event that follows ends the other side.
      socket.on('error', () => undefined)
      socket.once('close', (hadError) => {
        if (hadError) resetFrom(rule)()
        if (incoming.closed && outgoing.closed) this.#connections.delete(connection)
      })
    }
  }
}

/**
 * A socket that was ended cannot be reset any more: the attempt leaves it open, and Node spins at the end of the
 * process, waiting for it.
 */
function reset(socket: Socket): void {
  if (socket.writableEnded) socket.destroy()
  else socket.resetAndDestroy()
}
