/** A file of ours that cannot be used: it is renamed before the first write and never overwritten. */
import { existsSync, renameSync } from 'node:fs'

import { SaveError } from '../config/index.ts'
import type { LogLevel } from '../ports/index.ts'
import { systemErrorText } from '../text/index.ts'
import { ASIDE_MAX } from './limits.ts'

/** Why a file cannot be used. It is also the ending of the name under which it is set aside. */
export type Unusable = 'damaged' | 'newer' | 'unreadable'

/** A line for the log. */
export interface Line {
  readonly level: LogLevel
  readonly text: string
}

export class UnusableFile {
  readonly #path: string
  readonly #kind: Unusable
  readonly #why: string
  #isInPlace = true

  constructor(path: string, { kind, why }: { readonly kind: Unusable, readonly why: string }) {
    this.#path = path
    this.#kind = kind
    this.#why = why
  }

  /** Renames it. Returns what the log says: the reason, `loss`, which says what is lost by it, and what to do. */
  setAside(loss: string): Line {
    const what = `${this.#path} ${WHAT[this.#kind]}: ${this.#why}. ${loss}`
    try {
      return { level: 'warning', text: `${what} The file is now ${this.#rename()}. ${ADVICE[this.#kind]}` }
    } catch (error) {
      return { level: 'warning', text: `${what} It cannot be renamed (${systemErrorText(error)}) and is not overwritten. Move or remove it.` }
    }
  }

  /** Renames it, if it is still in its place, before a write. @throws SaveError */
  clearTheWay(): void {
    if (!this.#isInPlace) return
    try {
      this.#rename()
    } catch (error) {
      throw new SaveError(new Error(`the file there ${WHAT[this.#kind]} (${this.#why}) and cannot be renamed: ${systemErrorText(error)}`))
    }
  }

  /** Returns the new path. @throws the error of the system */
  #rename(): string {
    const paths = Array.from({ length: ASIDE_MAX }, (_, at) => `${this.#path}.${this.#kind}-${at + 1}`)
    const free = paths.find((path) => !existsSync(path))
    if (free === undefined) throw new Error(`there are ${ASIDE_MAX} files up to ${paths.at(-1) ?? ''}`)
    renameSync(this.#path, free)
    this.#isInPlace = false
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
