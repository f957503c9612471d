/** A proxy in this process: it connects the topology, the sessions, the listeners and HTTP. */
import type { ConnectionOptions, SecureContextOptions } from 'node:tls'

import { createDnsResolver, createLinks, createSentinelAsker } from '../links/index.ts'
import type { Logger, SentinelAsker } from '../ports/index.ts'
import { count } from '../text/index.ts'
import { ProxyHttpServer } from './http/http-server.ts'
import { processFacts, type ProxyFacts } from './http/metrics.ts'
import { CommandTable } from './commands/command-table.ts'
import { ClientLogin } from './multiplex/client-login.ts'
import { RouteSessions } from './multiplex/route-sessions.ts'
import { ServerFacts } from './multiplex/server-facts.ts'
import { Listeners } from './pipe/listeners.ts'
import { PipeSessions } from './pipe/pipe-sessions.ts'
import type { Sessions } from './pipe/sessions.ts'
import { isMinority } from './route/route.ts'
import { ANSWER_MS_MAX, KEPT_OPEN_MS } from './sentinels/limits.ts'
import { SentinelTopology } from './sentinels/sentinel-topology.ts'
import { FAILOVER_EVENTS, Subscriptions, TOPOLOGY_EVENTS, type SubscriptionOptions } from './sentinels/subscriptions.ts'
import { loginWords, type Login, type ProxySettings } from './settings/settings.ts'

/** TLS as it was read from the files. */
export interface ProxyTls {
  /** For the ports with TLS; undefined when there are none. */
  readonly incoming: SecureContextOptions | undefined
  /** For nodes and sentinels; undefined when neither is connected to with TLS. */
  readonly outgoing: ConnectionOptions | undefined
}

export interface ProxyOptions {
  readonly settings: ProxySettings
  readonly tls: ProxyTls
  readonly logger: Logger
  /** The release of the program, for metrics. */
  readonly version: string
  /**
   * The number of this worker process, from 0, which no other has or had: another process passes connections to it.
   * Undefined: it is the only process.
   */
  readonly worker?: number
}

/** The name of the proxy's connections in CLIENT LIST. */
const CLIENT_NAME = 'ts-sentinel-proxy'

export class Proxy {
  readonly #options: ProxyOptions
  readonly #askers: readonly SentinelAsker[]
  readonly #topology: SentinelTopology
  readonly #subscriptions: readonly Subscriptions[]
  readonly #sessions: Sessions
  /** Undefined in pipe mode. */
  readonly #counts: RouteSessions['counts'] | undefined
  readonly #listeners: Listeners
  readonly #http: ProxyHttpServer

