/**
 * The configuration file as the place where state survives (config.md 6.2, 6.6, 6.7). One save reads the file as it
 * is now, writes the new text beside it, makes it durable and puts it in the old one's place. Until the rename the old
 * file is intact, and the new text has been read back before that, so no save can leave a file that would not load.
 */
import { createHash, randomInt } from 'node:crypto'
import * as fs from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'

import type { DurableState } from '../core/index.ts'
import type { ConfigStore, SaveFailure } from '../ports/index.ts'
import { toBytes } from './byte-text.ts'
import { rewriteConfig } from './rewrite.ts'
import type { Settings } from './settings.ts'
import { systemErrorCode, systemErrorText } from './system-errors.ts'
import { configuredUserLines } from './user-lines.ts'
import { rewriteProblem } from './verify.ts'

/** The part of node:fs/promises that saving uses. */
export type StoreFileSystem = Pick<typeof fs, 'open' | 'readdir' | 'rename' | 'rm'>

export interface FileConfigStoreOptions {
  /** Absolute. */
  readonly path: string
  /** The settings at the moment of a save. */
  readonly settings: () => Settings
  /** Complete `user` lines at that moment. By default what the configuration said. */
  readonly userLines?: () => readonly string[]
  /** Of the process at its start; decides about the mode of a file that did not exist. */
  readonly umask: number
  readonly fileSystem?: StoreFileSystem
}

/** A save that left the old file in place. */
export class SaveError extends Error implements SaveFailure {
  override readonly name = 'SaveError'
  readonly strerror: string
  readonly step: string | undefined

  /** `step` is a text with the place of the system's words marked by `%`. */
  constructor(cause: unknown, step?: string) {
    const strerror = systemErrorText(cause)
    const line = step?.replace('%', () => `(${strerror})`)
    super(line ?? strerror, { cause })
    this.strerror = strerror
    this.step = line
  }
}

export class FileConfigStore implements ConfigStore {
  readonly #options: FileConfigStoreOptions
  readonly #fileSystem: StoreFileSystem
  #hasSwept = false

  constructor(options: FileConfigStoreOptions) {
    this.#options = options
    this.#fileSystem = options.fileSystem ?? fs
  }

  async save(durable: DurableState): Promise<void> {
    const { settings, userLines = () => configuredUserLines(settings(), sha256) } = this.#options
    const old = await this.#readOld()
    const input = { current: old?.text ?? '', settings: settings(), durable, userLines: userLines() }
    const text = rewriteConfig(input)
    // With a thousand masters each of the two takes tens of milliseconds; links are served in between.
    await nextTurn()
    const problem = rewriteProblem(text, input)
    if (problem !== undefined) {
      throw new SaveError(new Error(`the new config file would not load: ${problem}`), 'Could not write config file %')
    }
    await this.#replace(Buffer.from(text, 'latin1'), old)
  }

