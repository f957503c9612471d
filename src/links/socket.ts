/** The socket of one connection. */
import { connect as connectTcp, isIP, type Socket } from 'node:net'
import { connect as connectTls, type ConnectionOptions } from 'node:tls'

/** A peer that vanished without a word is noticed by the system, too, where the core watches nothing. */
const KEEP_ALIVE_MS = 30_000

export interface SocketTarget {
  /** A literal IP address. */
  readonly host: string
  readonly port: number
  /** Our end's address (bind-source-addr). */
  readonly localAddress?: string
  /** TLS for this connection; plain TCP without. */
  readonly tls?: ConnectionOptions
}

/**
 * Opens the socket at once; the outcome is reported by its events. There is no limit on the time to connect: the core
 * closes what takes too long.
 *
 * @throws Error when the address cannot be one, before anything is opened
 */
export function openSocket({ host, port, localAddress, tls }: SocketTarget): Socket {
  // A name would be looked up here, past the resolver and its limits.
  if (isIP(host) === 0) throw new Error(`${JSON.stringify(host)} is not an IP address`)
  const options = { host, port, noDelay: true, keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE_MS }
  const bound = localAddress === undefined ? options : { ...options, localAddress }
  return tls === undefined ? connectTcp(bound) : connectTls({ ...tls, ...bound })
}
