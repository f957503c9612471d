import { spawn, type ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { closeSync, openSync } from 'node:fs'
import { constants } from 'node:os'

import { hasCode } from '../error-code.ts'
import type { Exit } from '../managed-process.ts'
import { startSweeper, type Sweeper } from './sweeper.ts'

/** Exit status of a shell for a program that does not exist, and for one that cannot be run. */
const NOT_FOUND = 127
const NOT_EXECUTABLE = 126

/** The command that runs as the application under test. */
export interface ApplicationCommand {
  readonly file: string
  readonly args: readonly string[]
  /** Variables that are added; those that are undefined are removed. */
  readonly environment: Readonly<Record<string, string | undefined>>
  /** What it reads, and where its output goes: the streams of this process, or everything to standard error. */
  readonly streams: 'inherit' | 'to-stderr'
}

/** The command could not be started. */
export class CommandNotStartedError extends Error {
  override readonly name = 'CommandNotStartedError'
  /** As of a shell: 127 when there is no such program, 126 when it cannot be run. */
  readonly status: number

  constructor(file: string, error: Error) {
    const isMissing = hasCode(error, 'ENOENT')
    super(isMissing ? `there is no program ${file}` : `${file} cannot be started: ${error.message}`, { cause: error })
    this.status = isMissing ? NOT_FOUND : NOT_EXECUTABLE
  }
}

/**
 * The application under test with all processes that it starts. When this process ends, in whatever way, all of them
 * are killed.
 */
export class ApplicationProcess {
  readonly #child: ChildProcess
  readonly #sweeper: Sweeper
  /** A terminal sends Ctrl-C and the like to the command itself, which is then in the process group of this process. */
  readonly #hasTerminal: boolean
  /** Resolves when the command ends; processes that it started may be left. */
  readonly ended: Promise<Exit>

  private constructor(child: ChildProcess, sweeper: Sweeper, hasTerminal: boolean) {
    this.#child = child
    this.#sweeper = sweeper
    this.#hasTerminal = hasTerminal
    this.ended = new Promise((resolve) => {
      child.once('exit', (code, signal) => { resolve({ code, signal }) })
    })
  }

  /** @throws CommandNotStartedError when there is no such program, or it cannot be run */
  static async start({ file, args, environment, streams }: ApplicationCommand): Promise<ApplicationProcess> {
    const mark = `TS_SENTINEL_APPLICATION_${randomBytes(12).toString('hex')}`
    const hasTerminal = streams === 'inherit' && hasControllingTerminal()
    const sweeper = startSweeper(mark)
    const child = spawn(file, [...args], {
      stdio: streams === 'inherit' ? 'inherit' : ['ignore', 2, 2],
      detached: !hasTerminal,
      env: { ...process.env, ...environment, [mark]: '1' },
    })
    const application = new ApplicationProcess(child, sweeper, hasTerminal)
    try {
      await new Promise<void>((resolve, reject) => {
        child.once('spawn', resolve)
        child.once('error', (error) => { reject(new CommandNotStartedError(file, error)) })
      })
    } catch (error) {
      await sweeper.finish()
      throw error
    }
    if (!hasTerminal && child.pid !== undefined) sweeper.useGroup(child.pid)
    return application
  }

  get pid(): number | undefined {
    return this.#child.pid
  }

  /** Passes on a signal that this process received; one that the terminal sent to both is not passed on again. */
  passOn(signal: NodeJS.Signals): void {
    if (this.#hasTerminal && (signal === 'SIGINT' || signal === 'SIGQUIT')) return
    this.signal(signal)
  }

  /** Sends a signal to the command alone. */
  signal(signal: NodeJS.Signals): void {
    if (this.#child.exitCode === null && this.#child.signalCode === null) this.#child.kill(signal)
  }

  /** Sends a signal to the command and to what it has started in its process group. */
  signalAll(signal: NodeJS.Signals): void {
    const { pid } = this.#child
    if (this.#hasTerminal || pid === undefined) this.signal(signal)
    else if (this.#child.exitCode === null && this.#child.signalCode === null) process.kill(-pid, signal)
  }

  /** Kills the command and everything that it started, also what is left after the command has ended. */
  async sweep(): Promise<void> {
    await this.#sweeper.finish()
  }
}

/** The exit status in the way of a shell: 128 and the number of the signal for a command that a signal ended. */
export function exitStatus({ code, signal }: Exit): number {
  if (signal === null) return code ?? 1
  return 128 + constants.signals[signal]
}

function hasControllingTerminal(): boolean {
  try {
    closeSync(openSync('/dev/tty', 'r+'))
    return true
  } catch {
    return false
  }
}
