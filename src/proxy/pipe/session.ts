/**
 * One client with its own connection to a node. Bytes go through untouched. Each side is read only while the other
 * takes what it gets, so that a slow reader costs a bounded amount of memory.
 */
import type { Socket } from 'node:net'
import type { ConnectionOptions } from 'node:tls'

import { hostAndPort } from '../../text/index.ts'
import type { Purpose, Role } from '../route/route.ts'
import type { NodeAddress } from '../topology/topology.ts'
import { writeShared } from './byte-stream.ts'
import { CONNECT_MS_MAX, LAST_REPLY_MS, LINGER_MS } from './limits.ts'
import type { Traffic } from './sessions.ts'
import { connectNode, withSharedReads } from './shared-reads.ts'

/** Called for what happens to a session. */
export interface SessionEvents {
  /** The node accepted the connection. */
  connected(session: PipeSession): void
  /** No connection to the node; the client is still there. `opened` is where it was tried. */
  connectFailed(session: PipeSession, failure: { readonly address: NodeAddress, readonly reason: string }): void
  /** The session has no connection to the node any more, nor an attempt to make one. */
  released(address: NodeAddress, wasOpen: boolean): void
  /** An open connection to the node ended or failed, and not because the client has gone. */
  upstreamLost(): void
  /** The client has gone. Runs once, after all else. */
  closed(session: PipeSession): void
}

/** What all sessions share. */
export interface SessionMeans {
  readonly events: SessionEvents
  /** TLS to the nodes; undefined: none. */
  readonly tls: (() => ConnectionOptions) | undefined
  /** Seconds; 0: no probes. */
  readonly keepAliveSeconds: number
  readonly traffic: Traffic
}

type State = 'waiting' | 'connecting' | 'open' | 'closing' | 'closed'

/** The node of a session, and the role for which it was chosen. */
export interface Target {
  readonly address: NodeAddress
  readonly role: Role
}

export class PipeSession {
  readonly purpose: Purpose
  /** Monotonic time in milliseconds until which the client waits for a node. */
  readonly waitsUntil: number
  readonly #means: SessionMeans
  readonly #client: Socket
  readonly #isClientShared: boolean
  #upstream: Socket | undefined
  #target: Target | undefined
  #state: State = 'waiting'
  /** Whether the node has accepted the connection. */
  #wasOpen = false
  /** Whether the client has ended its sending side, after which a node closes, too. */
  #hasClientEnded = false
  #timer: NodeJS.Timeout | undefined

