/** Nodes, connections and clients of route mode in memory, driven by a seed: who acts next, and in which pieces. */
import { CommandTable } from '../../../src/proxy/commands/command-table.ts'
import type { ClientSink } from '../../../src/proxy/requests/reply-output.ts'
import { RequestSession, type SessionMeans } from '../../../src/proxy/requests/request-session.ts'
import { encodeRequest } from '../../../src/proxy/requests/request-words.ts'
import { Run } from '../../../src/proxy/requests/run.ts'
import type { Connections } from '../../../src/proxy/requests/session-lanes.ts'
import { UpstreamQueue } from '../../../src/proxy/requests/upstream-queue.ts'
import type { ProtocolVersion } from '../../../src/resp/index.ts'
import { ModelConnection, ModelNode, modelLocal, noPeers } from './model-node.ts'

/** Bytes arrive in one buffer that is used again, as in the real program. */
const SHARED = Buffer.alloc(64 * 1_024)

/** A small generator of numbers (mulberry32). */
export function randomOf(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let value = Math.imul(state ^ (state >>> 15), 1 | state)
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value
    return ((value ^ (value >>> 14)) >>> 0) % below
  }
}

export interface ModelOptions {
  readonly seed: number
  readonly readAfterWriteMs: number
  readonly isAuthPassedOn: boolean
  /** The words of each client's requests, as one pipeline. */
  readonly pipelines: readonly (readonly (readonly string[])[])[]
  /** Whether the master changes and connections break. */
  readonly hasFaults: boolean
}

interface Upstream {
  readonly queue: UpstreamQueue
  readonly connection: ModelConnection
  readonly node: ModelNode
  readonly version: ProtocolVersion
}

class ModelClient implements ClientSink {
  readonly session: RequestSession
  readonly unsentBytes = 0
  received = ''
  isReading = true
  isEnded = false
  #bytes: Buffer

  constructor(
    id: number, requests: readonly (readonly string[])[], means: SessionMeans,
    connections: (session: RequestSession) => Connections,
  ) {
    this.#bytes = Buffer.concat(requests.map(encodeRequest))
    this.session = new RequestSession(id, means, { sink: this, connections })
  }

  get canSend(): boolean {
    return this.#bytes.length > 0 && this.isReading && !this.isEnded
  }

  send(count: number): void {
    const size = this.#bytes.copy(SHARED, 0, 0, count)
    this.#bytes = this.#bytes.subarray(size)
    this.session.receive(SHARED, size)
    SHARED.fill(0)
  }

  write(bytes: Buffer, start: number, end: number): void {
    if (this.isEnded) throw new Error('written after the end')
    this.received += bytes.toString('latin1', start, end)
  }

  setReading(isReading: boolean): void {
    this.isReading = isReading
  }

  end(): void {
    this.isEnded = true
  }

  destroy(): void {
    throw new Error('it holds too much')
  }
}

export class RouteModel {
  readonly clients: readonly ModelClient[]
  readonly #random: (below: number) => number
  readonly #means: SessionMeans
  readonly #touched = new Set<RequestSession>()
  readonly #waiting = new Set<RequestSession>()
  readonly #opening: RequestSession[] = []
  readonly #hasFaults: boolean
  #upstreams: Upstream[] = []
  #master = new ModelNode('master')
  #replica = this.#master.follower()
  #faultsLeft = 2

