import { Redis } from 'ioredis'

import type { TlsEndpoint } from './certificates.ts'
import { within } from './eventually.ts'

/** A RESP2 reply. Error replies are thrown instead. */
export type Reply = string | number | null | readonly Reply[]

/** Where to connect, and with which credentials. */
export interface Endpoint {
  readonly host: string
  readonly port: number
  readonly username?: string
  readonly password?: string
  /** Connect with TLS. Default: no TLS. */
  readonly tls?: TlsEndpoint
}

/** The endpoint for a login whose user or password may be absent. */
export function endpointOf(
  endpoint: Endpoint,
  { user, password }: { readonly user?: string | undefined, readonly password?: string | undefined },
): Endpoint {
  return {
    ...endpoint,
    ...(user !== undefined && { username: user }),
    ...(password !== undefined && { password }),
  }
}

/** Default limit for one command, in milliseconds. */
export const COMMAND_TIMEOUT_MS = 3_000

/**
 * Sends commands to one node and returns plain replies. It connects for the first command, never repeats a command, and
 * connects again after a failure: a test sees exactly what the node did.
 */
export class CommandConnection {
  readonly #endpoint: Endpoint
  #client: Redis | undefined

  constructor(endpoint: Endpoint) {
    this.#endpoint = endpoint
  }

  /** @throws Error with the node's own text for an error reply, or the reason why the node was not reached in time */
  async call(command: readonly [string, ...string[]], timeoutMs = COMMAND_TIMEOUT_MS): Promise<Reply> {
    const client = this.#client ?? this.#open()
    const [name, ...args] = command
    try {
      const where = `the reply of ${this.#endpoint.host}:${this.#endpoint.port} to ${command.join(' ')}`
      return await within(where, timeoutMs, client.call(name, ...args) as Promise<Reply>)
    } catch (error) {
      // After any other error the state of the connection is unknown.
      if (!(error instanceof Error) || error.name !== 'ReplyError') this.#drop(client)
      throw error
    }
  }

  close(): void {
    if (this.#client !== undefined) this.#drop(this.#client)
  }

  #open(): Redis {
    const client = bareClient(this.#endpoint)
    client.once('end', () => { this.#drop(client) })
    this.#client = client
    return client
  }

  #drop(client: Redis): void {
    if (this.#client === client) this.#client = undefined
    client.disconnect()
  }
}

/**
 * An ioredis client without automatic connecting, retrying and queueing, so that every connection and command is one of
 * the harness. It connects at the first command, which also reports errors of the connection.
 */
export function bareClient(endpoint: Endpoint): Redis {
  const client = new Redis({
    host: endpoint.host,
    port: endpoint.port,
    ...(endpoint.username !== undefined && { username: endpoint.username }),
    ...(endpoint.password !== undefined && { password: endpoint.password }),
    ...(endpoint.tls !== undefined && { tls: endpoint.tls }),
    protocol: 2,
    lazyConnect: true,
    connectTimeout: 2_000,
    // The timer of the client keeps the process alive: with the default of 2 s every test file would end that much
    // later.
    disconnectTimeout: 50,
    retryStrategy: () => null,
    maxRetriesPerRequest: 0,
    enableReadyCheck: false,
    autoResubscribe: false,
    autoResendUnfulfilledCommands: false,
    disableClientInfo: true,
  })
  client.on('error', () => undefined)
  return client
}

/** Converts a flat reply of names and values into an object. */
export function pairs(reply: Reply): Readonly<Record<string, string>> {
  if (!Array.isArray(reply)) throw new Error(`expected a list of names and values, got ${JSON.stringify(reply)}`)
  const list: readonly Reply[] = reply
  const entries: [string, string][] = []
  for (let at = 0; at + 1 < list.length; at += 2) entries.push([String(list[at]), String(list[at + 1])])
  return Object.fromEntries(entries)
}
