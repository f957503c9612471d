/** One client of route mode with nodes and connections in memory. Dice decide who acts next, and in which pieces. */
import { CommandTable } from '../../src/proxy/commands/command-table.ts'
import { PENDING_REQUESTS_MAX, WAITING_BYTES } from '../../src/proxy/requests/limits.ts'
import { RequestSession, type SessionMeans } from '../../src/proxy/requests/request-session.ts'
import { Run } from '../../src/proxy/requests/run.ts'
import type { Connections } from '../../src/proxy/requests/session-lanes.ts'
import { UpstreamQueue } from '../../src/proxy/requests/upstream-queue.ts'
import type { SimRandom } from '../simulator/random.ts'
import { holding } from './meter.ts'
import { encodeWire, LOCAL, nodeReply, wholeRequests } from './proxy-oracle.ts'

/** Received bytes are in one buffer that is used again, as in the real program. */
const SHARED = Buffer.alloc(64 * 1_024)

/** More than any input needs. */
const STEPS_MAX = 100_000

/**
 * Requests that may be on their way beyond PENDING_REQUESTS_MAX: those of the proxy itself on a private connection.
 */
const OWN_REQUESTS_MAX = 3

const TABLE = new CommandTable()

/** What goes wrong on the side of the nodes. */
export type Fault =
  /** A connection ends, or its node is the master no more. */
  | 'lost' | 'deposed'
  /** There is no node in time. */
  | 'expired'
  /** A node sends other bytes than replies. */
  | 'garbage'

export interface WorldOptions {
  readonly needsLogin: boolean
  readonly readAfterWriteMs: number
  readonly faults: readonly Fault[]
  /** For the fault of this name. */
  readonly garbage: string
}

export const EXPIRED = 'ERR no master came in time'

interface Upstream {
  readonly queue: WatchedQueue
  readonly isPrivate: boolean
  readonly lane: 'read' | 'master' | 'private'
  readonly version: number
  /** Replies that the node has made and not sent. */
  output: string
  /** Requests that the node has not executed. */
  requests: (readonly string[])[]
}

class WatchedQueue extends UpstreamQueue {
  beforeRaw: () => void = () => undefined

  override startRaw(): void {
    this.beforeRaw()
    super.startRaw()
  }
}

export class ProxyWorld {
  /** What the client has received. */
  received = ''
  isEnded = false
  /** What went through untouched. */
  raw: string | undefined
  readonly session: RequestSession
  readonly #random: SimRandom
  readonly #options: WorldOptions
  readonly #pieces: string[]
  /** Bytes of the longest piece. */
  readonly #longest: number
  readonly #means: SessionMeans
  #upstreams: Upstream[] = []
  #faults: Fault[]
  #isReading = true
  #isWaiting = false
  #isOpening = false
  #isTouched = false

