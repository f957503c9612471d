/** The types and the single steps of replacing a file (`durable-file.ts`). */
import { randomInt } from 'node:crypto'
import type { BigIntStats } from 'node:fs'
import type { FileHandle } from 'node:fs/promises'

import type { SaveFailure } from '../ports/index.ts'
import { systemErrorCode, systemErrorText } from '../text/index.ts'

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

export interface FileContent {
  /** Byte text. */
  readonly text: string
  readonly mode: number
  readonly uid: number
  readonly gid: number
}

export interface InPlaceWriter {
  /**
   * Overwrites the content of the open file durably. `reason` is why it cannot be replaced.
   * @throws SaveError; the file may then hold a mixture of both texts
   */
  write(file: FileHandle, change: { readonly old: string, readonly text: string }, reason: SaveError): Promise<void>
  /** Removes backups of earlier processes, which have no use when the file has been written. */
  discardBackups(): Promise<void>
}

export interface NewContent {
  /** Byte text. */
  readonly text: string
  /** Runs while the text is being written; when it throws, the old file stays. */
  readonly check?: () => Promise<void>
}

/** Mode and owner. */
export type Facts = Omit<FileContent, 'text'>

/** Values that differ when another program has changed the file. */
export type Identity = Pick<BigIntStats, 'dev' | 'ino' | 'size' | 'mtimeNs'>

/** Prevents an unhandled rejection: the promise is awaited later, or not at all after another one has failed. */
export function awaitedLater<Result>(promise: Promise<Result>): Promise<Result> {
  promise.catch(() => undefined)
  return promise
}

export function factsOf({ mode, uid, gid }: BigIntStats): Facts {
  return { mode: Number(mode) & 0o7777, uid: Number(uid), gid: Number(gid) }
}

export function isSameFile(one: Identity, other: Identity): boolean {
  return one.ino === other.ino && one.mtimeNs === other.mtimeNs && one.size === other.size && one.dev === other.dev
}

export async function writeAll(file: FileHandle, bytes: Buffer): Promise<void> {
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
export async function syncDirectory(directory: FileHandle): Promise<void> {
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
export async function keepOwner(file: FileHandle, now: BigIntStats, old: Facts | undefined): Promise<void> {
  if (old === undefined) return
  if (old.gid !== Number(now.gid)) await ignoreRefusal(file.chown(Number(now.uid), old.gid))
  if (old.uid !== Number(now.uid)) await ignoreRefusal(file.chown(old.uid, old.gid))
}

export async function ignoreRefusal(change: Promise<void>): Promise<void> {
  try {
    await change
  } catch (error) {
    if (systemErrorCode(error) !== 'EPERM') throw new SaveError(error, 'Could not chown config file %')
  }
}

/** The folder takes no new file, or the file cannot be replaced, as a mount point. It may still be written in place. */
export function isRefusedReplacement(error: unknown): error is SaveError {
  if (!(error instanceof SaveError)) return false
  const code = systemErrorCode(error.cause) ?? ''
  if (isCreation(error)) return ['EACCES', 'EPERM', 'EROFS'].includes(code)
  return error.step?.startsWith('Could not rename') === true && ['EBUSY', 'EACCES', 'EPERM'].includes(code)
}

/** Whether the new file could not be created. */
export function isCreation({ step }: SaveError): boolean {
  return step?.startsWith('Could not create') === true
}

export async function attempt<Result>(step: string, run: () => Promise<Result>): Promise<Result> {
  try {
    return await run()
  } catch (error) {
    throw new SaveError(error, step)
  }
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'

export function randomSuffix(): string {
  return Array.from({ length: 6 }, () => ALPHABET.charAt(randomInt(ALPHABET.length))).join('')
}

/** Follows the random characters (config.md 6.6), so that `sentinel.conf.backup` is not taken for a temporary file. */
export const TEMPORARY_ENDING = '.tmp'

export function isTemporaryOf(file: string, name: string): boolean {
  return name.startsWith(`${file}.`) && /^[A-Za-z0-9]{6}\.tmp$/.test(name.slice(file.length + 1))
}

/**
 * Another user must not read the file before it has its owner; if it has that owner already, it gets its mode at once.
 */
export function firstMode(old: Facts | undefined): number {
  const isOurs = old !== undefined && old.uid === process.geteuid?.() && old.gid === process.getegid?.()
  return isOurs ? old.mode & 0o666 : MODE_OF_OURS
}

/** Read and write for the owner alone. */
export const MODE_OF_OURS = 0o600
