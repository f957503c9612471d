/** The connections of one session: which shared one serves it now, by the topology and by what it used last. */
import type { RequestSession } from '../requests/request-session.ts'
import type { Connections } from '../requests/session-lanes.ts'
import type { UpstreamQueue } from '../requests/upstream-queue.ts'
import type { Destination } from '../route/route.ts'
import type { ProtocolVersion } from '../../resp/index.ts'
import type { UpstreamConnection } from './upstream-connection.ts'
import type { Upstreams } from './upstreams.ts'

/** Decides where requests go. */
export interface Routing {
  readonly nodes: Upstreams
  /** Changes with everything that may lead requests elsewhere. */
  readonly epoch: number
  /** `write`: to the master. */
  destination(purpose: 'read' | 'write'): Destination
  /** Whether requests wait although there is a master. */
  isHeld(mayRepeat: boolean): boolean
  /** Whether nodes check the logins of clients. */
  readonly isAuthPassedOn: boolean
  /** Whether clients share connections. */
  readonly isMultiplexed: boolean
}

/** The connection that was used last. */
interface Choice {
  readonly upstream: UpstreamConnection
  readonly epoch: number
  readonly version: ProtocolVersion
}

export class SessionConnections implements Connections {
  readonly #session: RequestSession
  readonly #routing: Routing
  #read: Choice | undefined
  #master: Choice | undefined

  constructor(session: RequestSession, routing: Routing) {
    this.#session = session
    this.#routing = routing
  }

  shared(lane: 'read' | 'master', mayRepeat: boolean): UpstreamQueue | undefined {
    if (lane === 'read') {
      const upstream = this.#reader()
      return upstream === undefined || (upstream.queue.role === 'master' && this.#routing.isHeld(true)) ? undefined : upstream.queue
    }
    if (this.#routing.isHeld(mayRepeat)) return undefined
    this.#master = this.#chosen(this.#master, 'write')
    return this.#master?.upstream.queue
  }

  openPrivate(): UpstreamQueue | 'opening' | undefined {
    const { nodes } = this.#routing
    if (this.#routing.isHeld(false)) return undefined
    const destination = this.#routing.destination('write')
    if (destination.kind !== 'to') return undefined
    const { version, database, login, name } = this.#session.client
    const own = this.#routing.isAuthPassedOn ? { login, name } : undefined
    const opened = nodes.private(destination.address, { version, database, own }, (queue, isRefused) => {
      // The client gets the error itself when it connects again.
      if (isRefused) this.#session.fail()
      else this.#session.privateOpened(queue)
      if (queue !== undefined && this.#session.isClosed) nodes.release(queue, true)
    })
    if (opened !== 'opening') opened.owner = this.#session
    return opened
  }

  releasePrivate(queue: UpstreamQueue, isClean: boolean): void {
    this.#routing.nodes.release(queue, isClean)
  }

  /** The session has ended. */
  close(): void {
    if (this.#read !== undefined) this.#read.upstream.readers -= 1
    this.#read = undefined
    if (!this.#routing.isMultiplexed) this.#routing.nodes.closeOwned(this.#session.client.id)
  }

  /** A client reads from one node as long as it serves reads. */
  #reader(): UpstreamConnection | undefined {
    const before = this.#read
    const chosen = this.#chosen(before, 'read')
    if (chosen?.upstream !== before?.upstream) {
      if (before !== undefined) before.upstream.readers -= 1
      if (chosen !== undefined) chosen.upstream.readers += 1
    }
    this.#read = chosen
    return chosen?.upstream
  }

  #chosen(known: Choice | undefined, purpose: 'read' | 'write'): Choice | undefined {
    const { epoch, nodes, isMultiplexed } = this.#routing
    const { version, id } = this.#session.client
    const isCurrent = known?.epoch === epoch && known.version === version && known.upstream.queue.isUsable
    if (isCurrent) return known
    const destination = this.#routing.destination(purpose)
    if (destination.kind !== 'to') return undefined
    const upstream = nodes.shared(destination.address, destination.role, version, isMultiplexed ? 0 : id)
    return upstream === undefined ? undefined : { upstream, epoch, version }
  }
}
