import type { Server as NetServer, Socket } from 'node:net'

import type { ClientRegistry, CommandEnvironment, CommandRename, ServerCounters, ServerFacts } from '../commands/index.ts'
import { Dispatcher } from '../commands/index.ts'
import { refusalToAdmit } from './admission.ts'
import { Registry } from './client-registry.ts'
import type { ConnectionHost } from './connection-host.ts'
import { Connection } from './connection.ts'
import { Counters } from './counters.ts'
import { DeliveryRound } from './delivery-round.ts'
import type { OpenedListener } from './listener.ts'
import { InputBudget } from './input-budget.ts'
import { openListener } from './listener.ts'
import type { AcceptorOptions, ServerSettings } from './settings.ts'
import { originOf } from './socket-origin.ts'
import { Subscriptions } from './subscriptions.ts'
import { Turns } from './turns.ts'

/** The parts of the commands' environment that the server adds itself. */
type OwnParts = 'commands' | 'memo' | 'clients' | 'counters' | 'facts'

/** The other dependencies of commands; the composition root provides them. */
export interface ServerWorld extends Omit<CommandEnvironment, OwnParts> {
  readonly facts: Omit<ServerFacts, 'maxClients' | 'tcpPort' | 'listeners'>
  /** New names of commands; an empty one removes its command. Default: none. */
  readonly renamedCommands?: readonly CommandRename[]
}

export interface ServerOptions {
  readonly settings: ServerSettings
  readonly world: ServerWorld
}

export interface ListenResult {
  /** False: nothing listens, and the process must not start. */
  readonly isListening: boolean
  /** Log lines in the original's words, warnings; may be there also when it is listening. */
  readonly problems: readonly string[]
  /** The port of the first TCP listener, for callers that let the system choose. */
  readonly port: number | undefined
}

export interface Server {
  /** Open all listeners, or none. To be called once. Clients that connect wait for `admit`. */
  listen(): Promise<ListenResult>
  /** The core has started: accept clients, first those that wait. */
  admit(): void
  /** Hand an event to its subscribers. Never waits for any of them. */
  publish(channel: string, payload: string): void
  /** Stop listening and cut all connections. Harmless when repeated. */
  close(): Promise<void>
  readonly clients: ClientRegistry
  readonly counters: ServerCounters
}

export function createServer(options: ServerOptions): Server {
  return new ListeningServer(options)
}

class ListeningServer implements Server {
  readonly counters = new Counters()
  readonly clients: Registry
  readonly #subscriptions = new Subscriptions()
  readonly #host: ConnectionHost
  readonly #world: ServerWorld
  readonly #settings: ServerSettings
  #opened: OpenedListener[] = []
  /** Connections that arrived before the core had started; undefined from then on. */
  #early: (() => void)[] | undefined = []
  /** Includes connections that were refused or are closing. */
  readonly #sockets = new Set<Socket>()

  constructor({ settings, world }: ServerOptions) {
    this.#settings = settings
    this.#world = world
    const turns = new Turns()
    this.clients = new Registry(this.#subscriptions, world.now, turns)
    const facts: ServerFacts = {
      ...world.facts,
      maxClients: settings.maxClients,
      tcpPort: () => this.#port() ?? 0,
      listeners: () => this.#opened.map((listener) => listener.description),
    }
    this.#host = {
      dispatcher: new Dispatcher({ ...world, facts, clients: this.clients, counters: this.counters }),
      registry: this.clients,
      subscriptions: this.#subscriptions,
      counters: this.counters,
      deliveries: new DeliveryRound(turns),
      turns,
      input: new InputBudget(),
      settings,
      now: world.now,
      logger: world.logger,
    }
  }

