/** A sentinel in this process: it is created from a loaded configuration, then started and stopped. */
import { resolve } from 'node:path'
import { changeSetting, type LoadedConfig, type LogLine, type Settings } from '../config/index.ts'
import type { SentinelView } from '../core/index.ts'
import type { DriverHealth } from '../driver/index.ts'
import { createLogger, type SentinelLogger } from '../logging/index.ts'
import type { EventSource } from '../ports/index.ts'
import { hostAndPort } from '../text/index.ts'
import { compose, type Parts } from './compose.ts'
import { clientRoom, HTTP_DESCRIPTORS } from './descriptor-limit.ts'
import { NO_EXTENSIONS, type Extensions } from './extensions-file.ts'
import { ExtraEdges } from './extra-edges.ts'
import { LiveTls } from './live-tls.ts'
import { Lifecycle, type Started } from './lifecycle.ts'
import { logOptions } from './log-options.ts'
import { showsLogo } from './logo.ts'
import { processTitle } from './process-title.ts'
import { randomId } from './random-id.ts'
import { Reloader } from './reloader.ts'
import type { ReadTexts, Rereader } from './reread.ts'
import { overriddenLines, settingsWithSecrets } from './secrets.ts'
import { withoutInit } from './startup-lines.ts'
import { createNotify, effectiveSupervision, isSupervised } from './supervision.ts'
import { loadUsers } from './users.ts'

/** Options of `createDaemon`. Tests and embedding programs replace some of the defaults. */
export interface DaemonOptions {
  /** The result of `loadConfig`. */
  readonly config: LoadedConfig
  /** Log lines that loading the configuration produced. */
  readonly log?: readonly LogLine[]
  /** The settings of ts-sentinel.ini. Default: none. */
  readonly extensions?: Extensions
  /**
   * Whether the process belongs to this sentinel alone, which may then set its title, show the logo, and stop the
   * process for upstart. Default false.
   */
  readonly ownsProcess?: boolean
  /** File mode creation mask of the process at its start. Default: the present one. */
  readonly umask?: number
  readonly environment?: Readonly<Record<string, string | undefined>>
  /**
   * Ends the process: with status 1 after an internal error, with status 99 for a simulated crash. The sentinel has
   * stopped all work when this is called. Default `process.exit`.
   */
  readonly exit?: (status: number) => void
}

/** A sentinel that runs inside this process. */
export interface Daemon {
  /** Resolves when the sentinel runs, or with the reason why it cannot run; the log has the details. Call it once. */
  start(): Promise<Started>
  /** Shuts down cleanly; resolves when the shutdown is over, within a second. Further calls are harmless. */
  stop(): Promise<void>
  /** Resolves when the sentinel has stopped, after `stop` or the command SHUTDOWN. */
  readonly stopped: Promise<void>
  readonly events: EventSource
  readonly view: SentinelView
  readonly logger: SentinelLogger
  health(): DriverHealth
}

/** A sentinel that can read its files again. */
export interface ReloadableDaemon extends Daemon {
  /** Reads the files again; resolves when what changed in them is saved, or refused. The log has the details. */
  reload(rereader: Rereader): Promise<void>
}

export interface ReloadableOptions extends DaemonOptions {
  /** What `loadConfig` has read. */
  readonly texts?: ReadTexts
}

/** Creates a sentinel that is not started yet. */
export function createDaemon(options: DaemonOptions): Daemon {
  return createReloadable(options)
}

/** Creates a sentinel whose files may be read again. */
export function createReloadable(options: ReloadableOptions): ReloadableDaemon {
  const { environment = process.env, umask = process.umask(), exit = exitProcess, extensions = NO_EXTENSIONS } = options
  const { secrets } = extensions
  const settings = settingsWithSecrets(options.config.settings, secrets)
  const logger = createLogger(logOptions(settings, extensions.logFormat))
  for (const { level, text } of options.log ?? []) logger.log(level, text)

  const tls = new LiveTls(settings)
  const room = clientRoom(settings.maxClients, { http: extensions.http === undefined ? 0 : HTTP_DESCRIPTORS })
  const users = loadUsers(settings, umask)
  const supervision = effectiveSupervision(settings.supervised, environment)
  const supervised = isSupervised(supervision, environment)
  const config = completeConfig(options.config, {
    maxClients: room.maxClients,
    ...(supervised ? { supervised: supervision } : {}),
  })
  const leave = (status: number) => {
    logger.close()
    exit(status)
  }
  const parts = compose({
    config, users, protection: extensions.protection, secrets,
    maxClients: config.settings.maxClients,
    http: extensions.http === undefined ? undefined : listenText(extensions.http),
    tls,
    supervised: supervised ? supervision : 'no',
    umask,
    savedText: options.texts?.files.get(resolve(config.saved.path)),
    logger,
    shutDown: () => { void daemon.stop() },
    exit: leave,
    fatal: fatalTo(logger, leave),
  })
  const eventFile = { configFile: config.saved.path, umask }
  const extras = new ExtraEdges({ extensions, parts, logger, eventFile, port: portOf(settings) })
  const lifecycle = new Lifecycle(
    {
      ...parts,
      logger,
      extras,
      notify: createNotify({
        supervision,
        environment,
        logger,
        halt: () => {
          logger.flushSync()
          if (options.ownsProcess === true) process.kill(process.pid, 'SIGSTOP')
        },
      }),
    },
    {
      warnings: [
        ...room.warnings, ...warningsOf(extensions, options.config), ...users.withoutChannels.map(noChannels),
        ...withoutInit(process.pid),
      ],
      obstacles: [...room.obstacles, ...tls.obstacles, ...users.obstacles],
      durable: config.durable,
      isSaveDue: options.config.durable.myId === '' || options.config.saved.isDue,
      processId: process.pid,
      port: portOf(settings),
      showsLogo: options.ownsProcess === true && extensions.logFormat === 'redis' && showsLogo(settings),
      backlog: settings.tcpBacklog,
      pidFile: config.settings.pidFile,
      unixSocket: settings.unixSocket,
      processTitle: options.ownsProcess === true ? processTitle(settings, config.configFile) : undefined,
    },
  )
  const reloader = new Reloader({ config: options.config, extensions, parts, users, extras, tls, warningsOf, logger })
  const daemon = new ComposedDaemon(lifecycle, { ...parts, reloader }, logger)
  return daemon
}

