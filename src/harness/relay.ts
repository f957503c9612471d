import { connect, createServer, type Server, type Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'

import type { Address } from './address.ts'
import { eventually } from './eventually.ts'

/** What the network does with bytes from one node to another. */
export interface FlowRule {
  /** Connections are reset; new ones are accepted and reset at once. */
  readonly cut: boolean
  /** Bytes are held back; connections stay open, as when packets are lost. */
  readonly silent: boolean
  /** Added delay in milliseconds, for each direction separately. */
  readonly delayMs: number
}

export const OPEN_FLOW: FlowRule = Object.freeze({ cut: false, silent: false, delayMs: 0 })

/** Returns the present rule of one direction; called when bytes are sent on. */
export type RuleOf = (from: string, to: string) => FlowRule

/**
 * Bytes that a flow holds back at most; then it stops reading: a delayed replication stream must not fill the memory.
 */
const MAX_HELD_BYTES = 16 * 1024 * 1024

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
  readonly #nameOf: (host: string) => string
  readonly #connections = new Set<RelayedConnection>()
  #address: Address | undefined
  #server: Server | undefined
  /**
   * Counts the changes between listening and refusing; an earlier change that still runs stops when it sees a new one.
   */
  #change = 0

  constructor(options: {
    /** The node behind the relay and the address that it binds. */
    readonly target: { readonly name: string, readonly address: Address }
    readonly ruleOf: RuleOf
    /** Returns the name of the node that connects from a loopback address. */
    readonly nameOf: (host: string) => string
  }) {
    this.#target = options.target
    this.#ruleOf = options.ruleOf
    this.#nameOf = options.nameOf
  }

  /** Starts to listen on `address`. @throws Error when the port is taken */
  async listen(address: Address): Promise<void> {
    this.#address = address
    this.#change += 1
    const server = createServer({ allowHalfOpen: false }, (socket) => { this.#accept(socket) })
    server.unref()
    this.#server = server
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(address.port, address.host, resolve)
    })
  }

  /** The node has ended: refuses new connections. Open ones end by what the operating system of the node sends. */
  refuse(): void {
    this.#change += 1
    this.#server?.close()
    this.#server = undefined
  }

  /**
   * The node was started: listens as soon as the node does. Resolves then, or when the node has ended meanwhile.
   *
   * @throws Error when the relay's own port was taken by another program
   */
  async follow(): Promise<void> {
    const address = this.#address
    if (address === undefined || this.#server !== undefined) return
    this.#change += 1
    const change = this.#change
    while (this.#change === change) {
      if (await this.#nodeListens()) break
      await delay(LOOK_EVERY_MS, undefined, { ref: false })
    }
    if (this.#change !== change) return
    await eventually(`the port ${address.port} of the relay of ${this.#target.name}`, () => this.listen(address), {
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
    const server = this.#server
    this.#server = undefined
    if (server?.listening !== true) return
    await new Promise<void>((resolve) => {
      server.close(() => { resolve() })
    })
  }

  #accept(incoming: Socket): void {
    const from = this.#nameOf(incoming.remoteAddress ?? '')
    const to = this.#target.name
    const isCut = (): boolean => this.#ruleOf(from, to).cut || this.#ruleOf(to, from).cut
    if (isCut()) {
      incoming.on('error', () => undefined)
      incoming.resetAndDestroy()
      return
    }
    const outgoing = connect({ host: this.#target.address.host, port: this.#target.address.port, noDelay: true })
    incoming.setNoDelay(true)
    const flows = [
      new Flow(incoming, outgoing, () => this.#ruleOf(from, to)),
      new Flow(outgoing, incoming, () => this.#ruleOf(to, from)),
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
    for (const socket of [incoming, outgoing]) {
      socket.unref()
      // The close event that follows ends the other side.
      socket.on('error', () => undefined)
      socket.once('close', (hadError) => {
        if (hadError) connection.destroy()
        else if (incoming.closed && outgoing.closed) this.#connections.delete(connection)
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

/** Forwards the bytes of one direction of one connection. */
class Flow {
  readonly #input: Socket
  readonly #output: Socket
  readonly #rule: () => FlowRule
  readonly #held: { readonly bytes: Buffer, readonly arrivedAt: number }[] = []
  #heldBytes = 0
  #timer: NodeJS.Timeout | undefined
  #inputEnded = false

  constructor(input: Socket, output: Socket, rule: () => FlowRule) {
    this.#input = input
    this.#output = output
    this.#rule = rule
    input.on('data', (bytes: Buffer) => { this.#take(bytes) })
    input.on('end', () => {
      this.#inputEnded = true
      this.move()
    })
    output.on('drain', () => { this.move() })
  }

  /** Sends on the bytes that may go now, and sets a timer for those that may go later. */
  move(): void {
    if (this.#timer !== undefined) clearTimeout(this.#timer)
    this.#timer = undefined
    const rule = this.#rule()
    if (rule.silent) return
    for (let next = this.#held[0]; next !== undefined; next = this.#held[0]) {
      const waitMs = next.arrivedAt + rule.delayMs - performance.now()
      if (waitMs > 0) {
        this.#timer = setTimeout(() => { this.move() }, waitMs)
        return
      }
      this.#held.shift()
      this.#heldBytes -= next.bytes.length
      if (this.#output.writable && !this.#output.write(next.bytes)) break
    }
    if (this.#heldBytes < MAX_HELD_BYTES) this.#input.resume()
    if (this.#inputEnded && this.#held.length === 0) this.#output.end()
  }

  end(): void {
    if (this.#timer !== undefined) clearTimeout(this.#timer)
    this.#timer = undefined
    this.#held.length = 0
  }

  #take(bytes: Buffer): void {
    this.#held.push({ bytes, arrivedAt: performance.now() })
    this.#heldBytes += bytes.length
    if (this.#heldBytes >= MAX_HELD_BYTES) this.#input.pause()
    this.move()
  }
}
