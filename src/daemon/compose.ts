/**
 * The composition root: the only file that connects all modules. It creates the parts of one sentinel and connects
 * them. Nothing runs until the lifecycle starts it.
 */
import { randomBytes, randomInt } from 'node:crypto'
import type { ServerFacts } from '../commands/index.ts'
import { changeSetting, FileConfigStore, isExecutable, type LoadedConfig, type Settings } from '../config/index.ts'
import { Sentinel, type ProtectionSettings, type Input } from '../core/index.ts'
import { Driver } from '../driver/index.ts'
import { EventBus, notificationSink, type Journal } from '../events/index.ts'
import { createDnsResolver, createLinks } from '../links/index.ts'
import type { SentinelLogger } from '../logging/index.ts'
import type { OwnStateFile } from '../own-state/index.ts'
import type { Clock, PublishedEvent, ScriptRunner } from '../ports/index.ts'
import { createScriptRunner } from '../scripts/index.ts'
import { createServer, type Server } from '../server/index.ts'
import { loadKeptState } from './kept-state.ts'
import { serverFacts } from './server-facts.ts'
import { serverSettings } from './server-settings.ts'
import { SystemClock } from './system-clock.ts'
import type { LoadedTls } from './tls.ts'
import type { Users } from './users.ts'

export interface ComposeOptions {
  /** `durable.myId` is not empty. */
  readonly config: LoadedConfig
  readonly users: Users
  /** From ts-sentinel.ini. */
  readonly protection: ProtectionSettings
  /** `maxclients`, lowered to what the limit on open files allows. */
  readonly maxClients: number
  readonly tls: LoadedTls
  readonly supervised: ServerFacts['supervised']
  /** File mode creation mask of the process at its start. */
  readonly umask: number
  readonly logger: SentinelLogger
  /** Called by the command SHUTDOWN; begins the clean shutdown. */
  readonly shutDown: () => void
  /** Ends the process at once with this status. */
  readonly exit: (status: number) => void
  /** Called after an internal error, when the state can no longer be trusted; ends the process. */
  readonly fatal: (error: unknown) => void
}

export interface Parts {
  readonly core: Sentinel
  readonly driver: Driver
  readonly server: Server
  readonly events: EventBus
  /** The last failovers of each master, for explanations, the history and metrics. */
  readonly journal: Journal
  readonly ownStateFile: OwnStateFile
  readonly clock: Clock
  readonly scripts: ScriptRunner
  readonly facts: Omit<ServerFacts, 'maxClients' | 'tcpPort' | 'listeners'>
  /** Closes all outgoing connections. */
  readonly closeOutgoing: () => void
}

export function compose(options: ComposeOptions): Parts {
  const { config, logger, fatal, users } = options
  const clock = new SystemClock()
  const settings = changeableSettings(config.settings, logger)
  const kept = loadKeptState({
    config,
    umask: options.umask,
    isMonitored: (master) => core.view.hasMaster(master),
    changed: () => { driver.keep() },
  })
  const { journal } = kept
  const core = new Sentinel({
    durable: config.durable,
    ownState: kept.forCore,
    seed: randomInt(2 ** 32),
    announcePort: announcedPort(config.settings),
    protection: options.protection,
    ...(config.settings.requirepass === undefined ? {} : { requirepass: config.settings.requirepass }),
  })
  const events = eventBus(logger)
  const scripts = createScriptRunner({
    clock,
    events,
    maxRuntimeMs: () => core.view.tunable('script-max-runtime'),
    retryDelayMs: () => core.view.tunable('script-retry-delay'),
  })
  const links = outgoingLinks(options, (input) => { driver.enqueue(input) })
  const driver = new Driver({
    core,
    clock,
    store: configStore(options, settings.get),
    configPath: config.configFile,
    ownStateStore: kept.file,
    links,
    resolver: createDnsResolver(),
    scripts,
    events,
    logger,
    defer: setImmediate,
    exit: options.exit,
    fatal,
  })
  const facts = serverFacts({
    configFile: config.configFile,
    startedAt: clock.now(),
    supervised: options.supervised,
    saves: () => driver.health.save,
  })
  const server = createServer({
    settings: serverSettings(config.settings, { maxClients: options.maxClients, tls: options.tls.incoming }),
    world: {
      view: core.view,
      operator: driver,
      scripts,
      failovers: (master) => journal.failovers(master),
      ...users.world,
      facts,
      logger,
      logLevel: settings.logLevel,
      now: () => clock.now(),
      isExecutable,
      shutdown: options.shutDown,
      randomBytes,
      renamedCommands: config.settings.renamedCommands,
    },
  })
  subscribeSinks(events, { logger, server, scripts, journal })
  const closeOutgoing = () => { links.closeAll() }
  return { core, driver, server, events, journal, ownStateFile: kept.file, clock, scripts, facts, closeOutgoing }
}

function outgoingLinks({ config, tls }: ComposeOptions, sink: (input: Input) => void): ReturnType<typeof createLinks> {
  const { bindSourceAddress } = config.settings
  return createLinks({
    sink,
    ...(bindSourceAddress === undefined ? {} : { bindSourceAddr: bindSourceAddress }),
    ...(tls.outgoing === undefined ? {} : { tls: tls.outgoing }),
  })
}

/** The original's order: log, subscribers, script (behaviour.md 10.1). */
function subscribeSinks(
  events: EventBus, { logger, server, scripts, journal }: Pick<Parts, 'server' | 'scripts' | 'journal'> & Pick<ComposeOptions, 'logger'>,
): void {
  events.subscribe((event) => { logger.event(event) })
  events.subscribe(publishTo(server))
  events.subscribe(notificationSink(scripts))
  events.subscribe((event) => { journal.record(event) })
}

function eventBus(logger: SentinelLogger): EventBus {
  return new EventBus({
    logger,
    onSinkError: (error, { channel }) => {
      const reason = error instanceof Error ? error.stack ?? error.message : String(error)
      logger.log('warning', `An event listener failed at ${channel}: ${reason}`)
    },
  })
}

function configStore({ config, umask, users }: ComposeOptions, settings: () => Settings): FileConfigStore {
  return new FileConfigStore({ path: config.configFile, settings, umask, userLines: users.configLines })
}

/** Debug events are logged and not published. */
function publishTo(server: Server): (event: PublishedEvent) => void {
  return ({ level, channel, payload }) => {
    if (level !== 'debug') server.publish(channel, payload)
  }
}

/** The settings that may change while the program runs. The next save writes their current values. */
function changeableSettings(initial: Settings, logger: SentinelLogger) {
  let current = initial
  return {
    get: () => current,
    logLevel: {
      get: () => current.logLevel,
      set: (level: Settings['logLevel']) => {
        const changed = changeSetting(current, 'loglevel', [level])
        if (!changed.ok) throw new Error(`loglevel ${level}: ${changed.problem}`)
        current = changed.value
        logger.setLevel(level)
      },
    },
  }
}

/** The port announced to other sentinels: the TLS port when links use TLS (config.md 4.2). */
function announcedPort({ port, tlsPort, tls }: Settings): number {
  return tls.replication && tlsPort !== 0 ? tlsPort : port
}
