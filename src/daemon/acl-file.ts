/** The ACL file on disk. A save writes beside it, makes that durable and puts it in the old one's place. */
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import * as fs from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { AclFile } from '../commands/index.ts'
import { fromBytes, systemErrorText, toBytes } from '../config/index.ts'

/** Mode of a file that was not there before, as far as the umask allows. */
const NEW_FILE_MODE = 0o644

export class AclFileOnDisk implements AclFile {
  readonly path: string
  readonly #umask: number

  constructor(path: string, umask: number) {
    this.path = path
    this.#umask = umask
  }

  async read(): Promise<string> {
    try {
      return fromBytes(await fs.readFile(this.path, 'latin1'))
    } catch (error) {
      throw inSystemWords(error)
    }
  }

  /** One save at a time is not required: each writes a file of its own, and the last rename stays. */
  async write(text: string): Promise<void> {
    const temporary = `${this.path}.${randomBytes(6).toString('hex')}.tmp`
    try {
      const mode = await this.#mode()
      const file = await fs.open(temporary, 'wx', 0o600)
      try {
        await file.writeFile(toBytes(text), 'latin1')
        await file.chmod(mode)
        await file.sync()
      } finally {
        await file.close()
      }
      await fs.rename(temporary, this.path)
      await this.#syncDirectory()
    } catch (error) {
      // What went wrong first is what people must hear of, also when cleaning up does not work either.
      await Promise.allSettled([fs.rm(temporary, { force: true })])
      throw inSystemWords(error)
    }
  }

  /** What the owner chose. The original makes it 0644, which shows password hashes to everybody. */
  async #mode(): Promise<number> {
    try {
      return (await fs.stat(this.path)).mode & 0o777
    } catch {
      // There is none yet, or it cannot be reached, which the save itself will say.
      return NEW_FILE_MODE & ~this.#umask
    }
  }

  /** The new name must survive a power cut as well. */
  async #syncDirectory(): Promise<void> {
    const directory: FileHandle = await fs.open(dirname(this.path), 'r')
    try {
      await directory.sync()
    } finally {
      await directory.close()
    }
  }
}

/** For the start, which waits for nothing else. */
export function readAclFileNow(
  path: string,
): { readonly ok: true, readonly text: string } | { readonly ok: false, readonly problem: string } {
  try {
    return { ok: true, text: fromBytes(readFileSync(path, 'latin1')) }
  } catch (error) {
    return { ok: false, problem: systemErrorText(error) }
  }
}

function inSystemWords(error: unknown): Error {
  return new Error(systemErrorText(error), { cause: error })
}