class ComposedDaemon implements ReloadableDaemon {
  readonly stopped: Promise<void>
  readonly logger: SentinelLogger
  readonly #lifecycle: Lifecycle
  readonly #parts: Parts & { readonly reloader: Reloader }
  #announceStop: () => void = () => undefined

  constructor(lifecycle: Lifecycle, parts: Parts & { readonly reloader: Reloader }, logger: SentinelLogger) {
    this.#lifecycle = lifecycle
    this.#parts = parts
    this.logger = logger
    this.stopped = new Promise((done) => { this.#announceStop = done })
  }

  get events(): EventSource {
    return this.#parts.events
  }

  get view(): SentinelView {
    return this.#parts.core.view
  }

  async start(): Promise<Started> {
    const started = await this.#lifecycle.start()
    this.logger.flushSync()
    return started
  }

  async stop(): Promise<void> {
    await this.#lifecycle.stop()
    this.logger.close()
    this.#announceStop()
  }

  reload(rereader: Rereader): Promise<void> {
    return this.#parts.reloader.reload(rereader)
  }

  health(): DriverHealth {
    return this.#parts.driver.health
  }
}

interface Effective {
  readonly maxClients: number
  readonly supervised?: string
}

/**
 * Adds values that are determined at the start: the id, and settings that the next save writes (config.md 1.6, 1.7).
 */
function completeConfig(config: LoadedConfig, { maxClients, supervised }: Effective): LoadedConfig {
  let { settings } = config
  const set = (name: string, value: string) => {
    const changed = changeSetting(settings, name, [value])
    if (changed.ok) settings = changed.value
  }
  if (maxClients !== settings.maxClients) set('maxclients', String(maxClients))
  if (supervised !== undefined && supervised !== settings.supervised) set('supervised', supervised)
  if (settings.daemonize && supervised === undefined && settings.pidFile === undefined) {
    set('pidfile', DEFAULT_PID_FILE)
  }
  const { durable } = config
  return { ...config, settings, durable: durable.myId === '' ? { ...durable, myId: randomId() } : durable }
}

/** The pid file of `daemonize yes` without a `pidfile` line (config.md 1.7). */
const DEFAULT_PID_FILE = '/var/run/redis.pid'

function describe(error: unknown): string {
  return error instanceof Error ? error.stack ?? error.message : String(error)
}

function exitProcess(status: number): void {
  process.exit(status)
}

/** The port that logs name. */
function portOf({ port, tlsPort }: Settings): number {
  return port === 0 ? tlsPort : port
}

/** `*:26380` where it listens on every address. */
function listenText({ host, port }: { readonly host: string, readonly port: number }): string {
  return hostAndPort(host === '0.0.0.0' || host === '::' ? '*' : host, port)
}

function fatalTo(logger: SentinelLogger, leave: (status: number) => void): (error: unknown) => void {
  return (error) => {
    logger.log('warning', `Fatal error, the state can no longer be trusted: ${describe(error)}`)
    leave(1)
  }
}

/** Warnings about settings that do not fit together. */
function warningsOf(extensions: Extensions, config: LoadedConfig): readonly string[] {
  return [
    ...extensions.warnings, ...overriddenLines(config, extensions.secrets), ...unmonitored(extensions, config.durable),
  ]
}

/** Warnings about `[master <name>]` sections that apply to no master of sentinel.conf. */
function unmonitored({ protection }: Extensions, { masters }: LoadedConfig['durable']): string[] {
  const names = [...protection.masters.keys()].filter((name) => masters.every((master) => master.name !== name))
  return names.map((name) => (
    `WARNING: The settings file has a section [master ${name}], but no master of this name is monitored. `
    + 'Correct the name, or add the master with SENTINEL MONITOR.'
  ))
}

function noChannels(user: string): string {
  return `WARNING: The user '${user}' may use Pub/Sub commands, but no channel: its rules name none. Before Redis 6.2 a user `
    + "had all channels. Add '&*' to its rules, or 'resetchannels' if that is intended."
}
