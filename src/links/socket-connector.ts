/** The socket of one connection, made by us for ioredis: our address, our checks on what comes in, our end. */
import { connect as connectTcp, isIP, type Socket } from 'node:net'
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

/** Looks at bytes before anybody else does. */
export interface Inspector {
  /** Returns what is wrong with the next bytes, if anything is. */
  read(chunk: Buffer): string | undefined
  /** How many of the bytes that were read last are kept back until more come. */
  readonly unfinishedBytes: number
}

/**
 * Opens the socket at once; the outcome is reported by its events. Bytes that `inspector` refuses destroy it and are
 * handed on to nobody. There is no limit on the time to connect: the core closes what takes too long.
 *
 * @throws Error when the address cannot be one, before anything is opened
 */
export function openSocket(target: SocketTarget, inspector: Inspector): Socket {
  const { host, port, localAddress, tls } = target
  // A name would be looked up here, past the resolver and its limits.
  if (isIP(host) === 0) throw new Error(`${JSON.stringify(host)} is not an IP address`)
  const options = { host, port, noDelay: true, ...(localAddress === undefined ? {} : { localAddress }) }
  const socket = tls === undefined ? connectTcp(options) : connectTls({ ...tls, ...options })
  // Commands come as wire text, one character per byte.
  socket.setDefaultEncoding('latin1')
  guardReads(socket, inspector)
  return socket
}

const NOTHING = Buffer.alloc(0)

/**
 * Every byte that a socket reads passes through its `push`, plain or TLS, before it reaches a listener. The decoder of
 * ioredis takes some values for whole before their line end has come; the inspector waits for it. So unfinished lines
 * are kept back: what one of the two has seen the other must have seen too.
 */
function guardReads(socket: Socket, inspector: Inspector): void {
  const push = socket.push.bind(socket)
  let kept: Buffer = NOTHING
  socket.push = (chunk: unknown, encoding?: BufferEncoding): boolean => {
    if (!Buffer.isBuffer(chunk)) return push(chunk, encoding)
    const problem = inspector.read(chunk)
    if (problem !== undefined) {
      socket.destroy(new Error(problem))
      return false
    }
    const bytes = kept.length === 0 ? chunk : Buffer.concat([kept, chunk])
    const end = bytes.length - inspector.unfinishedBytes
    kept = bytes.subarray(end)
    return end === 0 || push(bytes.subarray(0, end), encoding)
  }
}

/** A connector class, as ioredis wants one, that hands out this socket when it stands. */
export function connectorFor(
  socket: Socket, established: 'connect' | 'secureConnect',
): new (options: unknown) => AbstractConnector {
  return class SocketConnector extends AbstractConnector {
    constructor() {
      super(0)
    }

    override connect(): Promise<Socket> {
      return new Promise((resolve, reject) => {
        socket.once(established, () => { resolve(socket) })
        socket.once('close', () => { reject(new Error('the connection was closed before it stood')) })
      })
    }

    /** At once and without waiting for the other side, which may never answer. */
    override disconnect(): void {
      socket.destroy()
    }
  }
}
