/** The connections to nodes in route mode: shared ones by node, role and protocol, and private ones. */
import { Histogram } from '../../prometheus/index.ts'
import type { ProtocolVersion } from '../../resp/index.ts'
import { hostAndPort } from '../../text/index.ts'
import { isSameAddress, type NodeAddress } from '../topology/topology.ts'
import type { Role } from '../route/route.ts'
import { encodeRequest } from '../requests/request-words.ts'
import { Run } from '../requests/run.ts'
import type { KindCounts, UpstreamQueue, UpstreamQueueOptions } from '../requests/upstream-queue.ts'
import type { NodeProblem } from '../requests/refusals.ts'
import { DEPOSED_MS } from './limits.ts'
import { UpstreamConnection, type ClientIdentity, type UpstreamMeans } from './upstream-connection.ts'

/** Upper bounds of the buckets, in seconds. */
const LATENCY_BOUNDS: readonly number[] = [
  0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5,
]

/** What one kind of node did. */
export interface RoleCounts {
  readonly commands: KindCounts
  /** Seconds until a node answers. */
  readonly latency: Histogram
}

export interface UpstreamsOptions extends Pick<UpstreamMeans, 'tls' | 'keepAliveSeconds' | 'login' | 'clientName' | 'traffic' | 'now'> {
  /** Idle private connections to keep. */
  readonly poolSize: number
  readonly onReady: (upstream: UpstreamConnection) => void
  readonly onClosed: (upstream: UpstreamConnection, end: UpstreamEnd) => void
  readonly onReceived: () => void
  readonly onProblem: (upstream: UpstreamConnection, problem: NodeProblem) => void
}

/** How a connection ended. */
export interface UpstreamEnd {
  readonly reason: string
  /** The proxy closed it. */
  readonly isOurs: boolean
  /** The node has refused the login of the client that has it for itself. */
  readonly isClientRefused: boolean
  /** It had carried requests, or could. */
  readonly wasReady: boolean
}

/** The private connection that a client needs. */
export interface PrivateNeed {
  readonly version: ProtocolVersion
  readonly database: number
  /** What the client is known by at the node; undefined: as the proxy. */
  readonly own: ClientIdentity | undefined
}

/** Who gets a private connection when it is ready. `isRefused`: the node has refused the login of the client. */
type Taker = (queue: UpstreamQueue | undefined, isRefused: boolean) => void

export class Upstreams {
  readonly counts: Record<Role, RoleCounts> = { master: newRoleCounts(), replica: newRoleCounts() }
  readonly #options: UpstreamsOptions
  readonly #means: UpstreamMeans
  readonly #all = new Map<UpstreamQueue, UpstreamConnection>()
  /** By the client that does not share them (0: all do), then by node, role and protocol. */
  readonly #shared = new Map<number, Map<string, UpstreamConnection>>()
  /** Where in it. */
  readonly #sharedIn = new Map<UpstreamConnection, Map<string, UpstreamConnection>>()
  readonly #takers = new Map<UpstreamConnection, Taker>()
  #idle: UpstreamConnection[] = []
  /** Those that were ready, for `onClosed`. */
  readonly #ready = new Set<UpstreamConnection>()
  #dirty: UpstreamConnection[] = []

