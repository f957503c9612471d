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

/** Looks at bytes before anybody else does. Returns what is wrong with them, if anything is. */
export type Inspect = (chunk: Buffer) => string | undefined

/**
 * Opens the socket at once; the outcome is reported by its events. Bytes that `inspect` refuses destroy it and are
 * handed on to nobody. There is no limit on the time to connect: the core closes what takes too long.
 *
 * @throws Error when the address cannot be one, before anything is opened
 */
export function openSocket(target: SocketTarget, inspect: Inspect): Socket {
  const { host, port, localAddress, tls } = target
  // A name would be looked up here, past the resolver and its limits.
  if (isIP(host) === 0) throw new Error(`${JSON.stringify(host)} is not an IP address`)
  const options = { host, port, noDelay: true, ...(localAddress === undefined ? {} : { localAddress }) }
  const socket = tls === undefined ? connectTcp(options) : connectTls({ ...tls, ...options })
  // Commands come as wire text, one character per byte.
  socket.setDefaultEncoding('latin1')
  guardReads(socket, inspect)
  return socket
}

const CARRIAGE_RETURN = Buffer.from('\r')

/**
 * Every byte that a socket reads passes through its `push`, plain or TLS, before it reaches a listener. A CR at the
 * end of a chunk waits for what follows: ioredis takes a reply for whole at its last CR, the scanner at the LF, and
 * what one of them has seen the other must have seen too.
 */
function guardReads(socket: Socket, inspect: Inspect): void {
  const push = socket.push.bind(socket)
  let isHeld = false
  socket.push = (chunk: unknown, encoding?: BufferEncoding): boolean => {
    if (!Buffer.isBuffer(chunk)) return push(chunk, encoding)
    const problem = inspect(chunk)
    if (problem !== undefined) {
      socket.destroy(new Error(problem))
      return false
    }
    const bytes = isHeld ? Buffer.concat([CARRIAGE_RETURN, chunk]) : chunk
    isHeld = bytes.at(-1) === CARRIAGE_RETURN[0]
    const passed = isHeld ? bytes.subarray(0, -1) : bytes
    return passed.length === 0 || push(passed, encoding)
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