  constructor({ seed, readAfterWriteMs, isAuthPassedOn, pipelines, hasFaults }: ModelOptions) {
    this.#random = randomOf(seed)
    this.#hasFaults = hasFaults
    this.#means = {
      commands: new CommandTable(), local: modelLocal, peers: noPeers, isAuthPassedOn,
      held: { total: 0 }, readAfterWriteMs,
      now: () => 1,
      touched: (session) => { this.#touched.add(session) },
      waits: (session) => { this.#waiting.add(session) },
      closed: (session) => { this.#waiting.delete(session) },
    }
    this.clients = pipelines.map((requests, at) => (
      new ModelClient(at + 1, requests, this.#means, (session) => this.#connectionsOf(session))
    ))
  }

  /** Runs until nothing is left to do. */
  run(): void {
    for (let steps = 0; ; steps += 1) {
      if (steps > 1_000_000) throw new Error('the model does not come to an end')
      const actions = this.#actions()
      const action = actions[this.#random(Math.max(1, actions.length))]
      if (action === undefined) return
      action()
      this.#flushTouched()
    }
  }

  /** Replies are passed on before the buffer is used again. */
  #flushTouched(): void {
    for (const session of this.#touched) {
      this.#touched.delete(session)
      session.flush()
    }
  }

  /** Bytes that sessions hold at the end. */
  get heldBytes(): number {
    return this.#means.held.total
  }

  #actions(): (() => void)[] {
    const actions: (() => void)[] = []
    for (const client of this.clients) {
      if (client.canSend) actions.push(() => { client.send(1 + this.#random(this.#random(4) === 0 ? 400 : 30)) })
    }
    for (const session of this.#waiting) {
      actions.push(() => {
        this.#waiting.delete(session)
        session.resume()
      })
    }
    if (this.#opening.length > 0) {
      actions.push(() => {
        const session = this.#opening.shift()
        session?.privateOpened(session.isClosed ? undefined : this.#openPrivate(session))
      })
    }
    for (const upstream of this.#upstreams) this.#addActionsOf(upstream, actions)
    if (this.#hasFaults && this.#faultsLeft > 0 && this.#random(20) === 0) actions.push(() => { this.#fault() })
    return actions
  }

  #addActionsOf(upstream: Upstream, actions: (() => void)[]): void {
    const { queue, connection } = upstream
    if (queue.hasOutput) {
      actions.push(() => {
        for (const { bytes, start, end } of queue.takeOutput(1)) connection.receive(bytes.subarray(start, end))
      })
    }
    if (connection.canExecute) actions.push(() => { connection.execute() })
    if (connection.output.length > 0) actions.push(() => { this.#answer(upstream) })
    if (queue.isDeposed && queue.isIdle) actions.push(() => { this.#lose(upstream) })
  }

  #answer(upstream: Upstream): void {
    const { connection, queue } = upstream
    const size = connection.take(SHARED, 1 + this.#random(this.#random(3) === 0 ? 300 : 12))
    if (!queue.receive(SHARED, size, 1)) throw new Error('the replies do not fit the requests')
    this.#flushTouched()
    SHARED.fill(0)
  }

  #fault(): void {
    this.#faultsLeft -= 1
    const at = this.#random(this.#upstreams.length + 1)
    const upstream = this.#upstreams[at]
    if (upstream !== undefined && this.#random(2) === 0) this.#lose(upstream)
    else this.#switch()
  }

  #lose(upstream: Upstream): void {
    this.#upstreams = this.#upstreams.filter((one) => one !== upstream)
    upstream.connection.close()
    upstream.queue.fail()
  }

  /** The master hands over: it executes no write from now on, and the replica has all that it executed. */
  #switch(): void {
    const old = this.#master
    old.isReadOnly = true
    this.#master = this.#replica
    this.#master.isReadOnly = false
    this.#replica = this.#master.follower()
    for (const { queue } of this.#upstreams.filter(({ node }) => node === old)) queue.depose()
    // What was a replica serves as the master on other connections.
    for (const upstream of this.#upstreams) if (upstream.node === this.#master) this.#lose(upstream)
  }

  #open(node: ModelNode, version: ProtocolVersion, isPrivate: boolean): Upstream {
    const queue = new UpstreamQueue({
      role: node === this.#replica ? 'replica' : 'master', isPrivate, isShared: !isPrivate, counts: { read: 0, write: 0, blocking: 0, pinned: 0 },
      onOutput: () => undefined, onProblem: () => undefined, onLatency: () => undefined,
    })
    const upstream = { queue, node, version, connection: new ModelConnection(node, version) }
    this.#upstreams.push(upstream)
    return upstream
  }

  #openPrivate(session: RequestSession): UpstreamQueue {
    const { id, name, version, database } = session.client
    const { queue, connection } = this.#open(this.#master, version, true)
    connection.identify(id, name)
    const bytes = encodeRequest(['SELECT', String(database)])
    queue.send(new Run(undefined, { kind: 'pinned', lane: 'private', left: 1, bytes, start: 0, end: bytes.length }))
    return queue
  }

  #connectionsOf(session: RequestSession): Connections {
    return {
      shared: (lane) => {
        const node = lane === 'read' ? this.#replica : this.#master
        const { version } = session.client
        const found = this.#upstreams.find(({ queue, ...one }) => (
          one.node === node && one.version === version && !queue.isPrivate && queue.isUsable
        ))
        // Now and then there is none for a moment.
        if (found === undefined && this.#random(4) === 0) return undefined
        return (found ?? this.#open(node, version, false)).queue
      },
      openPrivate: () => {
        this.#opening.push(session)
        return 'opening'
      },
      releasePrivate: (queue) => {
        queue.owner = undefined
        const upstream = this.#upstreams.find((one) => one.queue === queue)
        this.#upstreams = this.#upstreams.filter((one) => one !== upstream)
        upstream?.connection.close()
        queue.fail()
      },
    }
  }
}
