/** The listeners of the proxy: plain and encrypted ports for writes and reads, and a unix socket. */
import { createServer, type ListenOptions, type Server, type Socket } from 'node:net'
import type { SecureContextOptions } from 'node:tls'

import type { Logger } from '../../ports/index.ts'
import { hostAndPort, knownSystemError } from '../../text/index.ts'
import type { Purpose } from '../route/route.ts'
import type { ProxySettings } from '../settings/settings.ts'
import { HANDSHAKE_MS_MAX } from './limits.ts'
import { openSocket, removeLeftSocket } from './unix-socket.ts'

export interface ListenersOptions {
  readonly settings: ProxySettings
  /** For the ports with TLS; undefined when there are none. */
  readonly tls: SecureContextOptions | undefined
  /** Called with a paused connection, after its handshake where it is encrypted. */
  readonly onConnection: (socket: Socket, purpose: Purpose, isEncrypted: boolean) => void
  readonly logger: Logger
  /** Whether this is a worker process, to which another process passes connections. */
  readonly sharesPorts: boolean
}

/** What one directive makes the proxy listen on. */
interface Endpoint {
  readonly directive: string
  readonly purpose: Purpose
  readonly isEncrypted: boolean
  readonly listen: ListenOptions
  readonly name: string
  /** An address that this machine may lack (`-::1`). */
  readonly isOptional: boolean
}

/** The addresses, or the problem and what to do. */
export type Listening =
  | { readonly ok: true, readonly names: readonly string[] }
  | { readonly ok: false, readonly problem: string }

export class Listeners {
  readonly #options: ListenersOptions
  readonly #servers: Server[] = []

  constructor(options: ListenersOptions) {
    this.#options = options
  }

  /** Resolves with the addresses, or with the problem and what to do. */
  async listen(): Promise<Listening> {
    const { settings, sharesPorts } = this.#options
    const names: string[] = []
    if (!sharesPorts) removeLeftSocket(settings)
    for (const endpoint of endpointsOf(settings)) {
      const error = await this.#listenOn(endpoint)
      if (error === undefined) names.push(endpoint.name)
      else if (!endpoint.isOptional || !MISSING_ADDRESS.has(error.code)) {
        this.close()
        return { ok: false, problem: listenProblem(endpoint, error) }
      }
    }
    if (!sharesPorts) openSocket(settings)
    return { ok: true, names }
  }

  /** Stops listening. Open connections stay. */
  close(): void {
    for (const server of this.#servers.splice(0)) server.close()
  }

  #listenOn(endpoint: Endpoint): Promise<NodeJS.ErrnoException | undefined> {
    const server = endpoint.isEncrypted ? this.#tlsServer(endpoint) : this.#plainServer(endpoint)
    return new Promise((resolve) => {
      server.once('error', resolve)
      server.listen({ ...endpoint.listen, backlog: this.#options.settings.tcpBacklog }, () => {
        server.off('error', resolve)
        server.on('error', (error) => { this.#options.logger.log('warning', `Error accepting a connection: ${error.message}`) })
        this.#servers.push(server)
        resolve(undefined)
      })
    })
  }

  get #socketOptions() {
    const { keepAliveSeconds } = this.#options.settings
    return {
      noDelay: true, allowHalfOpen: true, pauseOnConnect: true,
      keepAlive: keepAliveSeconds > 0, keepAliveInitialDelay: keepAliveSeconds * 1_000,
    }
  }

  #plainServer({ purpose }: Endpoint): Server {
    return createServer(this.#socketOptions, (socket) => { this.#options.onConnection(socket, purpose, false) })
  }

  #tlsServer({ purpose }: Endpoint): Server {
    const { tls, settings: { tls: { authClients }, maxClients }, logger } = this.#options
    const server = process.getBuiltinModule('node:tls').createServer({
      ...tls, ...this.#socketOptions, pauseOnConnect: false,
      requestCert: authClients !== 'no', rejectUnauthorized: authClients === 'yes', handshakeTimeout: HANDSHAKE_MS_MAX,
    })
    // Handshakes cost memory before the connections are counted.
    server.maxConnections = maxClients
    server.on('secureConnection', (socket) => {
      const isRefused = authClients === 'optional' && !socket.authorized && Object.keys(socket.getPeerCertificate()).length > 0
      if (isRefused) {
        logger.log('verbose', `Refused the certificate of a client: ${String(socket.authorizationError)}`)
        socket.destroy()
        return
      }
      socket.pause()
      this.#options.onConnection(socket, purpose, true)
    })
    server.on('tlsClientError', (error, socket) => {
      logger.log('verbose', `TLS handshake of a client failed: ${error.message}`)
      socket.destroy()
    })
    return server
  }
}

function endpointsOf(settings: ProxySettings): Endpoint[] {
  const { port, readPort, tlsPort, tlsReadPort, unixSocket, bind } = settings
  const ports = [
    { directive: 'port', port, purpose: 'write', isEncrypted: false },
    { directive: 'read-port', port: readPort, purpose: 'read', isEncrypted: false },
    { directive: 'tls-port', port: tlsPort, purpose: 'write', isEncrypted: true },
    { directive: 'tls-read-port', port: tlsReadPort, purpose: 'read', isEncrypted: true },
  ] as const
  const used = ports.filter((one) => one.port !== 0)
  const byPort = used.flatMap(({ port: number, ...rest }) => bind.map((address): Endpoint => {
    const isOptional = address.startsWith('-')
    const host = isOptional ? address.slice(1) : address
    return { ...rest, listen: listenOptions(host, number), name: hostAndPort(host, number), isOptional }
  }))
  if (unixSocket === undefined) return byPort
  return [...byPort, {
    directive: 'unixsocket', purpose: 'write', isEncrypted: false, listen: { path: unixSocket }, name: unixSocket, isOptional: false,
  }]
}

/** `*`: all addresses of both kinds; `::*`: all IPv6 addresses. */
function listenOptions(host: string, port: number): ListenOptions {
  if (host === '*') return { port }
  return host === '::*' ? { port, host: '::', ipv6Only: true } : { port, host, ipv6Only: true }
}

const MISSING_ADDRESS: ReadonlySet<string | undefined> = new Set(['EADDRNOTAVAIL', 'EAFNOSUPPORT'])

function listenProblem({ directive, name }: Endpoint, error: NodeJS.ErrnoException): string {
  const advice = error.code === 'EADDRINUSE' ? `Another process uses it: stop that process, or change ${directive}.`
    : error.code === 'EACCES' ? `This user may not use it: change ${directive}; ports below 1024 need CAP_NET_BIND_SERVICE.`
      : error.code === 'EADDRNOTAVAIL' ? 'This machine does not have the address: change bind.' : `Change ${directive} or bind.`
  return `Cannot listen on ${name}: ${knownSystemError(error) ?? error.message}. ${advice}`
}
