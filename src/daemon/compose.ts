/**
 * The composition root: the only file that connects all modules. It creates the parts of one sentinel and connects
 * them. Nothing runs until the lifecycle starts it.
 */
import { randomBytes, randomInt } from 'node:crypto'
import type { ServerFacts } from '../commands/index.ts'
import { changeSetting, FileConfigStore, isExecutable, KnownText, type LoadedConfig, type Settings } from '../config/index.ts'
import { Sentinel, type Input, type OwnState, type ProtectionSettings } from '../core/index.ts'
import { Driver } from '../driver/index.ts'
import { EventBus, notificationSink, type Journal } from '../events/index.ts'
import { createDnsResolver, createLinks, createSentinelAsker } from '../links/index.ts'
import type { SentinelLogger } from '../logging/index.ts'
import type { OwnStateFile } from '../own-state/index.ts'
import type { Clock, PublishedEvent, Resolver, ScriptRunner, SentinelAsker } from '../ports/index.ts'
import { createScriptRunner } from '../scripts/index.ts'
import { createServer, type Server } from '../server/index.ts'
import { failoverFacts, loadKeptState } from './kept-state.ts'
import { LookupHealth } from './lookup-health.ts'
import { passwordsForCore, settingsWithSecrets, type Secrets } from './secrets.ts'
import { redisCliTls } from './redis-cli-tls.ts'
import { serverFacts } from './server-facts.ts'
import { serverSettings } from './server-settings.ts'
import { SystemClock } from './system-clock.ts'
import type { LiveTls } from './live-tls.ts'
import type { Users } from './users.ts'

export interface ComposeOptions {
  /** `durable.myId` is not empty. */
  readonly config: LoadedConfig
  readonly users: Users
  /** The text, as byte text, of the file that saves write, as it was read. Undefined: unknown. */
  readonly savedText: string | undefined
  /** From ts-sentinel.ini. */
  readonly protection: ProtectionSettings
  readonly secrets: Secrets
  /** `maxclients`, lowered to what the limit on open files allows. */
  readonly maxClients: number
  /** Where the HTTP server listens, as INFO shows it; undefined when it is off. */
  readonly http: ServerFacts['http']
  readonly tls: LiveTls
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
  readonly lookups: LookupHealth
  readonly scripts: ScriptRunner
  /** What saves write of the settings, and what is known of the file. */
  readonly settings: ChangeableSettings
  readonly known: KnownText
  readonly store: FileConfigStore
  readonly facts: Omit<ServerFacts, 'maxClients' | 'tcpPort' | 'listeners'>
  /** For the questions of HTTP to other sentinels. It opens nothing until it is asked. */
  readonly asker: SentinelAsker
  /** Closes all outgoing connections. */
  readonly closeOutgoing: () => void
}

export function compose(options: ComposeOptions): Parts {
  const { config, logger, fatal, users } = options
  const clock = new SystemClock()
  const settings = changeableSettings(config.settings, logger)
  const known = new KnownText(config.saved.restored ?? options.savedText)
  const kept = loadKeptState({
    config,
    umask: options.umask,
    isMonitored: (master) => core.view.hasMaster(master),
    changed: () => { driver.keep() },
    facts: failoverFacts(() => core.view),
  })
  const { journal } = kept
  const store = configStore(options, settings.get, known)
  const core = createCore(options, kept.forCore)
  const events = eventBus(logger)
  const scripts = scriptRunner(core, { clock, events })
  const links = outgoingLinks(options, (input) => { driver.enqueue(input) })
  const lookups = new LookupHealth(createDnsResolver())
  const driver = new Driver({
    core,
    clock,
    store,
    configPath: config.saved.path,
    ownStateStore: kept.file,
    links,
    resolver: lookups,
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
    redisCliTls: () => redisCliTls(options.tls.settings),
    http: options.http,
  })
  const server = createServer({
    settings: serverSettings(config.settings, { maxClients: options.maxClients, tls: options.tls.incoming }),
    world: {
      view: core.view,
      operator: driver,
      scripts,
      failovers: (master) => journal.failovers(master),
      ...users.world,
      stateFile: config.saved.state?.path,
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
  const asker = sentinelAsker(options, core, lookups)
  const closeOutgoing = () => {
    links.closeAll()
    asker.close()
  }
  const parts = { core, driver, server, events, journal, clock, lookups, scripts, settings, facts, asker }
  return { ...parts, closeOutgoing, ownStateFile: kept.file, store, known }
}

function createCore({ config, protection, secrets }: ComposeOptions, ownState: OwnState): Sentinel {
  const { requirepass } = settingsWithSecrets(config.settings, secrets)
  return new Sentinel({
    durable: config.durable,
    ownState,
    seed: randomInt(2 ** 32),
    announcePort: announcedPort(config.settings),
    protection,
    outsidePasswords: passwordsForCore(secrets),
    ...(requirepass === undefined ? {} : { requirepass }),
  })
}

function scriptRunner(
  { view }: Sentinel, { clock, events }: { readonly clock: Clock, readonly events: EventBus },
): ScriptRunner {
  return createScriptRunner({
    clock,
    events,
    maxRuntimeMs: () => view.tunable('script-max-runtime'),
    retryDelayMs: () => view.tunable('script-retry-delay'),
  })
}

function outgoingLinks({ config, tls }: ComposeOptions, sink: (input: Input) => void): ReturnType<typeof createLinks> {
  const { bindSourceAddress } = config.settings
  return createLinks({
    sink,
    ...(bindSourceAddress === undefined ? {} : { bindSourceAddr: bindSourceAddress }),
    tls: () => tls.outgoing,
  })
}

function sentinelAsker({ config, tls }: ComposeOptions, { view }: Sentinel, resolver: Resolver): SentinelAsker {
  const { bindSourceAddress } = config.settings
  return createSentinelAsker({
    login: () => view.peerLogin(),
    clientName: `sentinel-${view.myId.slice(0, 8)}-http`,
    resolver,
    tls: () => tls.outgoing,
    ...(bindSourceAddress === undefined ? {} : { bindSourceAddr: bindSourceAddress }),
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

function configStore(
  { config, umask, users, logger }: ComposeOptions, settings: () => Settings, known: KnownText,
): FileConfigStore {
  const { saved } = config
  const warn = (text: string) => { logger.log('warning', text) }
  return new FileConfigStore({ saved, settings, umask, userLines: users.configLines, known, warn })
}

/** Debug events are logged and not published. */
function publishTo(server: Server): (event: PublishedEvent) => void {
  return ({ level, channel, payload }) => {
    if (level !== 'debug') server.publish(channel, payload)
  }
}

interface ChangeableSettings {
  readonly get: () => Settings
  /** Also sets the level of the log. */
  readonly replace: (settings: Settings) => void
  readonly logLevel: { readonly get: () => Settings['logLevel'], readonly set: (level: Settings['logLevel']) => void }
}

/** The settings that may change while the program runs. The next save writes their current values. */
function changeableSettings(initial: Settings, logger: SentinelLogger): ChangeableSettings {
  let current = initial
  return {
    get: () => current,
    replace: (settings) => {
      current = settings
      logger.setLevel(settings.logLevel)
    },
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
