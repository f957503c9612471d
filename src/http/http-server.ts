/** The listener: who is let in, within which limits, and that nothing it does can stop the sentinel. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'

import { addressText } from '../explain/index.ts'
import { problem, send, type HttpAnswer } from './answer.ts'
import { isAuthorized } from './authorization.ts'
import {
  CONNECTIONS_MAX, HEADER_BYTES_MAX, HEADERS_MAX, HEADERS_MS_MAX, KEEP_ALIVE_MS, REQUEST_MS_MAX,
} from './limits.ts'
import { FailoverMetrics } from './metrics/failover-metrics.ts'
import { LoopDelay } from './metrics/loop-delay.ts'
import { needsToken, route } from './routes.ts'
import { Streams } from './streams.ts'
import type { HttpSettings, HttpWorld } from './world.ts'

export interface HttpServer {
  /** The problem, with what to do, or undefined when it listens. Requests are answered with 503 until `admit`. */
  listen(): Promise<string | undefined>
  admit(): void
  /** Ends all connections and stops to listen. Harmless when repeated. */
  close(): Promise<void>
  /** Undefined when it does not listen. */
  readonly port: number | undefined
}

export function createHttpServer(settings: HttpSettings, world: HttpWorld): HttpServer {
  return new ListeningHttpServer(settings, world)
}

const METHODS = 'GET, HEAD, OPTIONS'

class ListeningHttpServer implements HttpServer {
  readonly #settings: HttpSettings
  readonly #world: HttpWorld
  readonly #server: Server
  readonly #streams = new Streams()
  readonly #loopDelay = new LoopDelay()
  readonly #failovers: FailoverMetrics
  readonly #unsubscribe: (() => void)[]
  #isAdmitting = false

  constructor(settings: HttpSettings, world: HttpWorld) {
    this.#settings = settings
    this.#world = world
    this.#failovers = new FailoverMetrics(world.journal, world.view.myId)
    this.#unsubscribe = [
      world.events.subscribe((event) => { this.#failovers.event(event) }),
      world.events.subscribe((event) => { this.#streams.event(event) }),
    ]
    this.#server = createServer({
      maxHeaderSize: HEADER_BYTES_MAX,
      headersTimeout: HEADERS_MS_MAX,
      requestTimeout: REQUEST_MS_MAX,
      keepAliveTimeout: KEEP_ALIVE_MS,
      connectionsCheckingInterval: HEADERS_MS_MAX,
    }, (request, response) => { this.#answer(request, response) })
    this.#server.maxConnections = CONNECTIONS_MAX
    this.#server.maxHeadersCount = HEADERS_MAX
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
    this.#streams.close()
    return new Promise((resolve) => {
      this.#server.close(() => { resolve() })
      this.#server.closeAllConnections()
    })
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    // A socket that breaks is no problem of ours, and without a listener it would end the process.
    response.on('error', () => undefined)
    request.on('error', () => undefined)
    request.resume()
    const refuse = (error: unknown) => {
      const reason = error instanceof Error ? error.stack ?? error.message : String(error)
      this.#world.logger.log('warning', `HTTP: answering ${request.method} ${request.url?.slice(0, 100)} failed: ${reason}`)
      send(response, problem(500, 'An error of ours. The log says more.'))
    }
    try {
      const answer = this.#dispatch(request, response)
      if (answer === undefined) return
      if (answer instanceof Promise) answer.then((late) => { send(response, late) }).catch(refuse)
      else send(response, answer)
    } catch (error) {
      refuse(error)
    }
  }

  /** Undefined: the response is a stream from now on. */
  #dispatch(request: IncomingMessage, response: ServerResponse): HttpAnswer | Promise<HttpAnswer> | undefined {
    const { method = '', headers } = request
    if (method !== 'GET' && method !== 'HEAD' && method !== 'OPTIONS') {
      return problem(405, `Nothing can be changed here: use ${METHODS}.`, { Allow: METHODS, Connection: 'close' })
    }
    const target = request.url ?? '/'
    if (!target.startsWith('/') || !URL.canParse(target, BASE)) return problem(400, 'This is no path.')
    const url = new URL(target, BASE)
    if (needsToken(url.pathname) && !isAuthorized(headers.authorization, this.#settings.token)) {
      return problem(401, 'Send the token: Authorization: Bearer <token>', { 'WWW-Authenticate': 'Bearer' })
    }
    if (!this.#isAdmitting) return problem(503, 'The sentinel is starting.', { 'Retry-After': '1' })
    if (url.pathname === '/events') return this.#openStream({ method, headers, url }, response)
    const sources = { failovers: this.#failovers, loopDelay: this.#loopDelay, streams: () => this.#streams.count }
    // OPTIONS says what GET would say: load balancers check with it.
    return route({ world: this.#world, sources }, url)
  }

  #openStream(
    { method, headers, url }: { readonly method: string, readonly headers: IncomingMessage['headers'], readonly url: URL },
    response: ServerResponse,
  ): HttpAnswer | undefined {
    if (method !== 'GET') return problem(405, 'Read events with GET.', { Allow: 'GET' })
    if (this.#streams.isFull) return problem(503, 'There are too many readers of events.', { 'Retry-After': '10' })
    const lastId = headers['last-event-id'] ?? url.searchParams.get('last-event-id') ?? undefined
    this.#streams.open(response, typeof lastId === 'string' ? lastId : lastId?.[0])
    return undefined
  }
}

/** Paths are relative to something; nobody sees it. */
const BASE = 'http://sentinel'

function listenProblem({ host, port }: HttpSettings, error: NodeJS.ErrnoException): string {
  return `HTTP cannot listen on ${addressText({ host, port })}: ${WHY[error.code ?? ''] ?? `${error.message}.`}`
    + ' Change listen in the [http] section of the settings file.'
}

const WHY: Readonly<Record<string, string>> = {
  EADDRINUSE: 'the port is in use by another process.',
  EACCES: 'this user may not use the port; ports below 1024 need a permission of their own.',
  EADDRNOTAVAIL: 'this machine does not have the address.',
  ENOTFOUND: 'the name cannot be resolved.',
}
