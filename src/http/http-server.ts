/** The HTTP server: access checks and limits. An error in here never stops the sentinel. */
import { createServer, type Server } from 'node:net'

import { addressText } from '../explain/index.ts'
import { action } from './actions.ts'
import { AllowedHosts } from './allowed-host.ts'
import { problem, send, type HttpAnswer } from './answer.ts'
import { isAuthorized } from './authorization.ts'
import { Durability } from './durability.ts'
import type { Fleet } from './fleet/fleet.ts'
import { KEEP_ALIVE_MS, STREAMS_MAX } from './limits.ts'
import { CrashCount } from './metrics/crash-count.ts'
import { FailoverMetrics } from './metrics/failover-metrics.ts'
import { LoopDelay } from './metrics/loop-delay.ts'
import { Readiness } from './readiness.ts'
import { needsToken, route, type RouteContext } from './routes.ts'
import { STREAM_HEADERS, Streams } from './streams.ts'
import { Connections, type Exchange } from './wire/connections.ts'
import { hasBody, refusal } from './wire/refusal.ts'
import { RequestTurns } from './wire/request-turns.ts'
import type { HttpSettings, HttpWorld } from './world.ts'

export interface HttpServer {
  /** Resolves with undefined when it listens, or with the problem and what to do. Requests get 503 until `admit`. */
  listen(): Promise<string | undefined>
  admit(): void
  /** Ends all connections and stops listening. Further calls are harmless. */
  close(): Promise<void>
  /** The port; undefined when the server does not listen. */
  readonly port: number | undefined
}

export function createHttpServer(settings: HttpSettings, world: HttpWorld): HttpServer {
  return new ListeningHttpServer(settings, world)
}

/** A client that closes its sending side still gets its answer. TCP keep-alive detects lost readers of events. */
const SOCKET_OPTIONS = { allowHalfOpen: true, noDelay: true, keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE_MS }

const METHODS = 'GET, HEAD, OPTIONS'

/** Paths of probes: cheap to answer, and a supervisor acts on the answers. */
const PROBE_PATHS = /^\/(?:livez|readyz)(?:\?|$)/

class ListeningHttpServer implements HttpServer {
  readonly #settings: HttpSettings
  readonly #world: HttpWorld
  readonly #server: Server
  readonly #connections: Connections
  readonly #turns = new RequestTurns()
  readonly #hosts: AllowedHosts
  readonly #streams: Streams
  readonly #loopDelay = new LoopDelay()
  readonly #failovers: FailoverMetrics
  readonly #crashes: CrashCount
  readonly #routes: RouteContext
  readonly #unsubscribe: (() => void)[]
  #isAdmitting = false

