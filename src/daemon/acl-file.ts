/** The ACL file on disk. A save replaces the whole file and resolves when it is durable. */
import { readFileSync } from 'node:fs'
import type { AclFile } from '../commands/index.ts'
import { DurableFile, SaveError } from '../config/index.ts'
import { fromBytes, systemErrorText, toBytes } from '../text/index.ts'

export class AclFileOnDisk implements AclFile {
  readonly path: string
  readonly #file: DurableFile
  #lastWrite: Promise<unknown> = Promise.resolve()

  /** An existing file keeps its mode; `umask` applies to a new file. */
  constructor(path: string, umask: number) {
    this.path = path
    this.#file = new DurableFile({ path, umask })
  }

  async read(): Promise<string> {
    const content = await inSystemWords(this.#file.read())
    if (content === undefined) throw new Error('No such file or directory')
    return fromBytes(content.text)
  }

  /** Writes run one after another: the file ends up with the text of the last call. */
  write(text: string): Promise<void> {
    const update = () => inSystemWords(this.#file.update(() => ({ text: toBytes(text) })))
    const write = Promise.allSettled([this.#lastWrite]).then(update)
    this.#lastWrite = write
    return write
  }
}

/** Reads the file synchronously. For the start, when nothing else needs the event loop. */
export function readAclFileNow(
  path: string,
): { readonly ok: true, readonly text: string } | { readonly ok: false, readonly problem: string } {
  try {
    return { ok: true, text: fromBytes(readFileSync(path, 'latin1')) }
  } catch (error) {
    return { ok: false, problem: systemErrorText(error) }
  }
}

async function inSystemWords<Result>(work: Promise<Result>): Promise<Result> {
  try {
    return await work
  } catch (error) {
    throw error instanceof SaveError ? new Error(error.strerror, { cause: error }) : error
  }
}
