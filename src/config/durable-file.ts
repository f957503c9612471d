/**
 * Replaces a file as a whole (config.md 6.6): the new text is written to a temporary file in the same directory, made
 * durable and renamed over the old file, which is intact until then. A failover waits for several saves, and every file
 * operation costs a trip to a thread and back. Therefore steps that do not depend on each other run at the same time,
 * a file that has not changed is not read again, and the new text is made while the system checks for changes.
 */
import { randomInt } from 'node:crypto'
import type { BigIntStats } from 'node:fs'
import * as fs from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'

import type { SaveFailure } from '../ports/index.ts'
import { systemErrorCode, systemErrorText } from '../text/index.ts'

/** The part of node:fs/promises that saving uses. */
export type StoreFileSystem = Pick<typeof fs, 'open' | 'readdir' | 'rename' | 'rm' | 'stat'>

/** A save that failed; the old file is still in place. */
export class SaveError extends Error implements SaveFailure {
  override readonly name = 'SaveError'
  readonly strerror: string
  readonly step: string | undefined

  /** `step` is a message with `%` in the place of the system's error text. */
  constructor(cause: unknown, step?: string) {
    const strerror = systemErrorText(cause)
    const line = step?.replace('%', () => `(${strerror})`)
    super(line ?? strerror, { cause })
    this.strerror = strerror
    this.step = line
  }
}

export interface DurableFileOptions {
  /** Absolute. */
  readonly path: string
  /** The umask of the process at its start: gives the mode of a file that did not exist. */
  readonly umask: number
  /** A new file gets the mode and the owner of this one, where it exists. */
  readonly likePath?: string
  readonly fileSystem?: StoreFileSystem
}

export interface FileContent {
  /** Byte text. */
  readonly text: string
  readonly mode: number
  readonly uid: number
  readonly gid: number
}

export interface NewContent {
  /** Byte text. */
  readonly text: string
  /** Runs while the text is being written; when it throws, the old file stays. */
  readonly check?: () => Promise<void>
}

/** Values that differ when another program has changed the file. */
type Identity = Pick<BigIntStats, 'dev' | 'ino' | 'size' | 'mtimeNs'>

interface Known {
  readonly content: FileContent
  readonly identity: Identity
}

/** Mode and owner. */
type Facts = Omit<FileContent, 'text'>

interface Next {
  /** What the new file keeps; undefined for one that is the first. */
  readonly old: Facts | undefined
  readonly content: NewContent
}

interface Temporary {
  readonly path: string
  /** The mode that it was created with. */
  readonly mode: number
  readonly file: FileHandle
}

export class DurableFile {
  readonly #path: string
  readonly #umask: number
  readonly #likePath: string | undefined
  readonly #fileSystem: StoreFileSystem
  #known: Known | undefined
  #hasSwept = false
  /** Descriptors that are being closed. */
  #closing: Promise<unknown> = Promise.resolve()

  constructor({ path, umask, likePath, fileSystem = fs }: DurableFileOptions) {
    this.#path = path
    this.#umask = umask
    this.#likePath = likePath
    this.#fileSystem = fileSystem
  }