  /** Undefined when there is none. */
  async #readOld(): Promise<OldFile | undefined> {
    let file: FileHandle | undefined
    try {
      file = await this.#fileSystem.open(this.#options.path, 'r')
      const { mode, uid, gid } = await file.stat()
      return { text: await file.readFile('latin1'), mode: mode & 0o7777, uid, gid }
    } catch (error) {
      if (systemErrorCode(error) === 'ENOENT') return undefined
      throw new SaveError(error)
    } finally {
      await file?.close()
    }
  }

  async #replace(bytes: Buffer, old: OldFile | undefined): Promise<void> {
    const { path, umask } = this.#options
    await this.#sweep()
    const { temporary, file } = await this.#createTemporary()
    try {
      try {
        await writeDurably(file, bytes)
        // The original resets the mode to 0644, which shows passwords to everybody. We keep what the owner chose.
        await keepOwner(file, old)
        await attempt('Could not chmod config file %', () => file.chmod(old?.mode ?? 0o644 & ~umask))
      } finally {
        await file.close()
      }
      await attempt('Could not rename tmp config file %', () => this.#fileSystem.rename(temporary, path))
    } catch (error) {
      // What went wrong first is what people must hear of, also when cleaning up does not work either.
      await Promise.allSettled([this.#fileSystem.rm(temporary, { force: true })])
      throw error
    }
    await attempt('Could not sync config file dir %', () => this.#syncDirectory())
  }

  /**
   * Once, before the first save: takes away what a process left that was killed while it saved. That may hold
   * passwords, and on a full disk the space is needed. Whether it works shows in the save that follows.
   */
  async #sweep(): Promise<void> {
    if (this.#hasSwept) return
    this.#hasSwept = true
    const { path } = this.#options
    const [names] = await Promise.allSettled([this.#fileSystem.readdir(dirname(path))])
    if (names.status === 'rejected') return
    const left = names.value.filter((name) => isTemporaryOf(basename(path), name))
    await Promise.allSettled(left.map((name) => this.#fileSystem.rm(join(dirname(path), name), { force: true })))
  }

  /** In the same directory, because a rename does not cross file systems. */
  async #createTemporary(): Promise<{ temporary: string, file: FileHandle }> {
    return attempt('Could not create tmp config file %', async () => {
      for (let attempts = 1; ; attempts++) {
        const temporary = `${this.#options.path}.${randomSuffix()}${TEMPORARY_ENDING}`
        try {
          return { temporary, file: await this.#fileSystem.open(temporary, 'wx', 0o600) }
        } catch (error) {
          if (systemErrorCode(error) !== 'EEXIST' || attempts === MAX_NAME_ATTEMPTS) throw error
        }
      }
    })
  }

  /** The new name must survive a power cut as well. */
  async #syncDirectory(): Promise<void> {
    const directory = await this.#fileSystem.open(dirname(this.#options.path), 'r')
    try {
      await directory.sync()
    } catch (error) {
      // Some file systems cannot do it for directories; there is nothing more to do there.
      if (systemErrorCode(error) !== 'EINVAL') throw error
    } finally {
      await directory.close()
    }
  }
}

interface OldFile {
  /** Byte text. */
  readonly text: string
  readonly mode: number
  readonly uid: number
  readonly gid: number
}

async function writeDurably(file: FileHandle, bytes: Buffer): Promise<void> {
  let written = 0
  while (written < bytes.length) {
    const so_far = written
    written += await attempt(
      `Failed after writing (${so_far}) bytes to tmp config file %`,
      async () => (await file.write(bytes, so_far)).bytesWritten,
    )
  }
  await attempt('Could not sync tmp config file to disk %', () => file.sync())
}

/** As far as we may: a process that is not root cannot give files away, and then the file becomes its own. */
async function keepOwner(file: FileHandle, old: OldFile | undefined): Promise<void> {
  if (old === undefined) return
  const { uid, gid } = await file.stat()
  if (old.gid !== gid) await ignoreRefusal(file.chown(uid, old.gid))
  if (old.uid !== uid) await ignoreRefusal(file.chown(old.uid, old.gid))
}

async function ignoreRefusal(change: Promise<void>): Promise<void> {
  try {
    await change
  } catch (error) {
    if (systemErrorCode(error) !== 'EPERM') throw new SaveError(error, 'Could not chown config file %')
  }
}

async function attempt<Result>(step: string, run: () => Promise<Result>): Promise<Result> {
  try {
    return await run()
  } catch (error) {
    throw new SaveError(error, step)
  }
}

/** With six random characters a second collision means that something is very wrong. */
const MAX_NAME_ATTEMPTS = 5
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'

function randomSuffix(): string {
  return Array.from({ length: 6 }, () => ALPHABET.charAt(randomInt(ALPHABET.length))).join('')
}

/** Behind the six random characters of the original (config.md 6.6), so that `sentinel.conf.backup` is none of ours. */
const TEMPORARY_ENDING = '.tmp'

function isTemporaryOf(file: string, name: string): boolean {
  return name.startsWith(`${file}.`) && /^[A-Za-z0-9]{6}\.tmp$/.test(name.slice(file.length + 1))
}

function sha256(text: string): string {
  return createHash('sha256').update(toBytes(text), 'latin1').digest('hex')
}
