/** All outgoing connections, by the id that the core gave them. */
import type { ConnectionOptions } from 'node:tls'

import type { ConnectionId, Input, Request } from '../core/index.ts'
import type { Links, LinkTarget } from '../ports/index.ts'
import { RedisLink } from './redis-link.ts'

export interface LinksOptions {
  /** Receives what happens on the connections. Called asynchronously, never from within a method of Links. */
  readonly sink: (input: Input) => void
  /** Local address of all outgoing connections (bind-source-addr). */
  readonly bindSourceAddr?: string
  /** TLS of new connections (tls-replication); undefined for plain TCP. Default: plain TCP. */
  readonly tls?: () => ConnectionOptions | undefined
}

export function createLinks(options: LinksOptions): Links {
  return new SocketLinks(options)
}

class SocketLinks implements Links {
  readonly #options: LinksOptions
  readonly #links = new Map<ConnectionId, RedisLink>()

  constructor(options: LinksOptions) {
    this.#options = options
  }

  open(connection: ConnectionId, target: LinkTarget): void {
    const { sink, bindSourceAddr } = this.#options
    const tls = this.#options.tls?.()
    const socketTarget = {
      host: target.host,
      port: target.port,
      ...(bindSourceAddr === undefined ? {} : { localAddress: bindSourceAddr }),
      ...(tls === undefined ? {} : { tls }),
    }
    this.#links.set(connection, new RedisLink(socketTarget, {
      connected: (localAddress) => { sink({ type: 'connected', connection, localAddress }) },
      disconnected: ({ cause, reason }) => {
        this.#links.delete(connection)
        sink({ type: 'disconnected', connection, cause, reason })
      },
      reply: (request, reply) => { sink({ type: 'reply', connection, request, reply }) },
      subscribed: () => { sink({ type: 'subscribed', connection }) },
      message: (payload) => { sink({ type: 'message', connection, payload }) },
    }))
  }

  send(connection: ConnectionId, argv: readonly string[], request: Request): void {
    this.#links.get(connection)?.send(argv, request)
  }

  subscribe(connection: ConnectionId, command: string, channel: string): void {
    this.#links.get(connection)?.subscribe(command, channel)
  }

  close(connection: ConnectionId): void {
    this.#links.get(connection)?.close()
    this.#links.delete(connection)
  }

  closeAll(): void {
    for (const link of this.#links.values()) link.close()
    this.#links.clear()
  }
}
