/**
 * Start and stop of one sentinel, in the order that operators know from the original (config.md 1.6, protocol.md 7.1).
 *
 * Start: banner; listeners; pid file and process title; `Running mode`; a new id becomes durable before it is sent or
 * logged; the core starts; clients are admitted. When a step fails, everything is closed and removed again.
 *
 * Stop: the driver takes no more inputs and completes requested saves within a time limit; the pid file and the socket
 * file are removed; connections are closed; the last line is logged. The stop does not wait for running scripts and
 * does not write the configuration again.
 */
import type { DurableState } from '../core/index.ts'
import type { SentinelLogger } from '../logging/index.ts'
import type { Logger, LogLevel } from '../ports/index.ts'
import { logo } from './logo.ts'
import { removePidFile, writePidFile } from './pid-file.ts'
import { backlogWarning, bannerLines, MONOTONIC_CLOCK_LINE, runningModeLine } from './startup-lines.ts'

/** Time limit for saves during a stop, in milliseconds. SIGTERM must end the process within a second. */
const LAST_SAVE_MAX_MS = 600

/** Time limit for closing sockets during a stop, in milliseconds. */
const CLOSE_MAX_MS = 200

export interface LifecycleParts {
  readonly logger: Logger & Pick<SentinelLogger, 'raw'>
  readonly driver: {
    saveBeforeStart(state: DurableState): Promise<void>
    start(): void
    stop(): Promise<void>
  }
  readonly server: {
    listen(): Promise<{ readonly isListening: boolean, readonly problems: readonly string[] }>
    /** Called when clients may be answered, including those that have connected already. */
    admit(): void
    close(): Promise<void>
  }
  /** The modules that only the settings file turns on. */
  readonly extras: {
    /** Resolves with undefined when all of them run, or with the problem. */
    start(): Promise<string | undefined>
    /** Called when HTTP requests may be answered. */
    admit(): void
    /** Sends webhook requests that wait and closes connections, within `LAST_SAVE_MAX_MS`. */
    stop(): Promise<void>
  }
  readonly ownStateFile: {
    /** Sets aside a file that cannot be used. Returns what the log says about it or about a missing one. */
    open(): { readonly level: LogLevel, readonly text: string } | undefined
  }
  /** Closes all outgoing connections. */
  readonly closeOutgoing: () => void
  /** Sends messages to the supervisor, if there is one. */
  readonly notify: (...variables: readonly string[]) => Promise<void>
}

export interface LifecycleFacts {
  /** Log lines about problems that do not prevent the start. */
  readonly warnings: readonly string[]
  /** Log lines about problems that prevent the start; empty when there are none. */
  readonly obstacles: readonly string[]
  readonly durable: DurableState
  /** The id was generated for this start and is in no file yet, or the file is missing or not up to date. */
  readonly isSaveDue: boolean
  readonly processId: number
  /** The port in the log: the TLS port when the plain one is off. */
  readonly port: number
  /** Whether the logo replaces the line that names the port. */
  readonly showsLogo: boolean
  readonly backlog: number
  readonly pidFile: string | undefined
  readonly unixSocket: string | undefined
  /** Undefined when the title is not changed. */
  readonly processTitle: string | undefined
}

/** The result of a start. */
export type Started =
  | { readonly ok: true }
  /** `wasStopped`: no error occurred; a stop interrupted the start. */
  | { readonly ok: false, readonly problem: string, readonly wasStopped: boolean }

export class Lifecycle {
  readonly #parts: LifecycleParts
  readonly #facts: LifecycleFacts
  #ownsPidFile = false
  #stopped: Promise<void> | undefined

  constructor(parts: LifecycleParts, facts: LifecycleFacts) {
    this.#parts = parts
    this.#facts = facts
  }