  async listen(): Promise<ListenResult> {
    const problems: string[] = []
    const events = {
      onSocket: (socket: Socket, unixPath?: string) => {
        if (this.#early === undefined) this.#accept(socket, unixPath)
        else this.#holdUntilAdmit(socket, unixPath)
      },
      onArrival: (socket: Socket, waiting: number) => this.#arrive(socket, waiting),
      onFailure: (reason: string) => {
        this.#world.logger.log('warning', `Error accepting a client connection: ${reason}`)
      },
      onAcceptError: (cause: Error) => {
        this.#world.logger.log('warning', `Error accepting a client connection: ${cause.message}`)
      },
    }
    for (const listener of this.#settings.listeners) {
      const opened = await openListener(listener, this.#acceptorOptions(), events)
      problems.push(...opened.problems)
      if (opened.servers.length > 0) this.#opened.push(opened)
      if (opened.isFatal) return this.#giveUp(problems)
    }
    if (this.#netServers().length === 0) {
      return this.#giveUp([...problems, 'Configured to not listen anywhere, exiting.'])
    }
    return { isListening: true, problems, port: this.#port() }
  }

  admit(): void {
    const early = this.#early ?? []
    this.#early = undefined
    for (const accept of early) accept()
  }

  publish(channel: string, payload: string): void {
    this.#subscriptions.publish(channel, payload)
  }

  async close(): Promise<void> {
    const servers = this.#netServers()
    this.#opened = []
    this.clients.closeAll()
    for (const socket of this.#sockets) socket.destroy()
    await Promise.all(servers.map(closeServer))
  }

  /** Counts a connection from the start of its handshake, so that handshakes cannot exceed `maxclients`. */
  #arrive(socket: Socket, waiting: number): boolean {
    if (this.clients.count + waiting >= this.#settings.maxClients) {
      this.counters.connectionsRejected += 1
      return false
    }
    this.#track(socket)
    return true
  }

  /** Tracks a socket. One that waited, or had a handshake, is tracked already. */
  #track(socket: Socket): void {
    if (this.#sockets.has(socket)) return
    this.#sockets.add(socket)
    socket.once('close', () => { this.#sockets.delete(socket) })
  }

  /** Keeps the connection until `admit`; its first requests stay in the socket. */
  #holdUntilAdmit(socket: Socket, unixPath: string | undefined): void {
    const lost = (): void => { socket.destroy() }
    this.#track(socket)
    socket.on('error', lost)
    this.#early?.push(() => {
      socket.removeListener('error', lost)
      if (!socket.destroyed) this.#accept(socket, unixPath)
    })
  }

  #accept(socket: Socket, unixPath: string | undefined): void {
    this.#track(socket)
    const { registry, counters, logger, now } = this.#host
    const { access } = this.#world
    const refusal = refusalToAdmit(socket, { settings: this.#settings, registry, access, unixPath })
    if (refusal !== undefined) {
      counters.connectionsRejected += 1
      refuse(socket, refusal)
      return
    }
    const origin = originOf(socket, { id: registry.nextId(), connectedAt: now().mono, unixPath })
    counters.connectionsReceived += 1
    const connection = new Connection(socket, origin, this.#host, { authenticated: access.isOpen })
    registry.add(connection)
    connection.start()
    logger.log('verbose', `Accepted ${unixPath === undefined ? origin.address : `connection to ${unixPath}`}`)
  }

  async #giveUp(problems: readonly string[]): Promise<ListenResult> {
    await this.close()
    return { isListening: false, problems, port: undefined }
  }

  #acceptorOptions(): AcceptorOptions {
    const { keepAliveSeconds } = this.#settings
    return {
      // A client may send all its requests, end its side and then read: `printf ... | nc`.
      allowHalfOpen: true,
      noDelay: true,
      keepAlive: keepAliveSeconds > 0,
      keepAliveInitialDelay: keepAliveSeconds * 1000,
    }
  }

  #netServers(): NetServer[] {
    return this.#opened.flatMap((listener) => listener.servers)
  }

  #port(): number | undefined {
    return this.#opened.find((listener) => listener.port !== undefined)?.port
  }
}

/** Sends one line and closes. Nothing is read from a refused connection. */
function refuse(socket: Socket, line: string): void {
  socket.on('error', () => { socket.destroy() })
  socket.end(line, () => { socket.destroy() })
}

function closeServer(server: NetServer): Promise<void> {
  return new Promise((resolve) => {
    // Closing one that never listened reports an error, which means that it is closed.
    server.close(() => { resolve() })
  })
}
