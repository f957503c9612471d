/**
 * Saves the durable state in the configuration file (config.md 6.2, 6.6, 6.7). Each save rewrites the present content
 * of the file and replaces it. The new text is read back first, so no save can leave a file that would not load.
 */
import { setImmediate as nextTurn } from 'node:timers/promises'

import type { DurableState } from '../core/index.ts'
import type { ConfigStore } from '../ports/index.ts'
import { DurableFile, SaveError, type DurableFileOptions } from './durable-file.ts'
import { rewriteConfig, type RewriteInput } from './rewrite.ts'
import type { Settings } from './settings.ts'
import { rewriteProblem } from './verify.ts'

export interface FileConfigStoreOptions extends DurableFileOptions {
  /** The settings at the time of the save. */
  readonly settings: () => Settings
  /** Complete `user` lines at that time. */
  readonly userLines: () => readonly string[]
}

/** From this many characters on, other work of the event loop runs between making a text and reading it back. */
const LARGE_TEXT = 65_536

export class FileConfigStore implements ConfigStore {
  readonly #file: DurableFile
  readonly #settings: () => Settings
  readonly #userLines: () => readonly string[]

  constructor({ settings, userLines, ...file }: FileConfigStoreOptions) {
    this.#file = new DurableFile(file)
    this.#settings = settings
    this.#userLines = userLines
  }

  /** @throws SaveError */
  save(durable: DurableState): Promise<void> {
    return this.#file.update((old) => {
      const input = { current: old?.text ?? '', settings: this.#settings(), durable, userLines: this.#userLines() }
      const text = rewriteConfig(input)
      return { text, check: () => checkReadsBack(text, input) }
    })
  }
}

/** @throws SaveError */
async function checkReadsBack(text: string, input: RewriteInput): Promise<void> {
  // With a thousand masters, making the text and reading it back take tens of milliseconds each.
  if (text.length >= LARGE_TEXT) await nextTurn()
  const problem = rewriteProblem(text, input)
  if (problem !== undefined) {
    throw new SaveError(new Error(`the new config file would not load: ${problem}`), 'Could not write config file %')
  }
}
