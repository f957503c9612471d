/** Metrics and health of a proxy over HTTP: `/metrics`, `/status`, `/livez`, `/readyz`. */
import { createServer, type Server, type ServerResponse } from 'node:http'

import { hostAndPort, knownSystemError } from '../../text/index.ts'
import type { Address } from '../settings/settings.ts'
import { metricsText, type ProxyFacts } from './metrics.ts'
import { notReady } from './readiness.ts'
import { statusDocument } from './status-document.ts'

/** Scrapers and probes use a few connections. */
const CONNECTIONS_MAX = 64
/** Time for the head of a request, in milliseconds. */
const HEADERS_MS_MAX = 5_000
/** Time for a request and its answer, in milliseconds. */
const REQUEST_MS_MAX = 10_000
const KEEP_ALIVE_MS = 15_000
const HEADER_BYTES_MAX = 8_192

export class ProxyHttpServer {
  readonly #facts: () => Promise<ProxyFacts>
  readonly #server: Server
  #isDraining = false

  /** `facts` never rejects. */
  constructor(facts: () => Promise<ProxyFacts>) {
    this.#facts = facts
    this.#server = createServer({
      headersTimeout: HEADERS_MS_MAX, requestTimeout: REQUEST_MS_MAX, keepAliveTimeout: KEEP_ALIVE_MS,
      maxHeaderSize: HEADER_BYTES_MAX, connectionsCheckingInterval: 1_000,
    }, ({ method, url }, response) => { void this.#answer(response, method ?? '', url ?? '') })
    this.#server.maxConnections = CONNECTIONS_MAX
  }

  /** Resolves with undefined when it listens, or with the problem and what to do. */
  listen({ host, port }: Address): Promise<string | undefined> {
    return new Promise((resolve) => {
      this.#server.once('error', (error) => {
        resolve(`Cannot listen on ${hostAndPort(host, port)} for HTTP: ${knownSystemError(error) ?? error.message}. Change http.`)
      })
      this.#server.listen({ port, ...host === '*' ? {} : { host } }, () => { resolve(undefined) })
    })
  }

  /** `/readyz` answers 503 from now on. */
  drain(): void {
    this.#isDraining = true
  }

  close(): void {
    this.#server.close()
    this.#server.closeAllConnections()
  }

  async #answer(response: ServerResponse, method: string, url: string): Promise<void> {
    // Bodies are not read: the connection ends with the answer to a request that may have one.
    if (method !== 'GET' && method !== 'HEAD') {
      response.setHeader('Connection', 'close')
      send(response, 405, 'The HTTP interface is read-only. Use GET or HEAD.\n')
      return
    }
    switch (url.split('?', 1)[0]) {
      case '/livez':
        send(response, 200, 'ok\n')
        break
      case '/readyz': {
        const problem = notReady(await this.#facts(), this.#isDraining)
        send(response, problem === undefined ? 200 : 503, `${problem ?? 'ok'}\n`)
        break
      }
      case '/metrics':
        send(response, 200, metricsText(await this.#facts()), 'text/plain; version=0.0.4; charset=utf-8')
        break
      case '/status': {
        const facts = await this.#facts()
        const document = statusDocument(facts, notReady(facts, this.#isDraining))
        send(response, 200, `${JSON.stringify(document)}\n`, 'application/json; charset=utf-8')
        break
      }
      default:
        send(response, 404, 'Unknown path. There are /metrics, /status, /livez and /readyz.\n')
    }
  }
}

function send(response: ServerResponse, status: number, text: string, type = 'text/plain; charset=utf-8'): void {
  response.writeHead(status, {
    'Content-Type': type, 'Content-Length': Buffer.byteLength(text), 'Cache-Control': 'no-store', 'X-Content-Type-Options': 'nosniff',
  })
  response.end(text)
}
