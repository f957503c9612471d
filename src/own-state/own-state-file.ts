/**
 * The file of our own state: replaced as a whole like sentinel.conf (`src/config/durable-file.ts`). A file that cannot
 * be used is renamed before the first write and never overwritten.
 */
import { existsSync, renameSync } from 'node:fs'

import { DurableFile, SaveError, type StoreFileSystem } from '../config/index.ts'
import type { OwnState } from '../core/index.ts'
import type { FailoverHistory } from '../events/index.ts'
import type { LogLevel, OwnStateStore } from '../ports/index.ts'
import { systemErrorText } from '../text/index.ts'
import { KeptTexts } from './kept-texts.ts'
import { encode, NOTHING_UNKNOWN, type UnknownKeys } from './format.ts'
import { ASIDE_MAX } from './limits.ts'
import { ownStatePath, type Reading, type Unusable } from './read.ts'

export interface OwnStateFileOptions {
  /** Absolute path of the file that saves write: sentinel.conf or the state file. Ours gets its mode and owner. */
  readonly configFile: string
  /** The umask of the process at its start. */
  readonly umask: number
  /** What was found at the start. */
  readonly reading: Reading
  /** The failovers that have ended. */
  readonly failovers: () => FailoverHistory
  readonly isMonitored: (master: string) => boolean
  readonly fileSystem?: StoreFileSystem
}

interface Line {
  readonly level: LogLevel
  readonly text: string
}

export class OwnStateFile implements OwnStateStore {
  readonly path: string
  readonly #options: OwnStateFileOptions
  readonly #file: DurableFile
  readonly #texts: KeptTexts
  readonly #unknown: UnknownKeys
  /** A file that cannot be used and is still in its place. */
  #inTheWay: { readonly kind: Unusable, readonly why: string } | undefined

  constructor(options: OwnStateFileOptions) {
    const { configFile, umask, reading, fileSystem } = options
    this.#options = options
    this.path = ownStatePath(configFile)
    this.#file = new DurableFile({
      path: this.path, umask, likePath: configFile, ...(fileSystem === undefined ? {} : { fileSystem }),
    })
    const isGood = reading.kind === 'good'
    this.#texts = isGood ? reading.texts : new KeptTexts()
    this.#unknown = isGood ? reading.content.unknown : NOTHING_UNKNOWN
    this.#inTheWay = isGood || reading.kind === 'missing' ? undefined : reading
  }

  /**
   * For the start of the process: sets a file aside that cannot be used. Returns what the log says about it, or about a
   * missing one: at the usual level, the log of a start has the lines of the original.
   */
  open(): Line | undefined {
    if (this.#options.reading.kind === 'missing') {
      return { level: 'verbose', text: `There is no ${this.path} yet: no failovers and no replication ids from before this start.` }
    }
    const found = this.#inTheWay
    if (found === undefined) return undefined
    const what = `${this.path} ${WHAT[found.kind]}: ${found.why}. It is not used: the history of failovers and the known `
      + 'replication ids begin again. Failovers work without them.'
    try {
      return { level: 'warning', text: `${what} The file is now ${this.#setAside(found.kind)}. ${ADVICE[found.kind]}` }
    } catch (error) {
      return { level: 'warning', text: `${what} It cannot be renamed (${systemErrorText(error)}) and is not overwritten. Move or remove it.` }
    }
  }

  /** @throws SaveError, or Error when the text would be too large */
  async save(state: OwnState): Promise<void> {
    if (this.#inTheWay !== undefined) this.#clearTheWay(this.#inTheWay)
    const { failovers, isMonitored } = this.#options
    const text = encode({
      lineage: only(state.lineage, isMonitored),
      pauses: only(state.pauses, isMonitored),
      forgotten: only(state.forgotten, isMonitored),
      schedules: only(state.schedules, isMonitored),
      failovers: only(failovers(), isMonitored),
      unknown: { top: this.#unknown.top, masters: only(this.#unknown.masters, isMonitored) },
    }, this.#texts)
    await this.#file.update(() => ({ text }))
  }

  #clearTheWay({ kind, why }: { readonly kind: Unusable, readonly why: string }): void {
    try {
      this.#setAside(kind)
    } catch (error) {
      throw new SaveError(new Error(`the file there ${WHAT[kind]} (${why}) and cannot be renamed: ${systemErrorText(error)}`))
    }
  }

  /** Renames it and returns the new path. @throws the error of the system */
  #setAside(kind: Unusable): string {
    const paths = Array.from({ length: ASIDE_MAX }, (_, at) => `${this.path}.${kind}-${at + 1}`)
    const free = paths.find((path) => !existsSync(path))
    if (free === undefined) throw new Error(`there are ${ASIDE_MAX} files up to ${paths.at(-1) ?? ''}`)
    renameSync(this.path, free)
    this.#inTheWay = undefined
    return free
  }
}

const WHAT: Readonly<Record<Unusable, string>> = {
  damaged: 'is damaged',
  newer: 'was written by a newer ts-sentinel',
  unreadable: 'cannot be read',
}

const ADVICE: Readonly<Record<Unusable, string>> = {
  damaged: 'Remove it when you do not need it.',
  newer: 'To use it again, stop this program, rename it back and start the newer one.',
  unreadable: 'Check its owner and mode. To use it again, stop this program, rename it back and start again.',
}

type ByMaster<Value> = ReadonlyMap<string, Value>

function only<Value>(all: ByMaster<Value>, isMonitored: (master: string) => boolean): ByMaster<Value> {
  return new Map([...all].filter(([master]) => isMonitored(master)))
}
