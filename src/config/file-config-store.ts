/**
 * Saves the durable state in the configuration file, or in the state file where there is one (config.md 6.2, 6.6, 6.7).
 * Each save rewrites the present content of the file and replaces it. The new text is read back first, so no save can
 * leave a file that would not load.
 */
import { setImmediate as nextTurn } from 'node:timers/promises'

import type { DurableState } from '../core/index.ts'
import type { ConfigStore } from '../ports/index.ts'
import { DurableFile, SaveError, type DurableFileOptions } from './durable-file.ts'
import { BackedUpWriter } from './in-place-writer.ts'
import { KnownText } from './known-text.ts'
import type { SavedFile } from './load.ts'
import { rewriteConfig } from './rewrite.ts'
import type { Settings } from './settings.ts'
import { StateText, type Rewrite } from './state-text.ts'
import { rewriteProblem } from './verify.ts'

export interface FileConfigStoreOptions extends Pick<DurableFileOptions, 'umask' | 'fileSystem'> {
  readonly saved: SavedFile
  /** The settings at the time of the save. */
  readonly settings: () => Settings
  /** Complete `user` lines at that time. */
  readonly userLines: () => readonly string[]
  /** The text of the file; the store updates it. */
  readonly known?: KnownText
  /** Logs a problem: once that the file is written in place, and each time that an edit was overwritten. */
  readonly warn: (text: string) => void
}

/** From this many characters on, other work of the event loop runs between making a text and reading it back. */
const LARGE_TEXT = 65_536

export class FileConfigStore implements ConfigStore {
  readonly #file: DurableFile
  readonly #rewrite: Rewrite
  /** Undefined without a state file. */
  readonly #state: StateText | undefined
  readonly #known: KnownText
  readonly #overwritten: (lines: readonly string[]) => void

  constructor(options: FileConfigStoreOptions) {
    const { saved: { path, state, restored, backups }, fileSystem, warn } = options
    const system = fileSystem === undefined ? {} : { fileSystem }
    this.#file = new DurableFile({
      path, restored, ...system,
      // Only the sentinel needs a state file, which may get secrets by SENTINEL SET.
      umask: state === undefined ? options.umask : 0o077,
      inPlace: new BackedUpWriter({ path, backups, warn, ...system }),
    })
    this.#state = state === undefined ? undefined : new StateText(state)
    this.#rewrite = this.#state?.rewrite ?? rewriteOf(options)
    this.#known = options.known ?? new KnownText(undefined)
    this.#overwritten = (lines) => { warn(overwrittenText(path, lines)) }
  }

  /** For a process that reads the main file again: from now on, the state file has what differs from this one. */
  mainFileRead(main: DurableState): void {
    this.#state?.mainFileRead(main)
  }

  /** @throws SaveError */
  async save(durable: DurableState): Promise<void> {
    let [found, text, isDone]: [string | undefined, string, boolean] = [undefined, '', false]
    try {
      await this.#file.update((old) => {
        const rewritten = this.#rewrite(old?.text ?? '', durable)
        ;[found, text] = [old?.text, rewritten.text]
        this.#known.writing(text)
        return { text, check: () => checkReadsBack(rewritten.text, rewritten.problem) }
      })
      isDone = true
    } finally {
      const lines = this.#known.written(text, { found, isDone })
      if (lines.length > 0) this.#overwritten(lines)
    }
  }
}

function overwrittenText(path: string, lines: readonly string[]): string {
  return `${path} was changed by another program, and a save has replaced the changed lines (${lines.join(', ')}). To change a setting, `
    + 'edit the file and send SIGHUP at once, use SENTINEL SET or SENTINEL MONITOR, or edit the file while the sentinel is stopped.'
}

function rewriteOf({ settings, userLines }: FileConfigStoreOptions): Rewrite {
  return (current, durable) => {
    const input = { current, settings: settings(), durable, userLines: userLines() }
    const text = rewriteConfig(input)
    return { text, problem: () => rewriteProblem(text, input) }
  }
}

/** @throws SaveError */
async function checkReadsBack(text: string, findProblem: () => string | undefined): Promise<void> {
  // With a thousand masters, making the text and reading it back take tens of milliseconds each.
  if (text.length >= LARGE_TEXT) await nextTurn()
  const problem = findProblem()
  if (problem !== undefined) {
    throw new SaveError(new Error(`the new config file would not load: ${problem}`), 'Could not write config file %')
  }
}
