/**
 * Start and stop of one sentinel, in the order in which operators know it (config.md 1.6, protocol.md 7.1).
 *
 * Start: banner; listeners; pid file and process title; `Running mode`; a new id is made durable before anything is
 * said to anybody; then the core starts; then clients are let in. A step that fails leaves nothing behind.
 *
 * Stop: no more inputs; saves that were asked for end, within a limit; pid file and socket file go; connections are
 * cut; the last line is logged. Running scripts are not waited for, and the configuration is not written again.
 */
import type { DurableState } from '../core/index.ts'
import type { SentinelLogger } from '../logging/index.ts'
import type { Logger } from '../ports/index.ts'
import { logo } from './logo.ts'
import { removePidFile, writePidFile } from './pid-file.ts'
import { backlogWarning, bannerLines, MONOTONIC_CLOCK_LINE, runningModeLine } from './startup-lines.ts'

/** How long a stop waits for the disk. SIGTERM must end the process within a second. */
const LAST_SAVE_MAX_MS = 600

/** How long a stop waits for sockets to be closed. */
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
    /** Those who have connected, and who will, are answered from now on. */
    admit(): void
    close(): Promise<void>
  }
  /** What only the settings file turns on. */
  readonly extras: {
    /** The problem, or undefined when all of it runs. */
    start(): Promise<string | undefined>
    /** There is something to ask from now on. */
    admit(): void
    /** Sends what is left, and closes; within `LAST_SAVE_MAX_MS`. */
    stop(): Promise<void>
  }
  /** What else holds sockets or children. */
  readonly closeOutgoing: () => void
  /** Tells the supervisor, if there is one. */
  readonly notify: (...variables: readonly string[]) => Promise<void>
}

export interface LifecycleFacts {
  /** Problems found before the start that do not prevent it. */
  readonly warnings: readonly string[]
  /** Problems that do; empty when all is well. */
  readonly obstacles: readonly string[]
  readonly durable: DurableState
  /** The id was made up for this start and is in no file yet. */
  readonly isNewId: boolean
  readonly processId: number
  /** The port that the log names: the TLS one where the plain one is off. */
  readonly port: number
  /** The logo stands in the place of the line that names the port. */
  readonly showsLogo: boolean
  readonly backlog: number
  readonly pidFile: string | undefined
  readonly unixSocket: string | undefined
  /** Undefined leaves the title as it is. */
  readonly processTitle: string | undefined
}

/** How a start ended. */
export type Started =
  | { readonly ok: true }
  /** `wasStopped`: nothing was wrong, but a stop came before the start was over. */
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

  /** Resolves when the sentinel runs, or with the reason why it does not; then everything is closed again. */
  async start(): Promise<Started> {
    const { logger, driver, server, extras, notify } = this.#parts
    const { durable, isNewId } = this.#facts
    void notify('STATUS=Redis is loading...')
    for (const line of bannerLines(this.#facts.processId)) logger.log('notice', line)
    for (const line of this.#facts.warnings) logger.log('warning', line)
    logger.log('notice', MONOTONIC_CLOCK_LINE)
    const problem = this.#obstacle() ?? await this.#listen() ?? await this.#startExtras()
    if (problem !== undefined) return { ok: false, problem, wasStopped: false }
    this.#introduce()
    if (isNewId) await driver.saveBeforeStart(durable)
    if (this.#stopped !== undefined) {
      await this.#stopped
      return { ok: false, problem: 'stopped during the start', wasStopped: true }
    }
    logger.log('notice', `Sentinel ID is ${durable.myId}`)
    driver.start()
    // A client that was quicker than the core would find a sentinel that knows no masters.
    await new Promise((resolve) => { setImmediate(resolve) })
    server.admit()
    extras.admit()
    // Nobody waits for the supervisor: a helper that hangs must not hold up a stop.
    void notify('STATUS=Ready to accept connections', 'READY=1')
    return { ok: true }
  }

  /** Safe to call at any time and more than once. */
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

/** Waits, but not for ever. A stop goes on whatever a disk or a socket does. */
async function withinLimit(work: Promise<unknown>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const limit = new Promise<void>((resolve) => { timer = setTimeout(resolve, ms) })
  await Promise.race([work, limit])
  clearTimeout(timer)
}
