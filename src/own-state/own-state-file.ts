/**
 * The file of our own state: replaced as a whole like sentinel.conf (`src/config/durable-file.ts`). A file that cannot
 * be used is renamed before the first write and never overwritten.
 */
import { DurableFile, type StoreFileSystem } from '../config/index.ts'
import type { OwnState } from '../core/index.ts'
import type { FailoverHistory } from '../events/index.ts'
import type { OwnStateStore } from '../ports/index.ts'
import { KeptTexts } from './kept-texts.ts'
import { encode, NOTHING_UNKNOWN, type UnknownKeys } from './format.ts'
import { ownStatePath, type Reading } from './read.ts'
import { UnusableFile, type Line } from './unusable-file.ts'

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

export class OwnStateFile implements OwnStateStore {
  readonly path: string
  readonly #options: OwnStateFileOptions
  readonly #file: DurableFile
  readonly #texts: KeptTexts
  readonly #unknown: UnknownKeys
  /** What was there at the start and cannot be used. */
  readonly #unusable: UnusableFile | undefined

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
    this.#unusable = isGood || reading.kind === 'missing' ? undefined : new UnusableFile(this.path, reading)
  }

  /**
   * For the start of the process: sets a file aside that cannot be used. Returns what the log says about it, or about a
   * missing one: at the usual level, the log of a start has the lines of the original.
   */
  open(): Line | undefined {
    if (this.#options.reading.kind === 'missing') {
      return { level: 'verbose', text: `There is no ${this.path} yet: no failovers and no replication ids from before this start.` }
    }
    return this.#unusable?.setAside('It is not used: the history of failovers and the known replication ids begin again. '
      + 'Failovers work without them.')
  }

  /** @throws SaveError, or Error when the text would be too large */
  async save(state: OwnState): Promise<void> {
    this.#unusable?.clearTheWay()
    const { failovers, isMonitored } = this.#options
    const text = encode({
      lineage: only(state.lineage, isMonitored),
      pauses: only(state.pauses, isMonitored),
      forgotten: only(state.forgotten, isMonitored),
      schedules: only(state.schedules, isMonitored),
      // A name that was removed may be monitored again.
      voters: state.voters,
      failovers: only(failovers(), isMonitored),
      unknown: { top: this.#unknown.top, masters: only(this.#unknown.masters, isMonitored) },
    }, this.#texts)
    await this.#file.update(() => ({ text }))
  }
}

type ByMaster<Value> = ReadonlyMap<string, Value>

function only<Value>(all: ByMaster<Value>, isMonitored: (master: string) => boolean): ByMaster<Value> {
  return new Map([...all].filter(([master]) => isMonitored(master)))
}
