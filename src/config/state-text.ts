/** What the saves of one process write into the state file, and which masters of the main file they note as removed. */
import type { DurableState } from '../core/index.ts'
import { rewriteState } from './rewrite-state.ts'
import type { StateFile } from './state-file.ts'
import { stateRewriteProblem } from './verify.ts'

/** Makes the new text of a file from its present one. */
export type Rewrite = (current: string, durable: DurableState) => Rewritten

export interface Rewritten {
  readonly text: string
  /** What is wrong with the text; undefined when it reads back. */
  readonly problem: () => string | undefined
}

export class StateText {
  #main: DurableState
  /** A removed master stays here, also when it is added again: the main file still describes the old one. */
  #ignored: ReadonlySet<string>
  /** New masters of a main file that was read again, which no state had yet. */
  readonly #expected = new Set<string>()

  constructor({ main, ignored }: StateFile) {
    this.#main = main
    this.#ignored = ignored
  }

  readonly rewrite: Rewrite = (current, durable) => {
    const present = new Map(durable.masters.map((master) => [master.name, master]))
    // One with lower epochs than the main file has was removed and added again.
    const gone = this.#main.masters.filter(({ name, configEpoch, leaderEpoch }) => {
      const master = present.get(name)
      if (master === undefined) return !this.#expected.has(name)
      return master.configEpoch < configEpoch || master.leaderEpoch < leaderEpoch
    })
    for (const name of present.keys()) this.#expected.delete(name)
    this.#ignored = new Set([...this.#ignored, ...gone.map(({ name }) => name)])
    const input = { current, durable, main: this.#usedMain(present), ignored: this.#ignored }
    const text = rewriteState(input)
    return { text, problem: () => stateRewriteProblem(text, input) }
  }

  mainFileRead(main: DurableState): void {
    const before = new Set(this.#main.masters.map(({ name }) => name))
    const names = new Set(main.masters.map(({ name }) => name))
    this.#expected.clear()
    for (const name of names) if (!before.has(name)) this.#expected.add(name)
    this.#ignored = new Set([...this.#ignored].filter((name) => names.has(name)))
    this.#main = main
  }

  /** Masters that are still expected are in the main file and not in the state: a start from both would have them. */
  #usedMain(present: ReadonlyMap<string, unknown>): DurableState {
    const masters = this.#main.masters.filter(({ name }) => present.has(name) || !this.#expected.has(name))
    return { ...this.#main, masters }
  }
}