  constructor(options: UpstreamsOptions) {
    this.#options = options
    this.#means = {
      ...options,
      onReady: (upstream) => { this.#onReady(upstream) },
      onClosed: (upstream, end) => { this.#onClosed(upstream, end) },
      onReceived: (upstream) => {
        options.onReceived()
        if (upstream.queue.isDeposed && upstream.queue.isIdle) upstream.destroy()
      },
    }
  }

  /** Connections that carry requests. */
  get ready(): Iterable<UpstreamConnection> {
    return this.#ready
  }

  /**
   * The connection that all clients of this protocol share; undefined while it is not ready, which `onReady` reports.
   * `owner`: the client that does not share it; 0: all do.
   */
  shared(address: NodeAddress, role: Role, version: ProtocolVersion, owner: number): UpstreamConnection | undefined {
    const key = `${role} ${hostAndPort(address.host, address.port)} ${version}`
    const owned = this.#shared.get(owner) ?? new Map<string, UpstreamConnection>()
    this.#shared.set(owner, owned)
    let upstream = owned.get(key)
    if (upstream === undefined) {
      upstream = this.#open(address, role, version, { isPrivate: false, isShared: owner === 0 })
      owned.set(key, upstream)
      this.#sharedIn.set(upstream, owned)
    }
    return upstream.isReady && upstream.queue.isUsable ? upstream : undefined
  }

  /** A private connection: at once where one is idle, or by a call of `taker`. */
  private(address: NodeAddress, { version, database, own }: PrivateNeed, taker: Taker): UpstreamQueue | 'opening' {
    const idle = own === undefined ? this.#takeIdle(address, version) : undefined
    if (idle !== undefined) {
      // Whatever state the last client left.
      for (const words of [['DISCARD'], ['UNWATCH'], ['SELECT', String(database)]]) sendOwn(idle.queue, words)
      return idle.queue
    }
    const upstream = this.#open(address, 'master', version, { isPrivate: true, isShared: false }, own)
    this.#takers.set(upstream, (queue, isRefused) => {
      if (queue !== undefined) sendOwn(queue, ['SELECT', String(database)])
      taker(queue, isRefused)
    })
    return 'opening'
  }

  #takeIdle(address: NodeAddress, version: ProtocolVersion): UpstreamConnection | undefined {
    const idle = this.#idle.find((one) => one.version === version && isSameAddress(one.address, address))
    if (idle !== undefined) this.#idle = this.#idle.filter((one) => one !== idle)
    return idle
  }

  /** Takes back a private connection. */
  release(queue: UpstreamQueue, isClean: boolean): void {
    queue.owner = undefined
    const upstream = this.#all.get(queue)
    if (upstream === undefined) return
    const isKept = isClean && queue.isReusable && queue.isUsable && queue.isIdle
      && this.#idle.length < this.#options.poolSize
    if (isKept) this.#idle.push(upstream)
    else upstream.destroy()
  }

  /** Closes the connections that a client did not share. */
  closeOwned(owner: number): void {
    for (const upstream of [...this.#shared.get(owner)?.values() ?? []]) upstream.destroy()
    this.#shared.delete(owner)
  }

  /**
   * Ends connections to nodes that lost their role. Those to a deposed master live for a moment, in which it may refuse
   * the writes that it holds back. Returns how many there were.
   */
  cut(isKept: (address: NodeAddress, role: Role) => boolean): Record<Role, number> {
    const cut = { master: 0, replica: 0 }
    for (const upstream of [...this.#all.values()]) {
      const { address, queue } = upstream
      if (queue.isDeposed || isKept(address, queue.role)) continue
      if (upstream.isReady) cut[queue.role] += 1
      this.#forget(upstream)
      if (upstream.isReady && queue.role === 'master') queue.depose()
      if (upstream.isReady && queue.isDeposed && !queue.isIdle) setTimeout(() => { upstream.destroy() }, DEPOSED_MS)
      else upstream.destroy()
    }
    return cut
  }

  /** Writes the requests of this turn. */
  flush(): void {
    const now = this.#options.now()
    const dirty = this.#dirty
    this.#dirty = []
    for (const upstream of dirty) upstream.flush(now)
  }

  destroyAll(): void {
    for (const upstream of [...this.#all.values()]) upstream.destroy()
  }

  #open(
    address: NodeAddress, role: Role, version: ProtocolVersion,
    kind: Pick<UpstreamQueueOptions, 'isPrivate' | 'isShared'>, own?: ClientIdentity,
  ): UpstreamConnection {
    const { commands, latency } = this.counts[role]
    const upstream: UpstreamConnection = new UpstreamConnection(address, version, {
      means: this.#means, own,
      queue: {
        ...kind, role, counts: commands,
        onOutput: () => { this.#addDirty(upstream) },
        onProblem: (_queue, problem) => { this.#options.onProblem(upstream, problem) },
        onLatency: (ms) => { latency.add(ms / 1_000) },
      },
    })
    this.#all.set(upstream.queue, upstream)
    return upstream
  }

  #addDirty(upstream: UpstreamConnection): void {
    if (this.#dirty.length === 0) setImmediate(() => { this.flush() })
    this.#dirty.push(upstream)
  }

  #onReady(upstream: UpstreamConnection): void {
    this.#ready.add(upstream)
    const taker = this.#takers.get(upstream)
    this.#takers.delete(upstream)
    this.#options.onReady(upstream)
    taker?.(upstream.queue, false)
  }

  #onClosed(upstream: UpstreamConnection, end: Omit<UpstreamEnd, 'wasReady'>): void {
    this.#all.delete(upstream.queue)
    this.#forget(upstream)
    const wasReady = this.#ready.delete(upstream)
    const taker = this.#takers.get(upstream)
    this.#takers.delete(upstream)
    this.#options.onClosed(upstream, { ...end, wasReady })
    taker?.(undefined, end.isClientRefused)
  }

  #forget(upstream: UpstreamConnection): void {
    const owned = this.#sharedIn.get(upstream)
    this.#sharedIn.delete(upstream)
    for (const [key, one] of owned ?? []) if (one === upstream) owned?.delete(key)
    this.#idle = this.#idle.filter((one) => one !== upstream)
  }
}

/** Sends a request of the proxy itself, whose reply is dropped. */
function sendOwn(queue: UpstreamQueue, words: readonly string[]): void {
  const bytes = encodeRequest(words)
  queue.send(new Run(undefined, { kind: 'pinned', lane: 'private', left: 1, bytes, start: 0, end: bytes.length }))
}

export function newRoleCounts(): RoleCounts {
  return { commands: { read: 0, write: 0, blocking: 0, pinned: 0 }, latency: new Histogram(LATENCY_BOUNDS) }
}
