/** Listens with TLS: a connection is passed on when its handshake is complete. */
import { createServer as createNetServer, type Socket } from 'node:net'
import type { SecureContextOptions, Server as TlsServer, TLSSocket } from 'node:tls'

import { HANDSHAKE_MS_MAX } from './limits.ts'
import type { Acceptor, AcceptorEvents } from './settings.ts'
import { addressesOf } from './socket-origin.ts'
import { handshakeFailure, refusedCertificate } from './tls-failure.ts'

/** The encryption of incoming connections, and which clients are accepted (config.md 4.2). */
export interface TlsAcceptorOptions {
  /**
   * Certificate, key, trust, protocols, ciphers. They must have been checked: a bad one throws. Called for each
   * connection; another object than before is used for this connection and those that follow.
   */
  readonly context: () => SecureContextOptions
  /** tls-auth-clients: `yes` requires a certificate, `optional` checks it if there is one, `no` requests none. */
  readonly clientCertificate: 'yes' | 'optional' | 'no'
  /** Limit for the handshake in milliseconds. Default `HANDSHAKE_MS_MAX`. */
  readonly handshakeMs?: number
}

/** An acceptor for all the addresses of one listener. */
export function tlsAcceptor(tls: TlsAcceptorOptions): Acceptor {
  const state: State = { open: 0, ready: 0, origins: new WeakMap() }
  return (options, events) => {
    const { server, renew } = handshakeServer(tls, events, state)
    // A peer that ends its side during the handshake will not read. After the handshake it still may.
    return createNetServer({ ...options, allowHalfOpen: false }, (socket) => {
      if (!events.onArrival(socket, state.open - state.ready)) {
        // The original closes without a message, too: none can be sent before the handshake.
        socket.destroy()
        return
      }
      countWhileOpen(state, 'open', socket)
      state.origins.set(socket, addressesOf(socket))
      renew()
      server.emit('connection', socket)
    })
  }
}

interface State {
  /** Open connections, with or without a complete handshake. */
  open: number
  /** Those of them with a complete handshake. */
  ready: number
  readonly origins: Origins
}

function countWhileOpen(state: State, which: 'open' | 'ready', socket: Socket): void {
  state[which] += 1
  socket.once('close', () => { state[which] -= 1 })
}

interface HandshakeServer {
  readonly server: TlsServer
  /** Takes the present certificates for the connections that follow. Those that exist keep theirs. */
  readonly renew: () => void
}

/** Listens nowhere itself: connections are given to it one by one. */
function handshakeServer(tls: TlsAcceptorOptions, events: AcceptorEvents, state: State): HandshakeServer {
  const { context, clientCertificate, handshakeMs = HANDSHAKE_MS_MAX } = tls
  let used = context()
  // Loaded when a listener uses it: most starts need no TLS.
  const server = process.getBuiltinModule('node:tls').createServer({
    ...used,
    requestCert: clientCertificate !== 'no',
    rejectUnauthorized: clientCertificate === 'yes',
    handshakeTimeout: handshakeMs,
  })
  const refuse = (socket: TLSSocket, reason: string) => {
    events.onFailure(`${reason}${whose(socket, state.origins)}`)
    // It may still report that the peer has left; that needs no handling.
    socket.on('error', () => undefined)
    socket.destroy()
  }
  server.on('secureConnection', (socket) => {
    const refusal = clientCertificate === 'optional' && isCertificateShown(socket) ? refusedCertificate(socket) : undefined
    if (refusal !== undefined) {
      refuse(socket, refusal)
      return
    }
    countWhileOpen(state, 'ready', socket)
    socket.allowHalfOpen = true
    events.onSocket(socket)
  })
  server.on('tlsClientError', (error, socket) => { refuse(socket, handshakeFailure(error, socket)) })
  const renew = () => {
    const present = context()
    if (present === used) return
    server.setSecureContext(present)
    used = present
  }
  return { server, renew }
}

/** Whether the peer sent a certificate. The library reports a missing one as an error, which `optional` allows. */
function isCertificateShown(socket: TLSSocket): boolean {
  return Object.keys(socket.getPeerCertificate()).length > 0
}

/** Addresses by socket, because a closed socket no longer has them. */
type Origins = WeakMap<Socket, ReturnType<typeof addressesOf>>

/**
 * The peer's address, as newer releases of the original log it. Node has the connection of a TLS socket only in a
 * private field; without that field the line is shorter.
 */
function whose(socket: TLSSocket, origins: Origins): string {
  const { _parent: below } = socket as unknown as { readonly _parent?: Socket | null }
  const origin = below === undefined || below === null ? undefined : origins.get(below)
  return origin === undefined ? '' : ` (addr=${origin.address} laddr=${origin.localAddress})`
}
