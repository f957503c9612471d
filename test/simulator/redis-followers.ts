/** Those who replicate from a data node: they are brought up to date, fed, and dropped when they fall silent. */
import type { Endpoint } from './connection.ts'
import type { Micros } from './event-queue.ts'
import type { Life } from './host.ts'
import type { Dataset } from './redis-dataset.ts'
import type { ReplicationMessage, Write } from './wire.ts'

export interface Follower {
  readonly ip: string
  readonly port: number
  state: 'wait_bgsave' | 'online'
  offset: number
  ackedAt: Micros
}

export interface FollowersOptions {
  readonly life: Life
  readonly dataset: Dataset
  /** From the request for everything to its arrival. Redis waits 5 s for more replicas before it begins. */
  readonly fullSync: () => Micros
  /** A replica cannot serve while it has not caught up itself. */
  readonly canServe: () => boolean
  readonly onAcknowledged: () => void
  /** The master hands over: becomes a master itself if it has the data with this id. */
  readonly takeOver: (replid: string) => boolean
}

/** repl-timeout of Redis. */
export const REPLICATION_TIMEOUT: Micros = 60_000_000

export class Followers {
  readonly #options: FollowersOptions
  readonly #followers = new Map<Endpoint, Follower>()

  constructor(options: FollowersOptions) {
    this.#options = options
  }

  get size(): number {
    return this.#followers.size
  }

  all(): Follower[] {
    return [...this.#followers.values()]
  }

  /** Those that acknowledged something within `lag`. */
  good(lag: Micros): number {
    let good = 0
    for (const { state, ackedAt } of this.#followers.values()) {
      if (state === 'online' && this.#now - ackedAt <= lag) good += 1
    }
    return good
  }

  /** Sends new writes to everybody who is in step. */
  feed(writes: readonly Write[]): void {
    const { offset } = this.#options.dataset
    for (const [endpoint, follower] of this.#followers) {
      if (follower.state === 'online') say(endpoint, { kind: 'stream', writes, offset })
    }
  }

  /** A replica talks to us on a connection that it opened. */
  serve(endpoint: Endpoint, message: ReplicationMessage): void {
    if (message.kind === 'psync') this.#synchronise(endpoint, message)
    else if (message.kind === 'ack') {
      const follower = this.#followers.get(endpoint)
      if (follower === undefined) return
      follower.offset = message.offset
      follower.ackedAt = this.#now
      this.#options.onAcknowledged()
    }
  }

  lost(endpoint: Endpoint): void {
    this.#followers.delete(endpoint)
  }

  dropAll(): void {
    for (const endpoint of this.#followers.keys()) endpoint.close()
    this.#followers.clear()
  }

  dropSilent(): void {
    for (const [endpoint, { state, ackedAt }] of this.#followers) {
      if (state !== 'online' || this.#now - ackedAt <= REPLICATION_TIMEOUT) continue
      this.#followers.delete(endpoint)
      endpoint.close()
    }
  }

  #synchronise(endpoint: Endpoint, asked: Extract<ReplicationMessage, { kind: 'psync' }>): void {
    const { dataset, life, fullSync, canServe, takeOver } = this.#options
    if (asked.isHandover && !takeOver(asked.replid)) {
      say(endpoint, { kind: 'refused', error: 'ERR PSYNC FAILOVER replid must match my replid.' })
      return
    }
    if (!canServe()) {
      say(endpoint, { kind: 'refused', error: 'NOMASTERLINK Can\'t SYNC while not connected with my master' })
      return
    }
    const follower: Follower = {
      ip: asked.ip ?? endpoint.peerIp, port: asked.port, state: 'wait_bgsave', offset: 0, ackedAt: this.#now,
    }
    this.#followers.set(endpoint, follower)
    dataset.backlogFrom ??= dataset.offset
    const missing = dataset.missing(asked.replid, asked.offset)
    if (missing !== undefined) {
      follower.state = 'online'
      follower.offset = asked.offset
      say(endpoint, { kind: 'continue', replid: dataset.replid, writes: missing, offset: dataset.offset })
      return
    }
    life.after(fullSync(), () => {
      if (this.#followers.get(endpoint) !== follower) return
      follower.state = 'online'
      follower.ackedAt = this.#now
      const { origin, replid, writes, offset } = dataset
      say(endpoint, { kind: 'full-sync', origin, replid, writes: [...writes], offset })
    })
  }

  get #now(): Micros {
    return this.#options.life.host.queue.now
  }
}

function say(endpoint: Endpoint, message: ReplicationMessage): void {
  endpoint.send({ kind: 'replication', message })
}