  constructor(settings: HttpSettings, world: HttpWorld) {
    this.#settings = settings
    this.#world = world
    this.#hosts = new AllowedHosts(settings.host, settings.allowedHosts)
    this.#streams = new Streams(world.eventStore)
    this.#failovers = new FailoverMetrics(world.journal, world.view.myId)
    this.#crashes = new CrashCount((master) => world.view.master(master, world.now())?.hasCrashed === true)
    const [failovers, crashes, loopDelay] = [this.#failovers, this.#crashes, this.#loopDelay]
    const sources = { failovers, crashes, loopDelay, streams: () => this.#streams.count }
    const [readiness, durability] = [new Readiness(world), new Durability(world.operator)]
    const hasActions = () => settings.actionsToken !== undefined
    this.#routes = { world, sources, readiness, durability, fleet: fleetOf(world), hasActions }
    this.#unsubscribe = [
      world.events.subscribe((event) => { this.#failovers.event(event) }),
      world.events.subscribe((event) => { this.#crashes.event(event) }),
      world.events.subscribe((event) => { this.#streams.event(event) }),
    ]
    this.#connections = new Connections((exchange) => {
      this.#turns.add(() => { this.#answer(exchange) }, { isProbe: PROBE_PATHS.test(exchange.request.url ?? '') })
    })
    this.#server = createServer(SOCKET_OPTIONS, (socket) => { this.#connections.accept(socket) })
  }

  get port(): number | undefined {
    const address = this.#server.address()
    return typeof address === 'object' ? address?.port : undefined
  }

  listen(): Promise<string | undefined> {
    const { host, port } = this.#settings
    return new Promise((resolve) => {
      const refuse = (error: NodeJS.ErrnoException) => { resolve(listenProblem(this.#settings, error)) }
      this.#server.once('error', refuse)
      this.#server.listen({ port, ...host === '*' ? {} : { host } }, () => {
        this.#server.off('error', refuse)
        this.#server.on('error', (error) => {
          this.#world.logger.log('warning', `HTTP: error accepting a connection: ${error.message}`)
        })
        this.#loopDelay.start()
        resolve(undefined)
      })
    })
  }

  admit(): void {
    this.#isAdmitting = true
  }

  close(): Promise<void> {
    for (const unsubscribe of this.#unsubscribe) unsubscribe()
    this.#loopDelay.stop()
    this.#turns.stop()
    this.#streams.close()
    return new Promise((resolve) => {
      this.#server.close(() => { resolve() })
      this.#connections.close()
    })
  }

  #answer(exchange: Exchange): void {
    const { request: { method = '', url = '' } } = exchange
    const fail = (error: unknown) => {
      const reason = error instanceof Error ? error.stack ?? error.message : String(error)
      this.#world.logger.log('warning', `HTTP: answering ${method} ${url.slice(0, 100)} failed: ${reason}`)
      finish(exchange, problem(500, 'Internal error; see the log.'))
    }
    try {
      const answer = refuse(exchange) ?? this.#dispatch(exchange)
      if (answer === undefined) return
      if (answer instanceof Promise) answer.then((late) => { finish(exchange, late) }).catch(fail)
      else finish(exchange, answer)
    } catch (error) {
      fail(error)
    }
  }

  /** Returns undefined when the connection has become a stream. */
  #dispatch(exchange: Exchange): HttpAnswer | Promise<HttpAnswer> | undefined {
    const { method, headers, url: target = '' } = exchange.request
    if (method === 'POST') return this.#act(exchange, target)
    if (method !== 'GET' && method !== 'HEAD' && method !== 'OPTIONS') {
      return readOnly()
    }
    if (!target.startsWith('/') || !URL.canParse(target, BASE)) return problem(400, 'The target of the request is not a path.')
    const url = new URL(target, BASE)
    if (needsToken(url.pathname) && !this.#mayRead(headers.authorization)) {
      return problem(401, 'The token is missing or wrong. Send the header Authorization: Bearer <token>.', { 'WWW-Authenticate': 'Bearer' })
    }
    if (!this.#hosts.allows(url.pathname, headers)) return problem(421, UNKNOWN_HOST)
    if (!this.#isAdmitting) return problem(503, 'The sentinel is starting.', { 'Retry-After': '1' })
    if (url.pathname === '/events') return this.#openStream(exchange, url)
    // OPTIONS gets the answer that GET would get, because load balancers check with it.
    return route(this.#routes, url)
  }

  /** The token for actions allows reading, too: a page has one token. */
  #mayRead(header: string | undefined): boolean {
    const { token, actionsToken } = this.#settings
    return isAuthorized(header, token) || (actionsToken !== undefined && isAuthorized(header, actionsToken))
  }

  async #act(exchange: Exchange, target: string): Promise<HttpAnswer> {
    if (!this.#isAdmitting) return problem(503, 'The sentinel is starting.', { 'Retry-After': '1' })
    const context = { world: this.#world, settings: this.#settings, hosts: this.#hosts }
    return await action(context, exchange, target.replace(/\?.*$/, '')) ?? readOnly()
  }

  #openStream({ connection, request: { method, headers }, response }: Exchange, url: URL): HttpAnswer | undefined {
    if (method !== 'GET') return problem(405, 'Read events with GET.', { Allow: 'GET' })
    if (this.#streams.isFull) return problem(503, `${STREAMS_MAX} event streams are open, which is the limit. Try again later.`, { 'Retry-After': '10' })
    const lastId = headers['last-event-id'] ?? url.searchParams.get('last-event-id') ?? undefined
    connection.stream()
    // A stream needs no chunked encoding: it ends with the connection.
    response.useChunkedEncodingByDefault = false
    response.writeHead(200, STREAM_HEADERS)
    this.#streams.open(response, typeof lastId === 'string' ? lastId : undefined)
    return undefined
  }
}

function readOnly(): HttpAnswer {
  return problem(405, `The HTTP interface is read-only here. Use ${METHODS}.`, { Allow: METHODS, Connection: 'close' })
}

/** Loads what asks the other sentinels when it is needed. */
function fleetOf(world: HttpWorld): () => Promise<Fleet> {
  let fleet: Promise<Fleet> | undefined
  return () => fleet ??= import('./fleet/fleet.ts').then(({ Fleet: Loaded }) => new Loaded(world))
}

/**
 * The answer to a malformed request. The connection ends after the answer when the request is malformed or may have a
 * body.
 */
function refuse({ request, response }: Exchange): HttpAnswer | undefined {
  const refused = refusal(request)
  if (refused !== undefined || hasBody(request)) response.shouldKeepAlive = false
  return refused
}

/** Sends the answer. Harmless when the client has gone or its connection was ended. */
function finish({ connection, response }: Exchange, answer: HttpAnswer): void {
  if (connection.isAnswering && !response.headersSent) send(response, answer)
}

const UNKNOWN_HOST = 'The host of the request is not allowed. Use the IP address of the sentinel, or add the name to '
  + 'allowed-hosts in the [http] section of the settings file.'

/** Base for parsing request paths as URLs. It is never shown. */
const BASE = 'http://sentinel'

function listenProblem({ host, port }: HttpSettings, error: NodeJS.ErrnoException): string {
  return `HTTP cannot listen on ${addressText({ host, port })}: ${WHY.get(error.code) ?? `${error.message}.`}`
    + ' Change listen in the [http] section of the settings file.'
}

const WHY: ReadonlyMap<string | undefined, string> = new Map([
  ['EADDRINUSE', 'the port is in use by another process.'],
  ['EACCES', 'the user of this process may not use the port; ports below 1024 need CAP_NET_BIND_SERVICE.'],
  ['EADDRNOTAVAIL', 'this machine does not have the address.'],
  ['ENOTFOUND', 'the name cannot be resolved.'],
])
