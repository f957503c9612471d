/**
 * Asks other sentinels for what a person looks at. The connections are not those of the core, so that nothing of it
 * waits for the answers. They are opened when they are needed and closed when nothing was asked for a while.
 */
import { isIP } from 'node:net'
import type { ConnectionOptions } from 'node:tls'

import type { Reply } from '../core/index.ts'
import type { AskTarget, Resolver, SentinelAsker } from '../ports/index.ts'
import { AskConnection } from './ask-connection.ts'
import { ASK_CONNECTIONS_MAX, ASK_IDLE_MS, ASK_MS_MAX } from './limits.ts'

export interface SentinelAskerOptions {
  /** Words after AUTH; undefined where the other sentinels need no login. */
  readonly login: () => readonly string[] | undefined
  /** The name of the connections in CLIENT LIST of the others. */
  readonly clientName: string
  readonly resolver: Resolver
  /** Local address of the connections (bind-source-addr). */
  readonly bindSourceAddr?: string
  /** TLS of new connections (tls-replication); undefined for plain TCP. */
  readonly tls: () => ConnectionOptions | undefined
  /** Milliseconds without a question after which a connection is closed. */
  readonly idleMs?: number
  /** Milliseconds in which a question must be answered, connecting included. */
  readonly limitMs?: number
}

export function createSentinelAsker(options: SentinelAskerOptions): SentinelAsker {
  return new ConnectedAsker(options)
}

class ConnectedAsker implements SentinelAsker {
  readonly #options: SentinelAskerOptions
  /** The connections by address, the one that was used last at the end. */
  readonly #connections = new Map<string, AskConnection>()
  #isClosed = false

  constructor(options: SentinelAskerOptions) {
    this.#options = options
  }

  async ask(target: AskTarget, commands: readonly (readonly string[])[]): Promise<readonly Reply[]> {
    let connection: AskConnection | undefined
    let limit: NodeJS.Timeout | undefined
    const limitMs = this.#options.limitMs ?? ASK_MS_MAX
    const late = new Promise<never>((_resolve, reject) => {
      limit = setTimeout(() => {
        const reason = new Error(`no answer within ${limitMs} ms`)
        connection?.fail(reason)
        reject(reason)
      }, limitMs)
    })
    const answer = async (): Promise<readonly Reply[]> => {
      connection = await this.#connectionTo(target)
      return connection.ask(commands)
    }
    try {
      return await Promise.race([answer(), late])
    } finally {
      clearTimeout(limit)
    }
  }

  close(): void {
    this.#isClosed = true
    for (const connection of [...this.#connections.values()]) connection.fail(new Error('this sentinel is stopping'))
  }

  async #connectionTo(target: AskTarget): Promise<AskConnection> {
    const key = `${target.host} ${target.port}`
    const host = this.#connections.has(key) ? target.host : await this.#addressOf(target.host)
    if (this.#isClosed) throw new Error('this sentinel is stopping')
    const known = this.#connections.get(key)
    if (known !== undefined) {
      this.#connections.delete(key)
      this.#connections.set(key, known)
      return known
    }
    for (const [oldest, connection] of this.#connections) {
      if (this.#connections.size < ASK_CONNECTIONS_MAX) break
      connection.fail(new Error('too many sentinels are asked at the same time'))
      this.#connections.delete(oldest)
    }
    return this.#open(key, { host, port: target.port })
  }

  #open(key: string, { host, port }: AskTarget): AskConnection {
    const { login, clientName, bindSourceAddr, tls, idleMs = ASK_IDLE_MS } = this.#options
    const encrypted = tls()
    const connection = new AskConnection({
      target: {
        host, port,
        ...bindSourceAddr === undefined ? {} : { localAddress: bindSourceAddr },
        ...encrypted === undefined ? {} : { tls: encrypted },
      },
      login: login(), clientName, idleMs,
      onClose: () => { if (this.#connections.get(key) === connection) this.#connections.delete(key) },
    })
    this.#connections.set(key, connection)
    return connection
  }

  #addressOf(host: string): Promise<string> {
    if (isIP(host) !== 0) return Promise.resolve(host)
    return new Promise((resolve, reject) => {
      this.#options.resolver.resolve(host, (address) => {
        if (address === undefined) reject(new Error(`the name ${host} cannot be resolved`))
        else resolve(address)
      })
    })
  }
}
