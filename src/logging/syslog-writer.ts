/**
 * Writes lines to the system log through one process of the program `logger` (util-linux), which reads them from a
 * pipe: Node cannot send to the datagram socket of that log. The process may end, hang or be missing. Then lines are
 * kept, up to a limit, it is started again after a pause, and nothing here blocks.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { Socket } from 'node:net'
import type { LogLevel } from '../ports/index.ts'
import { count } from '../text/index.ts'
import { lineBytes } from './line-bytes.ts'
import { syslogLine } from './syslog-line.ts'

export interface SyslogSettings {
  /** The name at the beginning of each line. */
  readonly ident: string
  /** `user`, or `local0` to `local7`. */
  readonly facility: string
}

export interface SyslogWriterOptions extends SyslogSettings {
  readonly pid: number
  /** Reports that the system log cannot be reached. Called once per outage, not for each restart. */
  readonly complain: (text: string) => void
  /** Pause before the first restart of `logger`, in milliseconds; it doubles up to a minute. Default 1000. */
  readonly restartMs?: number
}

/** Most bytes kept for a `logger` that does not read: some minutes of a busy log. Beyond it new lines are lost. */
const WAITING_BYTES_MAX = 256 * 1024

const RESTART_MS = 1000
const RESTART_MAX_MS = 60_000

/** A `logger` that ran for this long counts as recovered: its end is a new failure, with the first pause again. */
const WELL_AFTER_MS = 10_000

/** Characters kept of the error output of `logger`. */
const REASON_MAX = 200

/** Longer than any line of ours. By default `logger` cuts lines at 1 KiB. */
const LINE_BYTES_MAX = '2048'

/**
 * A service manager sends its signals to all processes of a service. `logger` ignores those that ask it to end, because
 * the last lines follow; it ends when its pipe is closed.
 */
const DEAF_SHELL = ['-c', 'trap "" HUP INT TERM; exec logger "$@"', 'logger']

export class SyslogWriter {
  readonly #options: SyslogWriterOptions
  #child: ChildProcess | undefined
  #startedAt = 0
  #waiting: Buffer[] = []
  #waitingBytes = 0
  #lost = 0
  #isFull = false
  #failures = 0
  #restart: NodeJS.Timeout | undefined

  constructor(options: SyslogWriterOptions) {
    this.#options = options
  }

  /** Queues a message without prefix and line end. */
  write(level: LogLevel, text: string): void {
    const bytes = lineBytes(syslogLine(this.#options.facility, level, text))
    if (this.#waitingBytes + bytes.length > WAITING_BYTES_MAX) {
      this.#lost += 1
      return
    }
    this.#waiting.push(bytes)
    this.#waitingBytes += bytes.length
    if (!this.#isFull && this.#restart === undefined) this.#pass()
  }

  /** Writes what waits, as far as the pipe accepts it, and closes the pipe. For the end of the process. */
  close(): void {
    clearTimeout(this.#restart)
    this.#restart = undefined
    this.#pass()
    const child = this.#child
    this.#child = undefined
    child?.stdin?.end()
  }

  /** Writes everything that waits to the pipe. */
  #pass(): void {
    if (this.#waiting.length === 0) return
    this.#child ??= this.#start()
    const { stdin } = this.#child
    if (stdin === null) return
    if (this.#lost > 0) {
      const text = `${count(this.#lost, 'log line')} could not be written here`
      this.#waiting.push(lineBytes(syslogLine(this.#options.facility, 'warning', text)))
      this.#lost = 0
    }
    const bytes = Buffer.concat(this.#waiting)
    this.#waiting = []
    this.#waitingBytes = 0
    this.#isFull = !stdin.write(bytes)
  }

  #start(): ChildProcess {
    const { pid } = this.#options
    // An argument of a process cannot contain NUL.
    const ident = this.#options.ident.replace(/\0.*$/s, '')
    this.#startedAt = performance.now()
    this.#isFull = false
    const child = spawn('/bin/sh', [
      ...DEAF_SHELL, '--prio-prefix', '--socket-errors=on', `--id=${pid}`, `--tag=${ident}`, `--size=${LINE_BYTES_MAX}`,
    ], { detached: true, stdio: ['pipe', 'ignore', 'pipe'] })
    // Neither the child process nor its pipes keep our process alive.
    child.unref()
    for (const pipe of [child.stdin, child.stderr]) if (pipe instanceof Socket) pipe.unref()
    let reason = ''
    child.stderr?.setEncoding('utf8').on('data', (text: string) => { reason = (reason + text).slice(0, REASON_MAX) })
    child.stdin?.on('drain', () => {
      if (this.#child !== child) return
      this.#isFull = false
      this.#pass()
    })
    // The reader of the pipe has ended, which the `close` event of the process reports.
    child.stdin?.on('error', () => undefined)
    child.once('error', (error) => { this.#ended(child, error.message) })
    child.once('close', (code, signal) => {
      this.#ended(child, reason.trim() || `logger ended with ${signal ?? `status ${code}`}`)
    })
    return child
  }

  #ended(child: ChildProcess, reason: string): void {
    if (this.#child !== child) return
    this.#child = undefined
    this.#isFull = false
    if (performance.now() - this.#startedAt >= WELL_AFTER_MS) this.#failures = 0
    const pause = Math.min((this.#options.restartMs ?? RESTART_MS) * 2 ** this.#failures, RESTART_MAX_MS)
    this.#failures += 1
    this.#restart = setTimeout(() => {
      this.#restart = undefined
      this.#pass()
    }, pause)
    this.#restart.unref()
    // The report is a log line itself. It is made after the restart was scheduled, so that it waits as any other line.
    if (this.#failures === 1) {
      const oneLine = reason.replaceAll(/\s*\n\s*/g, '; ')
      this.#options.complain(`Can't write to the system log: ${oneLine}. Lines wait for the next attempt, and some may be lost.`)
    }
  }
}
