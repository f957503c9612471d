/**
 * Writes a file that cannot be replaced, such as a single file that is mounted into a container. The original cannot
 * save there at all. A backup with both texts is durable before the first byte of the file changes (`backup.ts`); it is
 * removed when the file is complete.
 */
import type { FileHandle } from 'node:fs/promises'

import { systemErrorCode, systemErrorText } from '../text/index.ts'
import { encodeBackup, type InPlaceChange } from './backup.ts'
import { DurableFile, NODE_FILE_SYSTEM, SaveError, type InPlaceWriter, type StoreFileSystem } from './durable-file.ts'

export interface BackedUpWriterOptions {
  /** The file, for the log. */
  readonly path: string
  /** Where the backup may be, the best place first. */
  readonly backups: readonly string[]
  /** Called when the file is written in place for the first time, with a line for the log. */
  readonly warn: (text: string) => void
  readonly fileSystem?: StoreFileSystem
}

export class BackedUpWriter implements InPlaceWriter {
  readonly #options: BackedUpWriterOptions
  readonly #fileSystem: StoreFileSystem
  #hasWarned = false

  constructor(options: BackedUpWriterOptions) {
    this.#options = options
    this.#fileSystem = options.fileSystem ?? NODE_FILE_SYSTEM
  }

  async write(file: FileHandle, change: InPlaceChange, reason: SaveError): Promise<void> {
    const backup = await this.#backUp(change)
    this.#warnOnce(reason, backup)
    await overwrite(file, change)
    // A backup that stays is found complete at the next start.
    if (backup !== undefined) await Promise.allSettled([this.#fileSystem.rm(backup, { force: true })])
  }

  async discardBackups(): Promise<void> {
    await Promise.allSettled(this.#options.backups.map((path) => this.#fileSystem.rm(path, { force: true })))
  }

  /** Returns the path of the backup; undefined where it may be nowhere. @throws SaveError where a place has no space */
  async #backUp(change: InPlaceChange): Promise<string | undefined> {
    const text = encodeBackup(change)
    for (const path of this.#options.backups) {
      try {
        // Readable for the owner alone.
        await new DurableFile({ path, umask: 0o077, fileSystem: this.#fileSystem }).update(() => ({ text }))
        return path
      } catch (error) {
        if (!isForbidden(error)) throw new SaveError((error as Error).cause ?? error, `Could not write the backup ${path} %`)
      }
    }
    return undefined
  }

  #warnOnce({ strerror, step = strerror }: SaveError, backup: string | undefined): void {
    if (this.#hasWarned) return
    this.#hasWarned = true
    const { path, backups, warn } = this.#options
    const how = backup === undefined
      ? `without a backup, because none can be made (${backups.join(', ')}): a crash during a save can leave a damaged file`
      : `with a backup in ${backup} until it is complete. After a crash during a save, the file is damaged until ts-sentinel `
        + 'starts again and repairs it'
    const todo = strerror === 'Device or resource busy'
      ? 'The file is a mount point: mount its folder instead' : 'Let this user write the folder'
    warn(`${path} cannot be replaced (${step}) and is written in place, ${how}. ${todo}, or set sentinel state-config-file.`)
  }
}

/** No new file may be created there. Any other error, such as a full disk, may be gone at the next attempt. */
function isForbidden(error: unknown): boolean {
  const code = error instanceof SaveError ? systemErrorCode(error.cause) : undefined
  return ['EACCES', 'EPERM', 'EROFS', 'ENOENT', 'ENOTDIR', 'EBUSY', 'EISDIR'].includes(code ?? '')
}

/** Longer parts first: when the disk is full, the file is cut to its old length and has its old text. */
async function overwrite(file: FileHandle, { old, text }: InPlaceChange): Promise<void> {
  const bytes = Buffer.from(text, 'latin1')
  try {
    await writeFrom(file, bytes, old.length)
  } catch (error) {
    await Promise.allSettled([file.truncate(old.length)])
    throw failed(error)
  }
  try {
    await writeFrom(file, bytes.subarray(0, old.length), 0)
    if (bytes.length < old.length) await file.truncate(bytes.length)
    await file.sync()
  } catch (error) {
    throw failed(error)
  }
}

async function writeFrom(file: FileHandle, bytes: Buffer, start: number): Promise<void> {
  for (let at = start; at < bytes.length;) at += (await file.write(bytes, at, bytes.length - at, at)).bytesWritten
}

function failed(error: unknown): SaveError {
  return new SaveError(error, `Could not write config file in place (${systemErrorText(error)})`)
}
