/** Opens the socket of one connection. */
import { connect as connectTcp, isIP, type OnReadOpts, type Socket } from 'node:net'
import type { ConnectionOptions } from 'node:tls'

/** The system detects a lost peer, also on connections that the core does not check. */
const KEEP_ALIVE_MS = 30_000

/** More than most nodes send at once; INFO of a very busy one may be longer. */
const READ_BYTES = 64 * 1024

/**
 * Plain connections share one buffer, which is processed before the next read: a new buffer for each of a thousand
 * reads a second would be most of the garbage of the process.
 */
const READ_BUFFER = Buffer.allocUnsafeSlow(READ_BYTES)

export interface SocketTarget {
  /** A literal IP address. */
  readonly host: string
  readonly port: number
  /** Address of our end (bind-source-addr). */
  readonly localAddress?: string
  /** TLS for this connection; plain TCP without. */
  readonly tls?: ConnectionOptions
}

/**
 * Opens the socket at once; its events report the result. There is no limit on the time to connect: the core closes
 * connections that take too long.
 *
 * @param onBytes called with received bytes; they are valid only until it returns
 * @throws Error when the address is not valid, before anything is opened
 */
export function openSocket({ host, port, localAddress, tls }: SocketTarget, onBytes: (bytes: Buffer) => void): Socket {
  // A name would be looked up here, without the resolver and its limits.
  if (isIP(host) === 0) throw new Error(`${JSON.stringify(host)} is not an IP address`)
  const options = { host, port, noDelay: true, keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE_MS }
  const bound = localAddress === undefined ? options : { ...options, localAddress }
  if (tls === undefined) return connectTcp({ ...bound, onread: readInto(READ_BUFFER, onBytes) })
  // Loaded only for TLS: it takes 6 to 20 ms.
  const { connect: connectTls } = process.getBuiltinModule('node:tls')
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
