import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

import { watchAncestors } from './ancestor-watch.ts'
import { messageOf } from './eventually.ts'
import { claimPort, type ClaimedPort } from './free-ports.ts'
import { startReaper, type Reaper } from './reaper.ts'

/** The temporary folder, the ports and the reaper of one deployment: everything that is removed at its end. */
export class Workspace {
  /** Absolute path; holds one folder for each process, with its config file, its log and its data. */
  readonly folder: string
  readonly #reaper: Reaper
  readonly #ports: ClaimedPort[] = []
  #stopWatching: (() => void) | undefined
  #kept = false

  /** @throws Error when the temporary folder cannot be made, or when the shell that cleans up cannot be started */
  constructor(prefix: string) {
    this.folder = makeFolder(prefix)
    try {
      this.#reaper = startReaper(this.folder)
      this.#stopWatching = watchAncestors()
    } catch (error) {
      rmSync(this.folder, { recursive: true, force: true })
      throw error
    }
  }

  /** Reserves a port until this workspace is removed. */
  async claimPort(): Promise<number> {
    const claimed = await claimPort()
    this.#ports.push(claimed)
    this.#reaper.lockPort(claimed.port)
    return claimed.port
  }

  /** Adds a process that is killed when this one ends. */
  adopt(pid: number): void {
    this.#reaper.adopt(pid)
  }

  /** Removes a process that has ended by itself. */
  release(pid: number): void {
    this.#reaper.release(pid)
  }

  /** Leaves folder and processes in place when this process ends. */
  keep(): void {
    this.#kept = true
    this.#reaper.keep()
  }

  /** Removes the folder and releases the ports. Processes must have ended before; any that still run are killed. */
  async remove(): Promise<void> {
    this.#stopWatching?.()
    this.#stopWatching = undefined
    try {
      await this.#reaper.finish()
    } finally {
      if (!this.#kept) rmSync(this.folder, { recursive: true, force: true, maxRetries: 3 })
      for (const claimed of this.#ports.splice(0)) claimed.release()
    }
  }

  /** For `await using`: as `remove()`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.remove()
  }
}

/** Returns an absolute path, because the processes run in folders of their own. */
function makeFolder(prefix: string): string {
  const parent = resolve(tmpdir())
  try {
    return mkdtempSync(join(parent, `${prefix}-`))
  } catch (error) {
    throw new Error(`cannot make a folder in ${parent}, where TMPDIR points to: ${messageOf(error)}`, { cause: error })
  }
}
