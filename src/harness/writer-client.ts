import { Socket } from 'node:net'

import { Redis } from 'ioredis'

import type { Address } from './address.ts'
import { bareClient, endpointOf } from './connection.ts'
import { within } from './eventually.ts'
import { masterOf, sentinelEvent } from './sentinel-event.ts'
import type { WriteAnswer, WriterClient, WriterOptions } from './writer-types.ts'

/** Pause before the client asks the sentinels again. It is short, because it adds to the measured outage. */
const RECONNECT_MS = 20

/** Pause before the client subscribes again to a sentinel that it has lost. */
const SUBSCRIBE_AGAIN_MS = 200

/** Time limit of one write; then the connection is closed, because a paused master keeps its connections open. */
const WRITE_MS = 500

/** ioredis in sentinel mode, set up to follow a failover quickly and never to repeat a write. */
export function sentinelWriterClient(options: WriterOptions): WriterClient {
  return new SentinelWriterClient(options)
}

// The failover detector of ioredis is not used: when it learns of the switch while the client is connecting, the client
// ends for good (6.0.0). This one ends only established connections.
class SentinelWriterClient implements WriterClient {
  readonly #options: WriterOptions
  readonly #subscribers = new Map<Address, Redis>()
  #client: Redis
  #closed = false

  constructor(options: WriterOptions) {
    this.#options = options
    this.#client = this.#open()
    for (const address of options.sentinels) this.#watch(address)
  }

  async write(key: string, value: number): Promise<WriteAnswer> {
    if (this.#client.status === 'end') this.#client = this.#open()
    const client = this.#client
    const server = serverOf(client)
    try {
      const length = await within('the acknowledgement', WRITE_MS, client.rpush(key, value))
      return { server: serverOf(client) ?? server, length }
    } catch (error) {
      this.#reconnect()
      throw error
    }
  }

  close(): void {
    this.#closed = true
    this.#client.disconnect()
    for (const subscriber of this.#subscribers.values()) subscriber.disconnect()
  }

  #open(): Redis {
    const { sentinels, masterName, user, password, sentinelUser, sentinelPassword, tls } = this.#options
    const client = new Redis({
      sentinels: sentinels.map(({ host, port }) => ({ host, port })),
      name: masterName,
      ...(user !== undefined && { username: user }),
      ...(password !== undefined && { password }),
      ...(sentinelUser !== undefined && { sentinelUsername: sentinelUser }),
      ...(sentinelPassword !== undefined && { sentinelPassword }),
      ...(tls !== undefined && { tls, sentinelTLS: tls, enableTLSForSentinelMode: true }),
      protocol: 2,
      connectTimeout: 1_000,
      disconnectTimeout: 50,
      sentinelCommandTimeout: 1_000,
      retryStrategy: () => RECONNECT_MS,
      sentinelRetryStrategy: () => RECONNECT_MS,
      maxRetriesPerRequest: 0,
      autoResendUnfulfilledCommands: false,
      disableClientInfo: true,
    })
    client.on('error', () => undefined)
    return client
  }

  /** Ends an established connection, also during a write; a client that is connecting asks the sentinels anyway. */
  #reconnect(): void {
    const { status } = this.#client
    if (status === 'ready' || status === 'connect') this.#client.disconnect(true)
  }

  #watch(address: Address): void {
    if (this.#closed) return
    const { masterName, sentinelUser, sentinelPassword, tls } = this.#options
    const endpoint = { ...address, ...(tls !== undefined && { tls }) }
    const subscriber = bareClient(endpointOf(endpoint, { user: sentinelUser, password: sentinelPassword }))
    this.#subscribers.set(address, subscriber)
    subscriber.on('message', (channel, text) => {
      const event = sentinelEvent({ event: channel, text })
      if (event !== undefined && masterOf(event) === masterName) this.#reconnect()
    })
    subscriber.once('end', () => {
      setTimeout(() => { this.#watch(address) }, SUBSCRIBE_AGAIN_MS).unref()
    })
    // A sentinel that cannot be reached ends the connection, and the next attempt follows.
    subscriber.subscribe('+switch-master').catch(() => undefined)
  }
}

function serverOf(client: Redis): Address | undefined {
  const { stream } = client
  if (!(stream instanceof Socket) || stream.remoteAddress === undefined) return undefined
  return { host: stream.remoteAddress, port: stream.remotePort ?? 0 }
}
