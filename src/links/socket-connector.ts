/** Makes the socket of one connection for ioredis, from the address that the core chose. */
import { connect as connectTcp, type Socket } from 'node:net'
import { connect as connectTls, type ConnectionOptions } from 'node:tls'

import { AbstractConnector } from 'ioredis'

export interface SocketTarget {
  /** A literal IP address. */
  readonly host: string
  readonly port: number
  /** Our end's address (bind-source-addr). */
  readonly localAddress?: string
  /** TLS for this connection; plain TCP without. */
  readonly tls?: ConnectionOptions
}

/** Opens the socket at once; the outcome is reported by its events. */
export function openSocket(target: SocketTarget): Socket {
  const { host, port, localAddress, tls } = target
  const options = { host, port, ...(localAddress === undefined ? {} : { localAddress }) }
  return tls === undefined ? connectTcp(options) : connectTls({ ...options, ...tls })
}

/** A connector class, as ioredis wants one, that hands out exactly this socket. */
export function connectorFor(socket: Socket): new (options: unknown) => AbstractConnector {
  return class SocketConnector extends AbstractConnector {
    constructor() {
      super(0)
    }

    override connect(): Promise<Socket> {
      return Promise.resolve(socket)
    }

    override disconnect(): void {
      socket.destroy()
    }
  }
}