  /** Undefined when there is no file. @throws SaveError */
  async read(): Promise<FileContent | undefined> {
    try {
      const now = await this.#fileSystem.stat(this.#path, { bigint: true })
      const facts = factsOf(now)
      const known = this.#known
      if (known !== undefined && isSameFile(known.identity, now)) return { ...facts, text: known.content.text }
      return { ...facts, text: await this.#readText() }
    } catch (error) {
      if (systemErrorCode(error) === 'ENOENT') return undefined
      throw new SaveError(error)
    }
  }

  /**
   * Replaces the content of the file by what `make` returns for its present content; owner and mode are kept. `make`
   * may be called twice. One update at a time. @throws SaveError, and what `make` and the check of the new content
   * throw
   */
  async update(make: (old: FileContent | undefined) => NewContent): Promise<void> {
    await this.#sweep()
    await this.#closing
    const directory = awaitedLater(this.#fileSystem.open(dirname(this.#path), 'r'))
    const temporary = awaitedLater(this.#createTemporary(this.#known?.content))
    try {
      const next = awaitedLater(this.#next(make))
      await this.#putInPlace(await temporary, await next)
      await attempt('Could not sync config file dir %', async () => syncDirectory(await directory))
    } catch (error) {
      // The first error is reported, whether or not the clean-up succeeds.
      await Promise.allSettled([temporary.then(({ path }) => this.#fileSystem.rm(path, { force: true }))])
      throw error
    } finally {
      this.#giveBack(directory)
      this.#giveBack(temporary.then(({ file }) => file))
    }
  }

  async #readText(): Promise<string> {
    const file = await this.#fileSystem.open(this.#path, 'r')
    try {
      return await file.readFile('latin1')
    } finally {
      await file.close()
    }
  }

  /** Makes the new content from the content that we know, and again when another program has changed the file. */
  async #next(make: (old: FileContent | undefined) => NewContent): Promise<Next> {
    const reading = awaitedLater(this.read())
    const known = this.#known?.content
    const guess = known === undefined ? undefined : { known, content: make(known) }
    const old = await reading
    const content = guess !== undefined && old?.text === guess.known.text ? guess.content : make(old)
    return { old: old ?? await this.#factsOfModel(), content }
  }

  /** A model that cannot be looked at has no influence. */
  async #factsOfModel(): Promise<Facts | undefined> {
    if (this.#likePath === undefined) return undefined
    const [found] = await Promise.allSettled([this.#fileSystem.stat(this.#likePath, { bigint: true })])
    return found.status === 'fulfilled' ? factsOf(found.value) : undefined
  }

  async #putInPlace(temporary: Temporary, { old, content: { text, check } }: Next): Promise<void> {
    const { path, file } = temporary
    // The old file has changed: the mode given at creation permits more than it may, so it is restricted first.
    if ((temporary.mode & ~firstMode(old)) !== 0) {
      await attempt('Could not chmod config file %', () => file.chmod(MODE_OF_OURS))
    }
    // The original resets the mode to 0644, which lets every user read passwords. We keep the mode of the old file.
    const mode = old?.mode ?? 0o644 & ~this.#umask
    const bytes = Buffer.from(text, 'latin1')
    const [written, checked] = await Promise.allSettled([this.#fill(file, bytes, { old, mode }), check?.()])
    if (written.status === 'rejected') throw written.reason
    if (checked.status === 'rejected') throw checked.reason
    await attempt('Could not rename tmp config file %', () => this.#fileSystem.rename(path, this.#path))
    const { uid, gid } = old ?? factsOf(written.value)
    this.#known = { content: { text, mode, uid, gid }, identity: written.value }
  }

  /** Writes the temporary file, makes it durable and returns its attributes. */
  async #fill(
    file: FileHandle, bytes: Buffer, { old, mode }: { readonly old: Facts | undefined, readonly mode: number },
  ): Promise<BigIntStats> {
    await writeAll(file, bytes)
    const [synced, looked] = await Promise.allSettled([file.sync(), file.stat({ bigint: true })])
    if (synced.status === 'rejected') throw new SaveError(synced.reason, 'Could not sync tmp config file to disk %')
    if (looked.status === 'rejected') throw new SaveError(looked.reason)
    await keepOwner(file, looked.value, old)
    if ((Number(looked.value.mode) & 0o7777) !== mode) {
      await attempt('Could not chmod config file %', () => file.chmod(mode))
    }
    return looked.value
  }

  /** Closes the descriptor. What was written is safe even if closing fails; the next save waits for the end. */
  #giveBack(handle: Promise<FileHandle>): void {
    this.#closing = Promise.allSettled([this.#closing, handle.then((file) => file.close())])
  }

  /**
   * Runs once, before the first save: removes temporary files of processes that were killed while they saved. They may
   * hold passwords, and a full disk needs the space. If this fails, the save that follows reports why.
   */
  async #sweep(): Promise<void> {
    if (this.#hasSwept) return
    this.#hasSwept = true
    const folder = dirname(this.#path)
    const [names] = await Promise.allSettled([this.#fileSystem.readdir(folder)])
    if (names.status === 'rejected') return
    const left = names.value.filter((name) => isTemporaryOf(basename(this.#path), name))
    await Promise.allSettled(left.map((name) => this.#fileSystem.rm(join(folder, name), { force: true })))
  }

  /** In the same directory, because a rename does not cross file systems. */
  async #createTemporary(old: Facts | undefined): Promise<Temporary> {
    const mode = firstMode(old)
    return attempt('Could not create tmp config file %', async () => {
      for (let attempts = 1; ; attempts++) {
        const path = `${this.#path}.${randomSuffix()}${TEMPORARY_ENDING}`
        try {
          return { path, mode, file: await this.#fileSystem.open(path, 'wx', mode) }
        } catch (error) {
          if (systemErrorCode(error) !== 'EEXIST' || attempts === MAX_NAME_ATTEMPTS) throw error
        }
      }
    })
  }
}

/**
 * Another user must not read the file before it has its owner; if it has that owner already, it gets its mode at once.
 */
function firstMode(old: Facts | undefined): number {
  const isOurs = old !== undefined && old.uid === process.geteuid?.() && old.gid === process.getegid?.()
  return isOurs ? old.mode & 0o666 : MODE_OF_OURS
}

/** Prevents an unhandled rejection: the promise is awaited later, or not at all after another one has failed. */
function awaitedLater<Result>(promise: Promise<Result>): Promise<Result> {
  promise.catch(() => undefined)
  return promise
}

function factsOf({ mode, uid, gid }: BigIntStats): Facts {
  return { mode: Number(mode) & 0o7777, uid: Number(uid), gid: Number(gid) }
}

function isSameFile(one: Identity, other: Identity): boolean {
  return one.ino === other.ino && one.mtimeNs === other.mtimeNs && one.size === other.size && one.dev === other.dev
}

async function writeAll(file: FileHandle, bytes: Buffer): Promise<void> {
  let written = 0
  while (written < bytes.length) {
    const so_far = written
    written += await attempt(
      `Failed after writing (${so_far}) bytes to tmp config file %`,
      async () => (await file.write(bytes, so_far)).bytesWritten,
    )
  }
}

/** The new name must survive a power cut as well. */
async function syncDirectory(directory: FileHandle): Promise<void> {
  try {
    await directory.sync()
  } catch (error) {
    // Some file systems cannot do it for directories; nothing more can be done there.
    if (systemErrorCode(error) !== 'EINVAL') throw error
  }
}

/**
 * Keeps owner and group as far as the system permits: a process that is not root cannot give a file to another user.
 */
async function keepOwner(file: FileHandle, now: BigIntStats, old: Facts | undefined): Promise<void> {
  if (old === undefined) return
  if (old.gid !== Number(now.gid)) await ignoreRefusal(file.chown(Number(now.uid), old.gid))
  if (old.uid !== Number(now.uid)) await ignoreRefusal(file.chown(old.uid, old.gid))
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

/** Read and write for the owner alone. */
const MODE_OF_OURS = 0o600

/** With six random characters a second collision means that something else is wrong. */
const MAX_NAME_ATTEMPTS = 5
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'

function randomSuffix(): string {
  return Array.from({ length: 6 }, () => ALPHABET.charAt(randomInt(ALPHABET.length))).join('')
}

/** Follows the random characters (config.md 6.6), so that `sentinel.conf.backup` is not taken for a temporary file. */
const TEMPORARY_ENDING = '.tmp'

function isTemporaryOf(file: string, name: string): boolean {
  return name.startsWith(`${file}.`) && /^[A-Za-z0-9]{6}\.tmp$/.test(name.slice(file.length + 1))
}
