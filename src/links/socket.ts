/** The socket of one connection. */
import { connect as connectTcp, isIP, type OnReadOpts, type Socket } from 'node:net'
import { connect as connectTls, type ConnectionOptions } from 'node:tls'

/** A peer that vanished without a word is noticed by the system, too, where the core watches nothing. */
const KEEP_ALIVE_MS = 30_000

/** More than a node sends in one go, but for the INFO of a very busy one. */
const READ_BYTES = 64 * 1024

/**
 * What comes in on plain connections is read into this one place and taken out before the next read: a buffer for
 * each of a thousand reads a second would be most of the garbage of the process.
 */
const READ_BUFFER = Buffer.allocUnsafeSlow(READ_BYTES)

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
 * @param onBytes gets what comes in; the bytes are valid only until it returns
 * @throws Error when the address cannot be one, before anything is opened
 */
export function openSocket({ host, port, localAddress, tls }: SocketTarget, onBytes: (bytes: Buffer) => void): Socket {
  // A name would be looked up here, past the resolver and its limits.
  if (isIP(host) === 0) throw new Error(`${JSON.stringify(host)} is not an IP address`)
  const options = { host, port, noDelay: true, keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE_MS }
  const bound = localAddress === undefined ? options : { ...options, localAddress }
  if (tls === undefined) return connectTcp({ ...bound, onread: readInto(READ_BUFFER, onBytes) })
  return connectTls({ ...tls, ...bound }).on('data', onBytes)
}

function readInto(buffer: Buffer, onBytes: (bytes: Buffer) => void): OnReadOpts {
  return {
    buffer,
    callback: (count) => {
      onBytes(buffer.subarray(0, count))
      return true
    },
  }
}
