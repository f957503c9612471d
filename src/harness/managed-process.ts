import { spawn, type ChildProcess } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'
import type { constants } from 'node:os'

import { isNode, type Command } from './command.ts'
import { hasCode } from './error-code.ts'
import { within } from './eventually.ts'
import type { ControlledClock } from './faults/controlled-clock.ts'
import { ignoringFullDisk } from './faults/full-disk-signal.ts'
import type { Resolver } from './resolver.ts'
import type { Workspace } from './workspace.ts'

/** Time limit for the end of a process after SIGTERM; then it is killed. */
const STOP_MS = 10_000

/** Time limit for the end of a process after SIGKILL. */
const KILL_MS = 10_000

/** How a process ended. */
export interface Exit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

/**
 * A change that the owner of a process is informed of. `killed` comes before the signal, `stopped` after the end;
 * `ended` means that the process ended although the harness did not end it.
 */
export type ProcessChange = 'started' | 'stopped' | 'killed' | 'paused' | 'resumed' | 'ended'

/** One child process with a log file. It can be started and ended many times, and is killed when this process ends. */
export class ManagedProcess {
  readonly name: string
  /** Standard output and error of every run, appended. */
  readonly logFile: string
  /** The clock of the process, if it can be changed. */
  readonly clock: ControlledClock | undefined
  readonly #resolver: Resolver | undefined
  readonly #workspace: Workspace
  readonly #onChange: (change: ProcessChange, detail?: string) => void
  #child: ChildProcess | undefined
  /** The program of the last run. */
  #file = ''
  #ended: Promise<Exit> = Promise.resolve({ code: null, signal: null })
  #lastExit: Exit | undefined
  #paused = false
  #runsNode = false
  /** The harness has asked the process to end. */
  #ending = false

  constructor(options: {
    readonly name: string
    readonly logFile: string
    readonly workspace: Workspace
    /** Default: the clock of the system. */
    readonly clock?: ControlledClock | undefined
    /** Answers the lookups of a Node program. Default: the system. */
    readonly resolver?: Resolver | undefined
    /** `detail` is the exit status or signal of a process that ended by itself. */
    readonly onChange: (change: ProcessChange, detail?: string) => void
  }) {
    this.name = options.name
    this.logFile = options.logFile
    this.clock = options.clock
    this.#resolver = options.resolver
    this.#workspace = options.workspace
    this.#onChange = options.onChange
  }

  get pid(): number | undefined {
    return this.#child?.pid
  }

  get running(): boolean {
    return this.#child !== undefined
  }

  /** It was started with the Node of this process, as our sentinels are. */
  get runsNode(): boolean {
    return this.#runsNode
  }

  get paused(): boolean {
    return this.#paused
  }

  /** How the last run ended; undefined before the first end. */
  get lastExit(): Exit | undefined {
    return this.#lastExit
  }

  /** How the last run ended, and the last lines of its log, for messages. */
  endProblem(): string {
    const { code, signal } = this.#lastExit ?? {}
    const log = this.logTail()
    const how = `${this.name} ended at its start (${signal ?? `exit status ${code}`})`
    return log === '' ? `${how}, with nothing in its log: is ${this.#file} the right program?` : `${how}; its log ends with:\n${log}`
  }

  /** The last lines of the log, for messages. */
  logTail(lines = 15): string {
    return readFileSync(this.logFile, 'utf8').trim().split('\n').slice(-lines).join('\n')
  }

  /** Resolves when the present run ends; at once when the process does not run. */
  get ended(): Promise<Exit> {
    return this.#ended
  }

  /**
   * Starts the command in `folder`. When this returns, the process runs but may not answer yet.
   *
   * @throws Error when it runs already, or when the program does not exist
   */
  async start(command: Command, folder: string): Promise<void> {
    if (this.#child !== undefined) throw new Error(`${this.name} runs already (pid ${this.#child.pid})`)
    const log = openSync(this.logFile, 'a')
    try {
      // In a session of its own: Ctrl-C ends the test, and the clean-up of the test then ends this process.
      this.#runsNode = isNode(command)
      const { file, args, env } = this.#prepared(command)
      this.#file = command.file
      const child = spawn(file, [...args], {
        cwd: folder, stdio: ['ignore', log, log], detached: true, env: { ...process.env, ...env },
      })
      await this.#begun(child, command)
    } finally {
      closeSync(log)
    }
  }

  #prepared(command: Command): Command {
    const withClock = this.clock?.wrap(command) ?? command
    return ignoringFullDisk(this.#resolver?.wrap(withClock) ?? withClock)
  }

  async #begun(child: ChildProcess, command: Command): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve)
      child.once('error', (error) => {
        reject(new Error(`cannot start ${this.name}: ${startProblem(command, error)}`))
      })
    })
    const pid = child.pid
    if (pid !== undefined) this.#workspace.adopt(pid)
    child.unref()
    this.#child = child
    this.#ending = false
    this.#onChange('started')
    this.#ended = new Promise((resolve) => {
      child.once('exit', (code, signal) => {
        if (pid !== undefined) this.#workspace.release(pid)
        this.#child = undefined
        this.#paused = false
        this.#lastExit = { code, signal }
        resolve({ code, signal })
        if (!this.#ending) this.#onChange('ended', `by itself (${signal ?? `exit status ${code}`})`)
      })
    })
    // It may have ended after the spawn and before the listener was added.
    if (child.exitCode !== null || child.signalCode !== null) child.emit('exit', child.exitCode, child.signalCode)
  }

  /** Ends the process by SIGTERM, or by SIGKILL when it does not end within 10 seconds. */
  async stop(): Promise<Exit> {
    if (this.#child === undefined) return this.#ended
    if (this.#paused) this.resume()
    this.#ending = true
    this.#signal('SIGTERM')
    try {
      const exit = await within(`the end of ${this.name}`, STOP_MS, this.#ended)
      this.#onChange('stopped')
      return exit
    } catch {
      return this.kill()
    }
  }

  /** For `await using`: as `stop()`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
  }

  /** Sends SIGKILL: the process cannot close connections in order or write anything. Resolves when it has ended. */
  async kill(): Promise<Exit> {
    if (this.#child === undefined) return this.#ended
    this.#ending = true
    this.#onChange('killed')
    this.#signal('SIGKILL')
    return within(`the end of ${this.name} after SIGKILL`, KILL_MS, this.#ended)
  }

  /** Sends SIGSTOP: the process does nothing, and its sockets stay open. */
  pause(): void {
    this.#mustRun('pause')
    this.#onChange('paused')
    this.#signal('SIGSTOP')
    this.#paused = true
  }

  /** Sends SIGCONT after a pause. */
  resume(): void {
    this.#mustRun('resume')
    this.#onChange('resumed')
    this.#signal('SIGCONT')
    this.#paused = false
  }

  /** Sends SIGHUP, after which some programs read their files again. */
  reload(): void {
    this.#mustRun('reload')
    this.#signal('SIGHUP')
  }

  #mustRun(verb: string): void {
    if (this.#child === undefined) throw new Error(`cannot ${verb} ${this.name}: it does not run`)
  }

  #signal(signal: keyof typeof constants.signals): void {
    this.#child?.kill(signal)
  }
}

function startProblem({ file, ifMissing }: Command, error: Error): string {
  if (hasCode(error, 'ENOENT') && ifMissing !== undefined) return `there is no program ${file}. ${ifMissing}`
  return hasCode(error, 'EACCES') ? `${file} is not executable` : `${file}: ${error.message}`
}