  constructor(options: ProxyOptions) {
    const { settings, tls, logger, worker } = options
    this.#options = options
    const resolver = createDnsResolver()
    const asker = (login: Login | undefined, isEncrypted: boolean) => createSentinelAsker({
      login: () => login && loginWords(login),
      clientName: CLIENT_NAME, resolver, idleMs: KEPT_OPEN_MS, limitMs: ANSWER_MS_MAX,
      tls: () => isEncrypted ? tls.outgoing : undefined,
    })
    const sentinels = asker(settings.sentinelLogin, settings.tlsSentinels)
    const nodes = asker(settings.nodeLogin, settings.tlsNodes)
    this.#askers = [sentinels, nodes]
    this.#topology = new SentinelTopology({ settings, sentinels, nodes, logger, now, hasReads: hasReads(settings) })
    const subscriptions = (
      channels: readonly string[], onEvent: SubscriptionOptions['onEvent'],
    ) => new Subscriptions({
      sentinels: settings.sentinels, masterName: settings.masterName, login: settings.sentinelLogin,
      resolver, channels, onEvent,
      links: (sink) => createLinks({ sink, tls: () => settings.tlsSentinels ? tls.outgoing : undefined }),
    })
    const topologyEvents = subscriptions(TOPOLOGY_EVENTS, () => { this.#topology.askAll() })
    const common = {
      rules: settings, maxClients: settings.maxClients, keepAliveSeconds: settings.keepAliveSeconds,
      tls: settings.tlsNodes ? () => tls.outgoing ?? {} : undefined, topology: this.#topology, logger, now,
    }
    if (settings.mode === 'pipe') {
      this.#sessions = new PipeSessions(common)
      this.#subscriptions = [topologyEvents]
    } else {
      const commands = new CommandTable()
      const { readAfterWriteMs, isMultiplexed, isAuthPassedOn, poolSize, nodeLogin } = settings
      const sessions = new RouteSessions({
        ...common, readAfterWriteMs, isMultiplexed, isAuthPassedOn, poolSize, commands, clientName: CLIENT_NAME,
        process: worker ?? 0,
        login: nodeLogin && loginWords(nodeLogin),
        local: new ServerFacts({
          nodes, commands, login: new ClientLogin(settings.clientPassword), topology: this.#topology,
        }),
      })
      this.#sessions = sessions
      this.#counts = sessions.counts
      const failoverEvents = subscriptions(FAILOVER_EVENTS, (cause) => {
        if (cause === 'message') sessions.failoverRuns()
      })
      this.#subscriptions = [topologyEvents, failoverEvents]
    }
    this.#listeners = new Listeners({
      settings, tls: tls.incoming, logger, sharesPorts: worker !== undefined,
      onConnection: (socket, purpose, isEncrypted) => { this.#sessions.accept(socket, purpose, isEncrypted) },
    })
    this.#http = new ProxyHttpServer(() => Promise.resolve(this.facts()))
  }

  /** Listens, and follows the sentinels. Resolves with the problem and what to do; undefined when the proxy runs. */
  async start(): Promise<string | undefined> {
    const { settings, logger } = this.#options
    const listening = await this.#listeners.listen()
    if (!listening.ok) return listening.problem
    const problem = settings.http === undefined ? undefined : await this.#http.listen(settings.http)
    if (problem !== undefined) {
      this.#listeners.close()
      return problem
    }
    this.#topology.start()
    for (const subscriptions of this.#subscriptions) subscriptions.start()
    logger.log('notice', `The proxy for ${settings.masterName} listens on ${listening.names.join(', ')}, and follows ${count(settings.sentinels.length, 'sentinel')}.`)
    return undefined
  }

  /** Stops listening, lets the clients finish for as long as `drain` says, then closes them. */
  async stop(): Promise<void> {
    const { settings: { drainMs }, logger } = this.#options
    this.#listeners.close()
    this.#http.drain()
    if (this.#sessions.clients > 0 && drainMs > 0) {
      logger.log('notice', `${count(this.#sessions.clients, 'client')} may finish within ${drainMs} ms.`)
      await Promise.race([this.#sessions.untilEmpty(), new Promise((resolve) => { setTimeout(resolve, drainMs) })])
    }
    for (const subscriptions of this.#subscriptions) subscriptions.stop()
    this.#topology.stop()
    for (const asker of this.#askers) asker.close()
    this.#sessions.destroyAll()
    this.#http.close()
  }

  /** What metrics and readiness show. */
  facts(): ProxyFacts {
    const { settings, version } = this.#options
    const { view, facts: sentinels } = this.#topology
    return {
      masterName: settings.masterName, mode: settings.mode,
      clients: this.#sessions.clients, maxClients: settings.maxClients,
      waiting: this.#sessions.waiting, counters: this.#sessions.counters, traffic: this.#sessions.traffic,
      upstreams: this.#sessions.upstreams(), replicas: view.shardOf()?.replicas.length ?? 0, sentinels,
      isMinority: isMinority(settings, view, now()), version, counts: this.#counts,
      workers: 1, process: processFacts(),
    }
  }
}

/** Whether replicas may serve requests. */
function hasReads({ mode, isAuthPassedOn, readFrom, readPort, tlsReadPort }: ProxySettings): boolean {
  return mode === 'route' ? readFrom !== 'master' && !isAuthPassedOn : readPort !== 0 || tlsReadPort !== 0
}

function now(): number {
  return performance.now()
}
