/** A connection to a node in route mode: it logs in, then carries the requests of its queue. */
import type { Socket } from 'node:net'
import type { ConnectionOptions } from 'node:tls'

import type { ProtocolVersion } from '../../resp/index.ts'
import { hostAndPort } from '../../text/index.ts'
import { CONNECT_MS_MAX } from '../pipe/limits.ts'
import type { Traffic } from '../pipe/sessions.ts'
import { connectNode } from '../pipe/shared-reads.ts'
import { UpstreamQueue, type UpstreamQueueOptions } from '../requests/upstream-queue.ts'
import type { NodeAddress } from '../topology/topology.ts'
import { UNSENT_BYTES_SLOW } from './limits.ts'
import { UpstreamLogin } from './upstream-login.ts'

/** What all connections share. */
export interface UpstreamMeans {
  readonly tls: (() => ConnectionOptions) | undefined
  /** Seconds; 0: no probes. */
  readonly keepAliveSeconds: number
  /** The words of AUTH; undefined: the nodes need no login. */
  readonly login: readonly string[] | undefined
  readonly clientName: string
  readonly traffic: Traffic
  readonly now: () => number
  /** It may carry requests. */
  readonly onReady: (upstream: UpstreamConnection) => void
  /** It is closed; its queue has failed. */
  readonly onClosed: (upstream: UpstreamConnection, end: ConnectionEnd) => void
  /** Replies were passed to sessions. */
  readonly onReceived: (upstream: UpstreamConnection) => void
}

/** What a client with a connection of its own is known by at the node. */
export interface ClientIdentity {
  /** The words of AUTH; undefined: it has not logged in. */
  readonly login: readonly string[] | undefined
  /** Bytes, one character each. Empty: none. */
  readonly name: string
}

export interface ConnectionEnd {
  readonly reason: string
  /** By a call of `destroy`. */
  readonly isOurs: boolean
  /** The node has refused the login of the client that has it for itself. */
  readonly isClientRefused: boolean
}

export class UpstreamConnection {
  readonly address: NodeAddress
  readonly node: string
  readonly version: ProtocolVersion
  readonly queue: UpstreamQueue
  /** Sessions that read from it by their choice. */
  readers = 0
  readonly #means: UpstreamMeans
  readonly #socket: Socket
  readonly #timer: NodeJS.Timeout
  #reason = `no connection within ${CONNECT_MS_MAX} ms`
  #state: 'connecting' | 'ready' | 'closed' = 'connecting'
  readonly #login: UpstreamLogin
  #isClientRefused = false
  readonly #isOfClient: boolean

  constructor(address: NodeAddress, version: ProtocolVersion, { means, own, queue }: {
    readonly means: UpstreamMeans
    /** Undefined: the proxy logs in. */
    readonly own: ClientIdentity | undefined
    readonly queue: UpstreamQueueOptions
  }) {
    this.address = address
    this.node = hostAndPort(address.host, address.port)
    this.version = version
    this.queue = new UpstreamQueue(queue)
    this.#means = means
    const { tls, keepAliveSeconds } = means
    this.#isOfClient = own !== undefined
    this.queue.isReusable = own === undefined
    this.#login = new UpstreamLogin({
      version, login: own === undefined ? means.login : own.login,
      clientName: own === undefined || own.name === '' ? means.clientName : own.name, asksId: queue.isPrivate,
    })
    this.#socket = connectNode(
      { address, tls, keepAliveSeconds }, (bytes, count = bytes.length) => this.#receive(bytes, count),
    )
    this.#timer = setTimeout(() => { this.#socket.destroy() }, CONNECT_MS_MAX)
    this.#socket
      .on('error', (error) => { this.#reason = error.message })
      .once(tls === undefined ? 'connect' : 'secureConnect', () => {
        this.#reason = 'the node closed the connection'
        this.#socket.write(this.#login.request)
      })
      .on('drain', () => { this.queue.setStalled(false) })
      .on('end', () => { this.#socket.destroy() })
      .on('close', () => { this.#closed(false) })
  }

  get isReady(): boolean {
    return this.#state === 'ready'
  }

  /** Writes what the queue has. */
  flush(now: number): void {
    if (!this.isReady) return
    const ranges = this.queue.takeOutput(now)
    if (ranges.length > 1) this.#socket.cork()
    for (const { bytes, start, end } of ranges) {
      this.#means.traffic.fromClients += end - start
      this.#socket.write(bytes.subarray(start, end))
    }
    if (ranges.length > 1) this.#socket.uncork()
    if (this.#socket.writableLength > UNSENT_BYTES_SLOW) this.queue.setStalled(true)
  }

  destroy(): void {
    this.#closed(true)
  }

  #receive(buffer: Buffer, count: number): boolean {
    if (this.#state === 'closed') return false
    this.#means.traffic.fromNodes += count
    if (this.#state === 'connecting') {
      this.#receiveLogin(buffer.subarray(0, count))
      return true
    }
    const isGood = this.queue.receive(buffer, count, this.#means.now())
    this.#means.onReceived(this)
    if (!isGood) this.#fail('the node sent bytes that are no reply')
    return true
  }

  #receiveLogin(bytes: Buffer): void {
    const outcome = this.#login.receive(bytes)
    if (outcome === 'incomplete') return
    if ('problem' in outcome) {
      this.#isClientRefused = outcome.isLoginRefused && this.#isOfClient
      this.#fail(outcome.problem)
      return
    }
    clearTimeout(this.#timer)
    this.queue.serverId = outcome.serverId
    this.#state = 'ready'
    this.#means.onReady(this)
  }

  #fail(reason: string): void {
    this.#reason = reason
    this.#closed(false)
  }

  #closed(isOurs: boolean): void {
    if (this.#state === 'closed') return
    this.#state = 'closed'
    clearTimeout(this.#timer)
    this.#socket.destroy()
    this.queue.fail()
    this.#means.onClosed(this, { reason: this.#reason, isOurs, isClientRefused: this.#isClientRefused })
  }
}
