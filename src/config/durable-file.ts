/**
 * Replaces a file as a whole (config.md 6.6): the new text is written to a temporary file in the same directory, made
 * durable and renamed over the old file, which is intact until then. A failover waits for several saves, and every file
 * operation costs a trip to a thread and back. Therefore steps that do not depend on each other run at the same time,
 * a file that has not changed is not read again, and the new text is made while the system checks for changes.
 */
import type { BigIntStats } from 'node:fs'
import * as fs from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'

import { systemErrorCode } from '../text/index.ts'
import {
  attempt, awaitedLater, factsOf, firstMode, isCreation, isRefusedReplacement, isSameFile, isTemporaryOf, keepOwner,
  MODE_OF_OURS, randomSuffix, SaveError, syncDirectory, TEMPORARY_ENDING, writeAll, type Facts, type FileContent,
  type Identity, type InPlaceWriter, type NewContent,
} from './file-steps.ts'

export { SaveError, type FileContent, type InPlaceWriter, type NewContent } from './file-steps.ts'

/** The part of node:fs/promises that saving uses. */
export type StoreFileSystem = Pick<typeof fs, 'open' | 'readdir' | 'rename' | 'rm' | 'stat'>

export const NODE_FILE_SYSTEM: StoreFileSystem = fs

export interface DurableFileOptions {
  /** Absolute. */
  readonly path: string
  /** The umask of the process at its start: gives the mode of a file that did not exist. */
  readonly umask: number
  /** A new file gets the mode and the owner of this one, where it exists. */
  readonly likePath?: string
  /** Writes the file in place where it cannot be replaced. Default: such a save fails. */
  readonly inPlace?: InPlaceWriter
  /** The content, as byte text, that a save starts from as long as none has succeeded. Default: that of the file. */
  readonly restored?: string | undefined
  readonly fileSystem?: StoreFileSystem
}

type MakeContent = (old: FileContent | undefined) => NewContent

interface Known {
  readonly content: FileContent
  readonly identity: Identity
}

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

/** Another program has written the file since it was read. */
class EditedMeanwhile extends Error {}

export class DurableFile {
  readonly #path: string
  readonly #umask: number
  readonly #likePath: string | undefined
  readonly #fileSystem: StoreFileSystem
  #known: Known | undefined
  /** The file that was read last. */
  #seen: Identity | undefined
  readonly #inPlace: InPlaceWriter | undefined
  /** Why no new file can be renamed over the file, once that is known. The rights of its folder may change. */
  #cannotReplace: SaveError | undefined
  /** The content that the file should have: what it has is damaged. */
  #restored: string | undefined
  #hasSwept = false
  #hasDiscarded = false
  /** Descriptors that are being closed. */
  #closing: Promise<unknown> = Promise.resolve()

  constructor({ path, umask, likePath, inPlace, restored, fileSystem = NODE_FILE_SYSTEM }: DurableFileOptions) {
    this.#path = path
    this.#umask = umask
    this.#likePath = likePath
    this.#inPlace = inPlace
    this.#restored = restored
    this.#fileSystem = fileSystem
  }

  /** Undefined when there is no file. @throws SaveError */
  async read(): Promise<FileContent | undefined> {
    try {
      const now = await this.#fileSystem.stat(this.#path, { bigint: true })
      this.#seen = now
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
  async update(make: MakeContent): Promise<void> {
    if (this.#cannotReplace !== undefined) return this.#overwrite(make, this.#cannotReplace)
    try {
      await this.#replaceUnedited(make)
    } catch (error) {
      if (this.#inPlace === undefined || !isRefusedReplacement(error)) throw error
      await this.#overwrite(make, error)
    }
    this.#restored = undefined
    if (!this.#hasDiscarded) await this.#inPlace?.discardBackups()
    this.#hasDiscarded = true
  }

  /** Begins again when another program writes the file meanwhile; the last attempt replaces it in any case. */
  async #replaceUnedited(make: MakeContent): Promise<void> {
    for (let attempts = 1; attempts < MAX_EDITS; attempts++) {
      try {
        await this.#replace(make, () => this.#refuseEdit())
        return
      } catch (error) {
        if (!(error instanceof EditedMeanwhile)) throw error
      }
    }
    await this.#replace(make, () => Promise.resolve())
  }

  /** @throws EditedMeanwhile when the file is not the one that was read. */
  async #refuseEdit(): Promise<void> {
    const seen = this.#seen
    if (seen === undefined) return
    const [now] = await Promise.allSettled([this.#fileSystem.stat(this.#path, { bigint: true })])
    if (now.status === 'fulfilled' && !isSameFile(seen, now.value)) throw new EditedMeanwhile()
  }

  /** `refuse` throws when the file must not be replaced. */
  async #replace(make: MakeContent, refuse: () => Promise<void>): Promise<void> {
    await this.#sweep()
    await this.#closing
    const directory = awaitedLater(this.#fileSystem.open(dirname(this.#path), 'r'))
    const temporary = awaitedLater(this.#createTemporary(this.#known?.content))
    try {
      const next = awaitedLater(this.#next(make))
      await this.#putInPlace(await temporary, await next, refuse)
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

  /** Writes the file in place. @throws `reason` where that is not possible either */
  async #overwrite(make: MakeContent, reason: SaveError): Promise<void> {
    const file = await this.#openForWriting(reason)
    try {
      const [{ old, content: { text, check } }, found] = await Promise.all([this.#next(make), this.read()])
      await check?.()
      if (!isCreation(reason)) this.#cannotReplace = reason
      if (old === undefined || found === undefined) throw reason
      this.#known = undefined
      // Until the whole text is in the file, the next save must not start from what is there.
      this.#restored = text
      await this.#inPlace?.write(file, { old: found.text, text }, reason)
      this.#known = { content: { ...old, text }, identity: await file.stat({ bigint: true }) }
      this.#restored = undefined
    } finally {
      await file.close()
    }
  }

  async #openForWriting(reason: SaveError): Promise<FileHandle> {
    const [opened] = await Promise.allSettled([this.#fileSystem.open(this.#path, 'r+')])
    if (opened.status === 'rejected') {
      this.#cannotReplace = undefined
      throw reason
    }
    if ((await opened.value.stat()).isFile()) return opened.value
    await opened.value.close()
    throw reason
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
  async #next(make: MakeContent): Promise<Next> {
    const reading = awaitedLater(this.#intended())
    const known = this.#known?.content
    const guess = known === undefined ? undefined : { known, content: make(known) }
    const old = await reading
    const content = guess !== undefined && old?.text === guess.known.text ? guess.content : make(old)
    return { old: old ?? await this.#factsOfModel(), content }
  }

  /** The content of the file, or what it should be where a save in place was interrupted. */
  async #intended(): Promise<FileContent | undefined> {
    const found = await this.read()
    return found === undefined || this.#restored === undefined ? found : { ...found, text: this.#restored }
  }

  /** A model that cannot be looked at has no influence. */
  async #factsOfModel(): Promise<Facts | undefined> {
    if (this.#likePath === undefined) return undefined
    const [found] = await Promise.allSettled([this.#fileSystem.stat(this.#likePath, { bigint: true })])
    return found.status === 'fulfilled' ? factsOf(found.value) : undefined
  }

  async #putInPlace(
    temporary: Temporary, { old, content: { text, check } }: Next, refuse: () => Promise<void>,
  ): Promise<void> {
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
    await refuse()
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

/** With six random characters a second collision means that something else is wrong. */
const MAX_NAME_ATTEMPTS = 5

/** A program that writes the file all the time must not keep it from being saved. */
const MAX_EDITS = 3
