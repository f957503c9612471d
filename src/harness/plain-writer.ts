/** A client that knows one address and nothing of Sentinel, such as an application behind a proxy. */
import { Redis } from 'ioredis'

import type { ProxyConnection } from './client-connection.ts'
import type { Endpoint } from './connection.ts'
import { TimedOutError, within } from './eventually.ts'
import type { WriteAnswer, WriterClient, WriterOptions } from './writer-types.ts'

/** Pause before the client connects again. It is short, because it adds to the measured outage. */
const RECONNECT_MS = 20

/**
 * Time limit of one write, in milliseconds; then the connection is closed. It is longer than a proxy lets clients wait
 * for a master by default (`wait-for-master`), because most libraries have no limit of their own.
 */
const WRITE_MS = 6_000

/**
 * The options of a writer without Sentinel support:
 * `deployment.startWriter(plainWriter(deployment.connection('proxy')))`. It connects again when its connection is
 * closed, after an error reply it stays connected, and it never repeats a write.
 */
export function plainWriter(connection: Endpoint | ProxyConnection): Required<Pick<WriterOptions, 'client' | 'timeoutMs'>> {
  return { client: new PlainWriterClient(connection), timeoutMs: WRITE_MS + 1_000 }
}

class PlainWriterClient implements WriterClient {
  readonly #client: Redis

  constructor(connection: Endpoint | ProxyConnection) {
    this.#client = new Redis({
      ...connection,
      protocol: 2,
      connectTimeout: 1_000,
      disconnectTimeout: 50,
      retryStrategy: () => RECONNECT_MS,
      maxRetriesPerRequest: 0,
      enableReadyCheck: false,
      autoResendUnfulfilledCommands: false,
      disableClientInfo: true,
    })
    this.#client.on('error', () => undefined)
  }

  /** The server is not known: a proxy is connected to it. */
  async write(key: string, value: number): Promise<WriteAnswer> {
    const reply = this.#client.rpush(key, value)
    try {
      return { length: await within('the acknowledgement', WRITE_MS, reply) }
    } catch (error) {
      if (error instanceof TimedOutError) this.#client.disconnect(true)
      throw error
    }
  }

  close(): void {
    this.#client.disconnect()
  }
}
