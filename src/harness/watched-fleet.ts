import type { Redis } from 'ioredis'

import { formatAddress, sameAddress, type Address } from './address.ts'
import type { TlsEndpoint } from './certificates.ts'
import { bareClient, CommandConnection, endpointOf, pairs, type Endpoint, type Reply } from './connection.ts'
import { eventually, messageOf, notYet, within } from './eventually.ts'
import { Timeline } from './timeline.ts'
import { startWriter, type Writer } from './writer.ts'
import type { WriterOptions } from './writer-types.ts'

/** Time limit for the subscription to a sentinel. */
const SUBSCRIBE_MS = 5_000

/** The fleet to watch, and the credentials. */
export interface WatchOptions {
  /** Any one of its sentinels. */
  readonly sentinel: Address
  readonly masterName: string
  /** Credentials for the data nodes. */
  readonly user?: string
  readonly password?: string
  readonly sentinelUser?: string
  readonly sentinelPassword?: string
  /** TLS for sentinels and data nodes. Default: no TLS. */
  readonly tls?: TlsEndpoint
}

/** An existing fleet, such as a staging one, seen through its sentinels. It starts and changes no process. */
export class WatchedFleet {
  readonly timeline = new Timeline()
  readonly masterName: string
  /** All sentinels of this master: the given one, and those that it knows. */
  readonly sentinels: readonly Address[]
  readonly #options: WatchOptions
  readonly #connections = new Map<string, CommandConnection>()
  readonly #subscribers: Redis[] = []
  #writer: Writer | undefined

  private constructor(options: WatchOptions, sentinels: readonly Address[]) {
    this.#options = options
    this.masterName = options.masterName
    this.sentinels = sentinels
  }

  /**
   * Finds the other sentinels and subscribes to all of them.
   *
   * @throws Error when the sentinel does not answer, does not know the master, or a subscription fails
   */
  static async watch(options: WatchOptions): Promise<WatchedFleet> {
    const first = new CommandConnection(sentinelEndpoint(options, options.sentinel))
    let others: readonly Reply[]
    try {
      const reply = await first.call(['SENTINEL', 'SENTINELS', options.masterName])
      others = Array.isArray(reply) ? reply as readonly Reply[] : []
    } finally {
      first.close()
    }
    const known = others.map(pairs).map((fields) => ({ host: fields['ip'] ?? '', port: Number(fields['port']) }))
    const fleet = new WatchedFleet(options, [options.sentinel, ...known])
    try {
      await Promise.all(fleet.sentinels.map((address) => fleet.#listen(address)))
      return fleet
    } catch (error) {
      await fleet.stop()
      throw error
    }
  }

  /** Sends one command to one sentinel; default: the given one. */
  call(command: readonly [string, ...string[]], sentinel: Address = this.#options.sentinel): Promise<Reply> {
    return this.#connection(sentinelEndpoint(this.#options, sentinel)).call(command)
  }

  /** The fields of SENTINEL MASTER from this sentinel; default: the given one. */
  async master(sentinel?: Address): Promise<Readonly<Record<string, string>>> {
    return pairs(await this.call(['SENTINEL', 'MASTER', this.masterName], sentinel))
  }

  async replicas(): Promise<Readonly<Record<string, string>>[]> {
    const reply = await this.call(['SENTINEL', 'REPLICAS', this.masterName])
    return Array.isArray(reply) ? (reply as readonly Reply[]).map(pairs) : []
  }

  /** Sends one command to a data node. */
  callNode(node: Address, command: readonly [string, ...string[]]): Promise<Reply> {
    const { user, password } = this.#options
    return this.#connection(endpointOf({ ...node, ...this.#tls() }, { user, password })).call(command)
  }

  /**
   * Waits until all sentinels name the same master with the same epoch, and flag it as up.
   *
   * @param awayFrom the address of the old master, which must have been replaced
   */
  async waitUntilAgreed(awayFrom: Address, timeoutMs: number): Promise<Address> {
    return eventually(`all sentinels to agree on a new master of ${this.masterName}`, async () => {
      const seen = await Promise.all(this.sentinels.map((sentinel) => this.master(sentinel)))
      const words = seen.map((one) => `${one['ip']}:${one['port']} ${one['flags']} epoch ${one['config-epoch']}`)
      const [first = {}] = seen
      const address = { host: first['ip'] ?? '', port: Number(first['port']) }
      if (new Set(words).size > 1 || first['flags'] !== 'master') throw notYet(words.join('; '))
      if (sameAddress(address, awayFrom)) throw notYet(`the master is still ${formatAddress(address)}`)
      return address
    }, { timeoutMs })
  }

  /** Starts a writer on the list `key`, which stays on the nodes until an operator removes it. */
  async startWriter(options: Partial<WriterOptions> & { readonly key: string }): Promise<Writer> {
    const { sentinel: _, ...login } = this.#options
    this.#writer = await startWriter({ ...login, sentinels: this.sentinels, timeline: this.timeline, ...options })
    return this.#writer
  }

  async stop(): Promise<void> {
    this.timeline.end()
    await this.#writer?.stop()
    for (const subscriber of this.#subscribers) subscriber.disconnect()
    for (const connection of this.#connections.values()) connection.close()
  }

  /** For `await using`: as `stop()`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.stop()
  }

  async #listen(address: Address): Promise<void> {
    const name = formatAddress(address)
    this.timeline.expectFrom(name, true)
    const subscriber = bareClient(sentinelEndpoint(this.#options, address))
    this.#subscribers.push(subscriber)
    subscriber.on('pmessage', (_pattern, channel, text) => { this.timeline.event(name, channel, text) })
    try {
      await within('its answer', SUBSCRIBE_MS, subscriber.psubscribe('*'))
    } catch (error) {
      throw new Error(`cannot listen to the sentinel ${name}: ${messageOf(error)}`, { cause: error })
    }
  }

  #connection(endpoint: Endpoint): CommandConnection {
    const name = formatAddress(endpoint)
    const connection = this.#connections.get(name) ?? new CommandConnection(endpoint)
    this.#connections.set(name, connection)
    return connection
  }

  #tls(): { readonly tls?: TlsEndpoint } {
    return this.#options.tls === undefined ? {} : { tls: this.#options.tls }
  }
}

function sentinelEndpoint({ sentinelUser, sentinelPassword, tls }: WatchOptions, address: Address): Endpoint {
  const login = { user: sentinelUser, password: sentinelPassword }
  return endpointOf({ ...address, ...(tls !== undefined && { tls }) }, login)
}
