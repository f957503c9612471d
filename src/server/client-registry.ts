import type { Client, ClientRegistry, PauseMode, SubscriptionKind, Worker } from '../commands/index.ts'
import type { Millis, Now } from '../core/index.ts'
import { TIMER_MS_MAX } from './limits.ts'
import type { Subscriptions } from './subscriptions.ts'
import type { Turns } from './turns.ts'

/** The part of a connection that the registry uses. */
export interface RegisteredConnection {
  readonly client: Client
  /** CLIENT PAUSE has ended: run the request that it delayed. */
  resume(): void
  close(): void
}

interface Pause { readonly mode: PauseMode, readonly until: Millis }

/** All connections of this process, and the pause that may hold them. */
export class Registry implements ClientRegistry {
  readonly #connections = new Map<number, RegisteredConnection>()
  readonly #held = new Set<RegisteredConnection>()
  readonly #subscriptions: Subscriptions
  readonly #now: () => Now
  readonly #turns: Turns
  #lastId = 0
  #pause: Pause | undefined
  #timer: NodeJS.Timeout | undefined

  constructor(subscriptions: Subscriptions, now: () => Now, turns: Turns) {
    this.#subscriptions = subscriptions
    this.#now = now
    this.#turns = turns
  }

  get count(): number {
    return this.#connections.size
  }

  get channelCount(): number {
    return this.#subscriptions.channelCount
  }

  get patternCount(): number {
    return this.#subscriptions.patternCount
  }

  mayAdd(kind: SubscriptionKind, names: readonly string[]): boolean {
    return this.#subscriptions.mayAdd(kind, names)
  }

  goOn(worker: Worker): void {
    this.#turns.wait(worker)
  }

  nextId(): number {
    this.#lastId += 1
    return this.#lastId
  }

  add(connection: RegisteredConnection): void {
    this.#connections.set(connection.client.id, connection)
  }

  remove(connection: RegisteredConnection): void {
    this.#connections.delete(connection.client.id)
    this.#held.delete(connection)
  }

  * all(): Generator<Client> {
    // Maps keep the order of insertion, which is that of the ids.
    for (const connection of this.#connections.values()) yield connection.client
  }

  byId(id: number): Client | undefined {
    return this.#connections.get(id)?.client
  }

  pausedMode(): PauseMode | undefined {
    if (this.#pause === undefined) return undefined
    return this.#now().mono < this.#pause.until ? this.#pause.mode : undefined
  }

  pause(mode: PauseMode, until: Millis): void {
    const running = this.pausedMode() === undefined ? undefined : this.#pause
    this.#pause = {
      mode: running?.mode === 'all' ? 'all' : mode,
      until: Math.max(until, running?.until ?? 0),
    }
    this.#armTimer(this.#pause.until)
  }

  unpause(): void {
    clearTimeout(this.#timer)
    this.#pause = undefined
    const held = [...this.#held]
    this.#held.clear()
    for (const connection of held) connection.resume()
  }

  /** Registers a connection with a delayed request; `resume` is called when the pause ends. */
  hold(connection: RegisteredConnection): void {
    this.#held.add(connection)
  }

  closeAll(): void {
    clearTimeout(this.#timer)
    for (const connection of [...this.#connections.values()]) connection.close()
  }

  #armTimer(until: Millis): void {
    clearTimeout(this.#timer)
    const wait = Math.min(Math.max(0, until - this.#now().mono), TIMER_MS_MAX)
    this.#timer = setTimeout(() => {
      if (this.pausedMode() === undefined) this.unpause()
      else this.#armTimer(until)
    }, wait).unref()
  }
}