  /** `accepted` is paused, and not used by the caller any more. */
  constructor(accepted: Socket, { purpose, waitsUntil, isEncrypted, means }: {
    readonly purpose: Purpose
    readonly waitsUntil: number
    readonly isEncrypted: boolean
    readonly means: SessionMeans
  }) {
    this.purpose = purpose
    this.waitsUntil = waitsUntil
    this.#means = means
    const onBytes = (buffer: Buffer, count: number): boolean => this.#fromClient(buffer, count)
    const shared = isEncrypted ? undefined : withSharedReads(accepted, onBytes)
    this.#isClientShared = shared !== undefined
    this.#client = shared ?? accepted
    this.#client
      .on('error', ignore)
      .on('drain', () => { this.#upstream?.resume() })
      .on('end', () => { this.#clientEnded() })
      .on('close', () => { this.#clientClosed() })
  }

  /** The node to which the session is connected or connecting. */
  get target(): Target | undefined {
    return this.#target
  }

  get isOpen(): boolean {
    return this.#state === 'open'
  }

  /** Connects to a node. The client is read as soon as the node has accepted. */
  connect(target: Target): void {
    if (this.#state !== 'waiting') return
    this.#state = 'connecting'
    this.#target = target
    const { tls, keepAliveSeconds } = this.#means
    const upstream = connectNode(
      { address: target.address, tls, keepAliveSeconds, allowHalfOpen: true },
      (bytes, count) => this.#fromNode(bytes, count),
    )
    this.#upstream = upstream
    let reason = `no connection within ${CONNECT_MS_MAX} ms`
    this.#timer = setTimeout(() => { upstream.destroy() }, CONNECT_MS_MAX)
    upstream
      .on('error', (error) => { reason = error.message })
      .once(tls === undefined ? 'connect' : 'secureConnect', () => { this.#connected(upstream) })
      .on('drain', () => { this.#client.resume() })
      .on('end', () => { upstream.destroy() })
      .on('close', () => { this.#upstreamClosed(upstream, reason) })
  }

  /** Gives up a connection that is not open yet: the client waits again. */
  abandonConnect(): void {
    if (this.#state !== 'connecting') return
    this.#state = 'waiting'
    this.#dropUpstream()
  }

  /** Sends an error of the protocol, and closes. */
  refuse(error: string): void {
    if (this.#state === 'closing' || this.#state === 'closed') return
    this.#client.write(`-${error}\r\n`)
    this.close()
  }

  /** Destroys the connection to the node at once. The client gets what was already received from it, and is closed. */
  close(lingerMs = LINGER_MS): void {
    if (this.#state === 'closing' || this.#state === 'closed') return
    this.#state = 'closing'
    this.#dropUpstream()
    this.#client.end()
    // Reading detects that the client has closed, too. What it sends is dropped.
    if (!this.#isClientShared) this.#client.on('data', ignore)
    this.#client.resume()
    this.#timer = setTimeout(() => { this.#client.destroy() }, lingerMs)
  }

  /** Closes both sides without waiting. */
  destroy(): void {
    this.#dropUpstream()
    this.#client.destroy()
  }

  #connected(upstream: Socket): void {
    if (this.#state !== 'connecting' || this.#upstream !== upstream) return
    clearTimeout(this.#timer)
    this.#state = 'open'
    this.#wasOpen = true
    this.#means.events.connected(this)
    if (!this.isOpen) return
    if (!this.#isClientShared) {
      this.#client.on('data', (bytes: Buffer) => { if (!this.#fromClient(bytes)) this.#client.pause() })
    }
    this.#client.resume()
  }

  /** Returns whether the client is read on. `count`: bytes of the shared buffer; absent for a buffer of its own. */
  #fromClient(bytes: Buffer, count?: number): boolean {
    // A client that is closed is read to its end.
    if (this.#state !== 'open' || this.#upstream === undefined) return this.#state === 'closing'
    this.#means.traffic.fromClients += count ?? bytes.length
    return count === undefined ? this.#upstream.write(bytes) : writeShared(this.#upstream, bytes, count)
  }

  /** Returns whether the node is read on. */
  #fromNode(bytes: Buffer, count?: number): boolean {
    if (this.#state !== 'open') return false
    this.#means.traffic.fromNodes += count ?? bytes.length
    return count === undefined ? this.#client.write(bytes) : writeShared(this.#client, bytes, count)
  }

  /** The client has ended its sending side. It still gets replies. */
  #clientEnded(): void {
    this.#hasClientEnded = true
    if (this.#state === 'open') this.#upstream?.end()
    else this.#client.end()
  }

  #clientClosed(): void {
    if (this.#state === 'closed') return
    this.#state = 'closed'
    this.#dropUpstream()
    this.#means.events.closed(this)
  }

  #upstreamClosed(upstream: Socket, reason: string): void {
    if (this.#upstream !== upstream) return
    const address = this.#target?.address ?? { host: '', port: 0 }
    if (this.#state === 'connecting') {
      this.#state = 'waiting'
      this.#dropUpstream()
      this.#means.events.connectFailed(this, { address, reason: `${hostAndPort(address.host, address.port)}: ${reason}` })
    } else {
      if (!this.#hasClientEnded) this.#means.events.upstreamLost()
      this.close(LAST_REPLY_MS)
    }
  }

  #dropUpstream(): void {
    clearTimeout(this.#timer)
    const upstream = this.#upstream
    const target = this.#target
    this.#upstream = undefined
    this.#target = undefined
    upstream?.destroy()
    if (target !== undefined) this.#means.events.released(target.address, this.#wasOpen)
  }
}

function ignore(): void {
  // What happens next follows from the event 'close'.
}
