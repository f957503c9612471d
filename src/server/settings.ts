import type { Server as NetServer, Socket } from 'node:net'

import type { RequestLimits } from '../resp/index.ts'
import { DEFAULT_REQUEST_LIMITS } from '../resp/index.ts'

const MB = 1024 * 1024

/** The settings of the listening side (config.md, directives of the same names). */
export interface ServerSettings {
  readonly listeners: readonly ListenerSettings[]
  readonly maxClients: number
  /** `timeout`: seconds without traffic after which a connection is closed; 0 = never. Subscribers are exempt. */
  readonly idleTimeoutSeconds: number
  /** `tcp-keepalive`; 0 = off. */
  readonly keepAliveSeconds: number
  readonly protectedMode: boolean
  readonly requestLimits: RequestLimits
  readonly outputLimits: { readonly normal: OutputLimit, readonly pubsub: OutputLimit }
}

/** `client-output-buffer-limit` of one class; 0 = no limit. */
export interface OutputLimit {
  readonly hardBytes: number
  /** More than this during `softSeconds` exceeds the limit as well. */
  readonly softBytes: number
  readonly softSeconds: number
}

export type ListenerSettings = TcpListenerSettings | UnixListenerSettings

export interface TcpListenerSettings {
  readonly kind: 'tcp' | 'tls'
  /** Tokens of `bind`: `*`, `::*`, addresses, names; a leading minus makes one optional. */
  readonly bind: readonly string[]
  /** 0 lets the system choose (tests). A port that is off is no listener at all. */
  readonly port: number
  readonly backlog: number
  /** Creates the server that accepts connections; plain TCP unless given. TLS is added here. */
  readonly acceptor?: Acceptor
}

export interface UnixListenerSettings {
  readonly kind: 'unix'
  readonly path: string
  /** Permissions of the socket file; 0 = as the umask leaves them. */
  readonly mode: number
  readonly backlog: number
}

export interface AcceptorOptions {
  readonly allowHalfOpen: true
  readonly noDelay: boolean
  readonly keepAlive: boolean
  readonly keepAliveInitialDelay: number
}

/** The callbacks of an acceptor. */
export interface AcceptorEvents {
  /** A connection is ready for requests. */
  readonly onSocket: (socket: Socket) => void
  /**
   * A connection arrived that needs a handshake first; `waiting` is the number of others in their handshake. False:
   * there are too many connections, and it must be closed.
   */
  readonly onArrival: (socket: Socket, waiting: number) => boolean
  /** A connection ended before it was ready. The reason is part of a log line. */
  readonly onFailure: (reason: string) => void
}

/** Makes a server that is not listening yet. */
export type Acceptor = (options: AcceptorOptions, events: AcceptorEvents) => NetServer

/** The original's defaults. */
export const DEFAULT_SERVER_SETTINGS: Omit<ServerSettings, 'listeners'> = Object.freeze({
  maxClients: 10_000,
  idleTimeoutSeconds: 0,
  keepAliveSeconds: 300,
  protectedMode: false,
  requestLimits: DEFAULT_REQUEST_LIMITS,
  outputLimits: Object.freeze({
    normal: { hardBytes: 0, softBytes: 0, softSeconds: 0 },
    pubsub: { hardBytes: 32 * MB, softBytes: 8 * MB, softSeconds: 60 },
  }),
})
