/**
 * Where log lines end up. A file is opened for each batch and closed again, so that rotating it by renaming works
 * without a signal, and is written to without blocking: a slow disk must not stop PING. Lines that cannot be written
 * go to standard error once the file has refused them, and the process goes on.
 */
import { appendFileSync } from 'node:fs'
import { appendFile } from 'node:fs/promises'

export interface Destination {
  write(line: string): void
  /** Writes everything that is still waiting, now. For the end of the process. */
  flushSync(): void
}

/** Lines that wait for a slow disk. Beyond this the oldest are dropped and the loss is said in the file. */
const WAITING_LINES_MAX = 100_000

export function standardOutput(): Destination {
  return {
    write: (line) => { process.stdout.write(line) },
    flushSync: () => undefined,
  }
}

export function appendingFile(path: string): Destination {
  return new AppendingFile(path)
}

class AppendingFile implements Destination {
  readonly #path: string
  #waiting: string[] = []
  #writing: string[] = []
  #dropped = 0
  #hasFailed = false

  constructor(path: string) {
    this.#path = path
  }

  write(line: string): void {
    if (this.#waiting.length >= WAITING_LINES_MAX) {
      this.#dropped += 1
      return
    }
    this.#waiting.push(line)
    if (this.#waiting.length === 1 && this.#writing.length === 0) setImmediate(() => { void this.#writeBatch() })
  }

  /** A batch whose writing is under way may appear twice; nothing is lost. */
  flushSync(): void {
    const lines = [...this.#writing, ...this.#waiting]
    this.#writing = []
    this.#waiting = []
    if (lines.length === 0) return
    try {
      appendFileSync(this.#path, lines.join(''))
    } catch (error) {
      this.#refused(lines, error)
    }
  }

  async #writeBatch(): Promise<void> {
    if (this.#waiting.length === 0 || this.#writing.length > 0) return
    const lines = this.#waiting
    this.#writing = lines
    this.#waiting = []
    if (this.#dropped > 0) lines.push(`${process.pid}:X ${this.#dropped} log lines were dropped: the disk is too slow\n`)
    this.#dropped = 0
    try {
      await appendFile(this.#path, lines.join(''))
      this.#hasFailed = false
    } catch (error) {
      this.#refused(lines, error)
    }
    if (this.#writing === lines) this.#writing = []
    if (this.#waiting.length > 0) void this.#writeBatch()
  }

  #refused(lines: readonly string[], error: unknown): void {
    if (!this.#hasFailed) {
      const reason = error instanceof Error ? error.message : String(error)
      process.stderr.write(`Can't write the log file: ${reason}. Log lines go to standard error until it can be written.\n`)
    }
    this.#hasFailed = true
    process.stderr.write(lines.join(''))
  }
}
