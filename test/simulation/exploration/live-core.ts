/**
 * A production core with a world at its elbow that answers at once whatever is not worth exploring: connecting, PING,
 * INFO, names. What other sentinels and data nodes may see late, or never, is handed out instead.
 */
import {
  Sentinel, waitsForSave, type ConnectionId, type DurableState, type Effect, type Input, type Millis, type OperationId,
  type Reply, type Request,
} from '../../../src/core/index.ts'
import { fingerprint } from './fingerprint.ts'
import { infoOf, isDead, type Nodes } from './nodes.ts'

/** An effect that others see, or the wish for a save; with the machine that it goes to. */
export type Output =
  | { readonly type: 'persist' }
  | { readonly type: 'told', readonly effect: Effect, readonly to: string }

/** Where every core's clock begins; wall clocks run beside the monotonic ones. */
const MONO_START = 1_000_000_000
const WALL_AHEAD = 1_760_000_000_000

/** Periods that only keep links alive are put off: what they do is assumed, not explored. */
const NEVER = 100_000_000
const PUT_OFF = ['ping-period', 'info-period', 'tilt-trigger', 'min-link-reconnect-period'] as const

export const SENTINEL_PORT = 26_379

export class LiveCore {
  readonly #sentinel: Sentinel
  readonly #ip: string
  readonly #hosts = new Map<ConnectionId, string>()
  readonly #publishes: boolean
  #now: Millis = MONO_START
  #outputs: Output[] = []

  constructor(given: { durable: DurableState, seed: number, ip: string, publishes: boolean }) {
    this.#ip = given.ip
    this.#publishes = given.publishes
    this.#sentinel = new Sentinel({ durable: given.durable, seed: given.seed, announcePort: SENTINEL_PORT })
  }

  boot(nodes: Nodes): readonly Output[] {
    const changes = (this.#publishes ? PUT_OFF : [...PUT_OFF, 'publish-period'] as const)
      .map((tunable) => ({ tunable, ms: NEVER }))
    const operation = { kind: 'set-tunables', changes } as const
    return [
      ...this.take({ type: 'operation', id: 1 as OperationId, operation }, nodes),
      ...this.take({ type: 'start' }, nodes),
    ]
  }

  /** One input, and everything that follows from it at once. */
  take(input: Input, nodes: Nodes): readonly Output[] {
    this.#outputs = []
    const inputs: Input[] = [input]
    for (let next = inputs.shift(); next !== undefined; next = inputs.shift()) {
      for (const effect of this.#sentinel.step(next, { mono: this.#now, wall: this.#now + WALL_AHEAD })) {
        this.#handle(effect, nodes, inputs)
      }
    }
    return this.#outputs
  }

  /** Lets time go on to the next deadline of a record. */
  fire(nodes: Nodes): readonly Output[] {
    const at = this.nextDeadline
    if (at === undefined) return []
    this.#now = Math.max(this.#now, at)
    return this.take({ type: 'tick' }, nodes)
  }

  /** A save ends. It covers all requests but the last `laterSaves`. */
  endSave(laterSaves: number, nodes: Nodes): readonly Output[] {
    const seq = this.#sentinel.memory.state.saveSeq - laterSaves
    return this.take({ type: 'saved', seq, took: 1 }, nodes)
  }

  /** The check of the clock itself is left out: nothing stalls here. */
  get nextDeadline(): Millis | undefined {
    return this.#sentinel.memory.state.deadlines.entries().find(([key]) => key !== 0)?.[1]
  }

  /** Milliseconds until then. */
  get patience(): Millis | undefined {
    const at = this.nextDeadline
    return at === undefined ? undefined : Math.max(0, at - this.#now)
  }

  get fingerprint(): string {
    return fingerprint(this.#sentinel.memory, this.#now)
  }

  get core(): Sentinel {
    return this.#sentinel
  }

  /** Connections to that machine. */
  connectionsTo(ip: string): ConnectionId[] {
    const found: ConnectionId[] = []
    for (const id of this.#sentinel.memory.state.connections.keys()) if (this.#hosts.get(id) === ip) found.push(id)
    return found
  }

  #handle(effect: Effect, nodes: Nodes, inputs: Input[]): void {
    if (effect.type === 'persist') {
      this.#outputs.push({ type: 'persist' })
      return
    }
    if (!isOfInterest(effect)) return
    // The question for a last vote does not wait, but its answer is explored.
    if (waitsForSave(effect) || (effect.type === 'send' && effect.request.kind === 'last-vote')) {
      const to = effect.type === 'send' ? this.#hosts.get(effect.connection) ?? '' : ''
      this.#outputs.push({ type: 'told', effect, to })
      return
    }
    switch (effect.type) {
      case 'connect': {
        const { connection, host } = effect
        this.#hosts.set(connection, host)
        if (!isDead(nodes, host)) inputs.push({ type: 'connected', connection, localAddress: this.#ip })
        return
      }
      case 'subscribe':
        if (!this.#isSilent(effect.connection, nodes)) inputs.push({ type: 'subscribed', connection: effect.connection })
        return
      case 'send': {
        const { connection, request } = effect
        const reply = this.#isSilent(connection, nodes) ? undefined : this.#replyTo(request, connection, nodes)
        if (reply !== undefined) inputs.push({ type: 'reply', connection, request, reply })
        return
      }
      default:
    }
  }

  #isSilent(connection: ConnectionId, nodes: Nodes): boolean {
    return isDead(nodes, this.#hosts.get(connection) ?? '')
  }

  #replyTo(request: Request, connection: ConnectionId, nodes: Nodes): Reply {
    if (request.kind === 'ping') return { kind: 'status', text: 'PONG' }
    if (request.kind === 'info') return infoOf(nodes, this.#hosts.get(connection) ?? '')
    return { kind: 'status', text: 'OK' }
  }
}

const EVENTS = new Set(['+new-epoch', '+try-failover', '+elected-leader', '+vote-for-leader'])

/** Most of what is only reported would make states differ that are the same. */
function isOfInterest(effect: Effect): boolean {
  if (effect.type === 'emit') return EVENTS.has(effect.event.name)
  return effect.type !== 'note' && effect.type !== 'run-script'
}