  /** Resolves when the sentinel runs, or with the reason why it cannot run; then everything has been closed again. */
  async start(): Promise<Started> {
    const { logger, driver, server, extras, notify } = this.#parts
    const { durable, isSaveDue } = this.#facts
    void notify('STATUS=Redis is loading...')
    for (const line of bannerLines(this.#facts.processId)) logger.log('notice', line)
    for (const line of this.#facts.warnings) logger.log('warning', line)
    logger.log('notice', MONOTONIC_CLOCK_LINE)
    const problem = this.#obstacle() ?? await this.#listen() ?? await this.#startExtras()
    if (problem !== undefined) return { ok: false, problem, wasStopped: false }
    this.#introduce()
    this.#openOwnState()
    if (isSaveDue) await driver.saveBeforeStart(durable)
    if (this.#stopped !== undefined) {
      await this.#stopped
      return { ok: false, problem: 'stopped during the start', wasStopped: true }
    }
    logger.log('notice', `Sentinel ID is ${durable.myId}`)
    driver.start()
    // Clients are admitted after the core's first step. Before it the sentinel has no masters.
    await new Promise((resolve) => { setImmediate(resolve) })
    server.admit()
    extras.admit()
    // The start does not wait for the supervisor: a helper program that hangs must not delay a stop.
    void notify('STATUS=Ready to accept connections', 'READY=1')
    return { ok: true }
  }

  /** May be called at any time and more than once. */
  stop(): Promise<void> {
    this.#stopped ??= this.#stopOnce()
    return this.#stopped
  }

  #obstacle(): string | undefined {
    const { obstacles } = this.#facts
    for (const line of obstacles) this.#parts.logger.log('warning', line)
    return obstacles.at(-1)
  }

  async #listen(): Promise<string | undefined> {
    const { logger, server, closeOutgoing } = this.#parts
    const { isListening, problems } = await server.listen()
    for (const line of problems) logger.log('warning', line)
    if (isListening) return undefined
    closeOutgoing()
    return problems.at(-1) ?? 'no address to listen on'
  }

  async #startExtras(): Promise<string | undefined> {
    const { logger, server, closeOutgoing, extras } = this.#parts
    const problem = await extras.start()
    if (problem === undefined) return undefined
    logger.log('warning', problem)
    closeOutgoing()
    await withinLimit(Promise.all([server.close(), extras.stop()]), CLOSE_MAX_MS)
    return problem
  }

  #introduce(): void {
    const { logger } = this.#parts
    const { pidFile, processId, processTitle, port, showsLogo, backlog } = this.#facts
    if (pidFile !== undefined) {
      const problem = writePidFile(pidFile, processId)
      this.#ownsPidFile = problem === undefined
      if (problem !== undefined) logger.log('warning', `Failed to write PID file: ${problem}`)
    }
    if (processTitle !== undefined) process.title = processTitle
    if (showsLogo) logger.raw(logo({ port, processId }))
    else logger.log('notice', runningModeLine(port))
    const warning = backlogWarning(backlog)
    if (warning !== undefined) logger.log('warning', warning)
  }

  /** After the sockets listen: with the same configuration, a second process does not get here. */
  #openOwnState(): void {
    const { ownStateFile, logger } = this.#parts
    const line = ownStateFile.open()
    if (line !== undefined) logger.log(line.level, line.text)
  }

  async #stopOnce(): Promise<void> {
    const { logger, driver, server, extras, closeOutgoing, notify } = this.#parts
    const { pidFile, unixSocket } = this.#facts
    logger.log('notice', 'User requested shutdown...')
    const told = notify('STOPPING=1')
    await withinLimit(Promise.all([driver.stop(), extras.stop()]), LAST_SAVE_MAX_MS)
    if (pidFile !== undefined && this.#ownsPidFile) {
      logger.log('notice', 'Removing the pid file.')
      removePidFile(pidFile)
    }
    // Node removes the file of a unix socket when it closes the listener.
    if (unixSocket !== undefined) logger.log('notice', 'Removing the unix socket file.')
    closeOutgoing()
    await withinLimit(Promise.all([server.close(), told]), CLOSE_MAX_MS)
    logger.log('warning', 'Sentinel is now ready to exit, bye bye...')
  }
}

/** Waits for `work`, but at most `ms` milliseconds: a slow disk or socket must not block a stop. */
async function withinLimit(work: Promise<unknown>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const limit = new Promise<void>((resolve) => { timer = setTimeout(resolve, ms) })
  await Promise.race([work, limit])
  clearTimeout(timer)
}