  constructor(random: SimRandom, pieces: readonly string[], options: WorldOptions) {
    this.#random = random
    this.#options = options
    this.#pieces = [...pieces]
    this.#longest = Math.max(0, ...pieces.map(({ length }) => length))
    this.#faults = [...options.faults]
    this.#means = {
      commands: TABLE, held: { total: 0 }, readAfterWriteMs: options.readAfterWriteMs, now: () => 1,
      peers: { find: () => undefined }, isAuthPassedOn: false,
      local: { ...LOCAL, login: { ...LOCAL.login, needsLogin: options.needsLogin } },
      touched: () => { this.#isTouched = true },
      waits: () => { this.#isWaiting = true },
      closed: () => { this.#isWaiting = false },
    }
    this.session = new RequestSession(1, this.#means, {
      sink: {
        unsentBytes: 0,
        write: (bytes, start, end) => {
          if (this.isEnded) throw new Error('written after the end')
          this.received += bytes.toString('latin1', start, end)
        },
        setReading: (isReading) => { this.#isReading = isReading },
        end: () => { this.isEnded = true },
        destroy: () => undefined,
      },
      connections: () => this.#connections(),
    })
  }

  get heldBytes(): number {
    return this.#means.held.total
  }

  /** Whether the client has sent everything. */
  get isSent(): boolean {
    return this.#pieces.length === 0
  }

  /** Acts until nothing is left to do. `longest`: bytes of the longest request. */
  run(longest: number): void {
    for (let steps = 0; ; steps += 1) {
      if (steps > STEPS_MAX) throw new Error('it does not come to an end')
      const actions = this.#actions()
      if (actions.length === 0) return
      this.#random.pick(actions)()
      this.#flushTouched()
      this.#checkBounds(longest)
    }
  }

  #checkBounds(longest: number): void {
    if (this.heldBytes > WAITING_BYTES + this.#longest + longest) throw new Error(`${this.heldBytes} bytes are held`)
    if (this.#isReading && this.heldBytes > WAITING_BYTES + longest) throw new Error(`it is read although ${this.heldBytes} bytes wait`)
    let pending = 0
    for (const { requests } of this.#upstreams) pending += requests.length
    if (pending > PENDING_REQUESTS_MAX + OWN_REQUESTS_MAX) throw new Error(`${pending} requests are on their way`)
  }

  #flushTouched(): void {
    while (this.#isTouched) {
      this.#isTouched = false
      holding(() => { this.session.flush() })
    }
  }

  #actions(): (() => void)[] {
    const actions: (() => void)[] = []
    if (this.#pieces.length > 0 && this.#isReading && !this.isEnded) actions.push(() => { this.#send() })
    if (this.#isWaiting) actions.push(() => { this.#resume() })
    if (this.#isOpening) actions.push(() => { this.#opened() })
    for (const upstream of this.#upstreams) {
      if (upstream.queue.hasOutput) actions.push(() => { this.#take(upstream) })
      if (upstream.requests.length > 0) actions.push(() => { this.#execute(upstream) })
      if (upstream.output !== '') actions.push(() => { this.#answer(upstream) })
      if (upstream.queue.isDeposed && upstream.queue.isIdle) actions.push(() => { this.#lose(upstream) })
    }
    const fault = this.#faults[0]
    if (fault !== undefined && actions.length > 0 && this.#random.chance(20)) actions.push(() => { this.#fault(fault) })
    return actions
  }

  #send(): void {
    const piece = this.#pieces.shift() ?? ''
    for (let at = 0; at < piece.length; at += SHARED.length) {
      const size = SHARED.write(piece.slice(at, at + SHARED.length), 'latin1')
      holding(() => { this.session.receive(SHARED, size) })
      SHARED.fill(0, 0, size)
    }
  }

  #resume(): void {
    this.#isWaiting = false
    holding(() => { this.session.resume() })
  }

  #opened(): void {
    this.#isOpening = false
    this.session.privateOpened(this.session.isClosed ? undefined : this.#openPrivate())
  }

  /** The node gets what was sent, which must be whole requests. */
  #take({ queue, requests }: Upstream): void {
    const bytes = Buffer.concat(queue.takeOutput(1).map((range) => range.bytes.subarray(range.start, range.end))).toString('latin1')
    if (this.raw !== undefined && queue.isPrivate) {
      this.raw += bytes
      return
    }
    const taken = wholeRequests(bytes)
    if (taken === undefined) throw new Error(`sent to a node: ${JSON.stringify(bytes.slice(0, 300))}`)
    requests.push(...taken)
  }

  #execute(upstream: Upstream): void {
    const count = this.#random.between(1, Math.max(1, Math.ceil(upstream.requests.length / 3)))
    upstream.output += upstream.requests.splice(0, count).map(nodeReply).join('')
  }

  #answer(upstream: Upstream): void {
    const size = this.#random.between(1, this.#random.chance(50) ? 5 : 5_000)
    this.#receive(upstream, upstream.output.slice(0, size))
    upstream.output = upstream.output.slice(size)
  }

  #receive(upstream: Upstream, text: string): void {
    const size = SHARED.write(text, 'latin1')
    const isGood = holding(() => upstream.queue.receive(SHARED, size, 1))
    this.#flushTouched()
    SHARED.fill(0, 0, size)
    if (isGood) return
    if (!this.#options.faults.includes('garbage')) throw new Error(`good replies are refused: ${JSON.stringify(text)}`)
    this.#lose(upstream)
  }

  #fault(fault: Fault): void {
    this.#faults.shift()
    if (fault === 'expired') {
      holding(() => { this.session.expire(EXPIRED) })
      return
    }
    if (this.#upstreams.length === 0) return
    const upstream = this.#random.pick(this.#upstreams)
    if (fault === 'garbage') this.#receive(upstream, this.#options.garbage.slice(0, SHARED.length))
    else if (fault === 'deposed' && upstream.lane !== 'read') upstream.queue.depose()
    else this.#lose(upstream)
  }

  #lose(upstream: Upstream): void {
    this.#upstreams = this.#upstreams.filter((one) => one !== upstream)
    upstream.queue.fail()
  }

  #open(lane: Upstream['lane'], version: number): Upstream {
    const isPrivate = lane === 'private'
    const queue = new WatchedQueue({
      role: lane === 'read' ? 'replica' : 'master', isPrivate, isShared: !isPrivate, counts: { read: 0, write: 0, blocking: 0, pinned: 0 },
      onOutput: () => undefined, onProblem: () => undefined, onLatency: () => undefined,
    })
    const upstream: Upstream = { queue, isPrivate, lane, version, output: '', requests: [] }
    queue.beforeRaw = () => {
      this.#take(upstream)
      this.raw = ''
    }
    this.#upstreams.push(upstream)
    return upstream
  }

  #openPrivate(): UpstreamQueue {
    const { version, database } = this.session.client
    const { queue } = this.#open('private', version)
    const bytes = Buffer.from(encodeWire(['SELECT', String(database)]), 'latin1')
    queue.send(new Run(undefined, { kind: 'pinned', lane: 'private', left: 1, bytes, start: 0, end: bytes.length }))
    return queue
  }

  #connections(): Connections {
    return {
      shared: (lane) => {
        const { version } = this.session.client
        const found = this.#upstreams.find((one) => one.lane === lane && one.version === version && one.queue.isUsable)
        // Now and then there is none for a moment.
        if (found === undefined && this.#random.chance(25)) return undefined
        return (found ?? this.#open(lane, version)).queue
      },
      openPrivate: () => {
        if (this.#random.chance(30)) {
          const queue = this.#openPrivate()
          queue.owner = this.session
          return queue
        }
        this.#isOpening = true
        return 'opening'
      },
      releasePrivate: (queue) => {
        queue.owner = undefined
        this.#upstreams = this.#upstreams.filter((one) => one.queue !== queue)
        queue.fail()
      },
    }
  }
}
