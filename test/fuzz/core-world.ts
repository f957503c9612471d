/** A real core with the smallest world around it: connections stand, saves succeed, and replies are what is fed. */
import {
  initialDurable, initialSettings, Sentinel,
  type ConnectionId, type DurableMaster, type DurableState, type Effect, type Input, type OperationId,
  type Reply, type Request,
} from '../../src/core/index.ts'
import { rewriteConfig, rewriteProblem, type Settings } from '../../src/config/index.ts'
import type { SimRandom } from '../simulator/random.ts'
import { loadGood } from '../unit/config/load-text.ts'
import { holding } from './meter.ts'

interface Pending {
  readonly connection: ConnectionId
  readonly request: Request
}

/** Commands that wait for a reply; the real links end a connection long before. */
const PENDING_MAX = 400

/** What one sentinel may hold (src/core/limits.ts): peers and replicas of two masters, names, parked inputs. */
const RECORDS_MAX = 2 * (1 + 4096 + 1024)
const NAMES_MAX = 4096
const PARKED_MAX = 1024

const IDS = { own: 'a'.repeat(40), peer: 'b'.repeat(40) }

export class CoreWorld {
  readonly random: SimRandom
  readonly #sentinel: Sentinel
  readonly #open = new Map<ConnectionId, 'command' | 'hello'>()
  #pending: Pending[] = []
  readonly #inputs: Input[] = []
  readonly #settings: Settings
  #mono = 1000
  #wall = 1_700_000_000_000

  constructor(random: SimRandom) {
    this.random = random
    this.#settings = loadGood('port 26379\n').settings
    this.#sentinel = new Sentinel({ durable: startState(random), seed: random.next(), announcePort: 26379 })
    this.#take({ type: 'start' })
    this.pass(200)
  }

  /** A connection of this kind; undefined when there is none. */
  connection(purpose: 'command' | 'hello'): ConnectionId | undefined {
    const some = [...this.#open].filter(([, what]) => what === purpose).map(([connection]) => connection)
    return some.length === 0 ? undefined : this.random.pick(some)
  }

  message(connection: ConnectionId, payload: string): void {
    this.#take({ type: 'message', connection, payload })
  }

  /** A peer or a client sends a hello by PUBLISH. */
  publish(payload: string): void {
    this.#take({ type: 'operation', id: this.random.next() as OperationId, operation: { kind: 'hello', payload } })
  }

  /** Answers a command that waits, preferably one of this kind. @returns false when none waits */
  reply(kind: Request['kind'] | undefined, make: (request: Request) => Reply): boolean {
    const fitting = this.#pending.filter(({ request }) => kind === undefined || request.kind === kind)
    const [one] = fitting
    if (one === undefined) return false
    this.#pending = this.#pending.filter((pending) => pending !== one)
    this.#take({ type: 'reply', ...one, reply: make(one.request) })
    return true
  }

  /** Lets time go by, in steps as deadlines come up. */
  pass(ms: number): void {
    const end = this.#mono + ms
    for (let turns = 0; turns < 200; turns += 1) {
      const next = Math.min(this.#sentinel.wakeAt() ?? end, end)
      this.#wall += Math.max(next - this.#mono, 0)
      this.#mono = Math.max(next, this.#mono)
      this.#take({ type: 'tick' })
      if (this.#mono >= end) break
    }
    this.#wall += end - this.#mono
    this.#mono = end
    this.#take({ type: 'tick' })
  }

  /** @throws Error when too much is held, or when what is to be saved cannot be. */
  check(): void {
    const { records, names, parked, connections } = this.#sentinel.memory.state
    if (records.size > RECORDS_MAX) throw new Error(`${records.size} records`)
    if (names.size > NAMES_MAX) throw new Error(`${names.size} names`)
    if (parked.length > PARKED_MAX) throw new Error(`${parked.length} parked inputs`)
    if (connections.size > 2 * records.size) throw new Error(`${connections.size} connections of ${records.size} records`)
    const input = { current: '', settings: this.#settings, durable: this.#sentinel.durableState(), userLines: [] }
    const problem = rewriteProblem(rewriteConfig(input), input)
    if (problem !== undefined) throw new Error(`the state cannot be saved: ${problem}`)
  }

  #take(input: Input): void {
    this.#inputs.push(input)
    while (this.#inputs.length > 0) {
      const next = this.#inputs.shift()
      if (next === undefined || !this.#isHeard(next)) continue
      const effects = holding(() => this.#sentinel.step(next, { mono: this.#mono, wall: this.#wall }))
      for (const effect of effects) this.#run(effect)
    }
  }

  /** What comes from a connection that was closed meanwhile reaches nobody. */
  #isHeard(input: Input): boolean {
    return !('connection' in input) || this.#open.has(input.connection)
  }

  #run(effect: Effect): void {
    switch (effect.type) {
      case 'connect': {
        const { connection, purpose } = effect
        this.#open.set(connection, purpose)
        if (this.random.chance(97)) this.#inputs.push({ type: 'connected', connection, localAddress: '10.0.0.1' })
        else this.#inputs.push({ type: 'disconnected', connection, cause: 'refused', reason: 'Connection refused' })
        return
      }
      case 'send':
        this.#pending.push({ connection: effect.connection, request: effect.request })
        if (this.#pending.length > PENDING_MAX) this.#pending.shift()
        return
      case 'subscribe':
        this.#inputs.push({ type: 'subscribed', connection: effect.connection })
        return
      case 'close':
        this.#open.delete(effect.connection)
        this.#pending = this.#pending.filter(({ connection }) => connection !== effect.connection)
        return
      case 'resolve':
        this.#inputs.push({ type: 'resolved', host: effect.host, address: this.random.chance(50) ? '10.9.9.9' : undefined })
        return
      case 'persist':
        this.#inputs.push({ type: 'saved', seq: effect.seq, took: 1 })
        return
      case 'answer':
      case 'emit':
      case 'note':
      case 'run-script':
      case 'keep':
      case 'exit':
    }
  }
}

/** Two masters with a replica and a peer each. */
function startState(random: SimRandom): DurableState {
  const master = (name: string, host: string): DurableMaster => ({
    name, host, port: 6379, settings: { ...initialSettings(1), downAfterMs: 1000, failoverTimeoutMs: 5000 },
    configEpoch: 1n, leaderEpoch: 1n,
    replicas: [{ host: '10.0.1.2', port: 6379 }],
    sentinels: [{ host: '10.0.2.2', port: 26379, runId: IDS.peer }],
  })
  return {
    ...initialDurable(IDS.own),
    currentEpoch: 1n,
    resolveHostnames: random.chance(30), announceHostnames: random.chance(20),
    masters: [master('mymaster', '10.0.1.1'), master('other', '10.0.3.1')],
  }
}
