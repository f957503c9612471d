/**
 * HTTP and webhooks, the modules that only ts-sentinel.ini turns on. Each is loaded when it is needed, so that a
 * sentinel without them does not even read their code.
 */
import { runOrder } from '../commands/index.ts'
import { globMatch } from '../core/index.ts'
import type { HttpServer } from '../http/index.ts'
import { EventFile, EventKeeper, type EventFileOptions } from '../own-state/index.ts'
import type { Logger } from '../ports/index.ts'
import { hostAndPort, isLoopback } from '../text/index.ts'
import type { Webhooks } from '../webhooks/index.ts'
import type { Parts } from './compose.ts'
import type { Extensions, HttpTokens } from './extensions-file.ts'
import { PACKAGE_VERSION } from './version.ts'

export interface ExtraEdgesOptions {
  readonly extensions: Extensions
  readonly parts: Parts
  readonly logger: Logger
  /** The port for clients: the TLS port when the plain one is off. */
  readonly port: number
  /** Where events are kept. */
  readonly eventFile: EventFileOptions
}

export class ExtraEdges {
  readonly #options: ExtraEdgesOptions
  #http: HttpServer | undefined
  #eventKeeper: EventKeeper | undefined
  #webhooks: Webhooks | undefined
  #unsubscribe: () => void = () => undefined
  #tokens: HttpTokens | undefined

  constructor(options: ExtraEdgesOptions) {
    this.#options = options
    this.#tokens = options.extensions.http
  }

  /** Changes what HTTP requests must carry from now on. */
  changeTokens(tokens: HttpTokens): void {
    this.#tokens = tokens
  }

  /** Resolves with undefined when all of them run, or with the problem and what to do about it. */
  async start(): Promise<string | undefined> {
    await this.#startWebhooks()
    return this.#startHttp()
  }

  /** Called when HTTP requests may be answered. */
  admit(): void {
    this.#http?.admit()
  }

  /**
   * Sends the webhook requests that wait, writes the events that wait and closes all connections, within half a second.
   * Further calls are harmless.
   */
  async stop(): Promise<void> {
    this.#unsubscribe()
    await Promise.all([this.#http?.close(), this.#eventKeeper?.close(), this.#webhooks?.stop()])
  }

  async #startWebhooks(): Promise<void> {
    const { extensions: { webhooks }, parts: { core, events }, logger } = this.#options
    if (webhooks.length === 0) return
    const { createWebhooks } = await import('../webhooks/index.ts')
    const created = createWebhooks({
      webhooks: webhooks.map(({ events: patterns, ...webhook }) => ({
        ...webhook, wants: (channel) => patterns.some((pattern) => globMatch(pattern, channel)),
      })),
      sentinelId: core.view.myId,
      userAgent: `ts-sentinel/${PACKAGE_VERSION}`,
      logger,
    })
    this.#webhooks = created
    this.#unsubscribe = events.subscribe((event) => { created.event(event) })
    logger.log('notice', `Webhooks: ${webhooks.map(({ name }) => name).join(', ')}`)
  }

  async #startHttp(): Promise<string | undefined> {
    const { extensions: { http }, parts, logger, eventFile } = this.#options
    if (http === undefined) return undefined
    const { core, driver, events, journal, lookups, scripts, facts, server, clock, asker } = parts
    const { createHttpServer } = await import('../http/index.ts')
    const tokens = () => this.#tokens
    const file = new EventFile(eventFile)
    const eventStore = new EventKeeper({ file, logger, isSaveBusy: () => driver.isSaveBusy })
    this.#eventKeeper = eventStore
    this.#http = createHttpServer({
      ...http, get token() { return tokens()?.token }, get actionsToken() { return tokens()?.actionsToken },
    }, {
      view: core.view,
      operator: driver,
      events,
      eventStore,
      journal,
      asker,
      order: (name, words) => runOrder(driver, name, words),
      scripts,
      webhooks: () => this.#webhooks?.states() ?? [],
      saves: () => driver.health.save,
      keeps: () => driver.health.keep,
      lookups,
      facts: { ...facts, tcpPort: this.#options.port },
      connectedClients: () => server.clients.count,
      now: () => clock.now(),
      logger,
    })
    const problem = await this.#http.listen()
    if (problem !== undefined) return problem
    logger.log('notice', `HTTP: listening on ${hostAndPort(http.host, http.port)}`)
    if (http.token === undefined && !isLoopback(http.host)) {
      logger.log('warning', 'HTTP: no token is set, and other machines can connect. Set a token in the [http] section, or listen on 127.0.0.1.')
    }
    return undefined
  }
}
