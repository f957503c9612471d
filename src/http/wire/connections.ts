/**
 * All connections. A new one is never refused: when there are too many, one that is idle or slow is ended, so that
 * connections without requests cannot block a probe. Streams are counted separately (streams.ts).
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'

import { problem } from '../answer.ts'
import {
  CONNECTION_GRACE_MS, CONNECTIONS_HARD_MAX, CONNECTIONS_MAX, HEADER_BYTES_MAX, KEEP_ALIVE_MS, SWEEP_MS,
} from '../limits.ts'
import { Connection, type Phase } from './connection.ts'
import { parseProblem } from './refusal.ts'

/** One request, which is answered through `response`. */
export interface Exchange {
  readonly connection: Connection
  readonly request: IncomingMessage
  readonly response: ServerResponse
}

/** Phases in the order in which connections are ended for a new one. Streams are not ended. */
const ENDED_FIRST: readonly Phase[] = ['lingering', 'idle', 'reading', 'answering']

export class Connections {
  /** The connections in the order of their arrival. */
  readonly #all = new Set<Connection>()
  readonly #http: Server
  #sweeper: NodeJS.Timeout | undefined
  #trimming: NodeJS.Immediate | undefined

  constructor(onExchange: (exchange: Exchange) => void) {
    this.#http = httpServer(onExchange)
  }

  accept(socket: Socket): void {
    const connection = new Connection(socket)
    this.#all.add(connection)
    connection.once('close', () => { this.#forget(connection) })
    this.#http.emit('connection', connection)
    this.#sweeper ??= setInterval(() => { this.#sweep() }, SWEEP_MS).unref()
    if (this.#all.size > CONNECTIONS_MAX) this.#trimming ??= setImmediate(() => { this.#trim() })
  }

  close(): void {
    clearImmediate(this.#trimming)
    for (const connection of this.#all) connection.destroy()
  }

  #sweep(): void {
    const now = performance.now()
    for (const connection of this.#all) connection.enforceLimits(now)
    if (this.#all.size > CONNECTIONS_MAX) this.#trim()
  }

  /** Ends the surplus connections, the least needed first. */
  #trim(): void {
    this.#trimming = undefined
    const now = performance.now()
    const counted = [...this.#all].filter(({ phase }) => phase !== 'streaming')
    const inOrder = counted.sort((one, other) => (
      ENDED_FIRST.indexOf(one.phase) - ENDED_FIRST.indexOf(other.phase) || other.phaseMs(now) - one.phaseMs(now)
    ))
    const hadTime = inOrder.filter((connection) => connection.phaseMs(now) >= CONNECTION_GRACE_MS)
    for (const connection of hadTime.slice(0, Math.max(0, inOrder.length - CONNECTIONS_MAX))) connection.destroy()
    const left = inOrder.filter((connection) => !connection.destroyed)
    for (const connection of left.slice(0, Math.max(0, left.length - CONNECTIONS_HARD_MAX))) connection.destroy()
  }

  #forget(connection: Connection): void {
    this.#all.delete(connection)
    if (this.#all.size > 0) return
    clearInterval(this.#sweeper)
    this.#sweeper = undefined
  }
}

/**
 * A server of node:http that never listens. The connections have the time limits: node:http enforces its own only where
 * it listens.
 */
function httpServer(onExchange: (exchange: Exchange) => void): Server {
  const exchange = (request: IncomingMessage, response: ServerResponse) => {
    const connection = ours(request.socket)
    response.once('finish', () => { connection.next() })
    onExchange({ connection, request, response })
  }
  return createServer({
    insecureHTTPParser: false, maxHeaderSize: HEADER_BYTES_MAX, requireHostHeader: false,
    headersTimeout: 0, requestTimeout: 0, keepAliveTimeout: KEEP_ALIVE_MS,
  }, exchange)
    // A request with the header Expect is answered like any other: no route waits for a body.
    .on('checkContinue', exchange)
    .on('checkExpectation', exchange)
    .on('connect', (_request, stream) => { ours(stream).refuse(problem(405, 'CONNECT is not supported: the sentinel is not a proxy.')) })
    .on('clientError', (error, stream) => { ours(stream).refuse(parseProblem(error)) })
}

function ours(stream: Duplex): Connection {
  if (stream instanceof Connection) return stream
  throw new TypeError('node:http has a connection that it was not given.')
}
