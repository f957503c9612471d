/** Every scenario in turn, a share of the states for each; ends at the first broken rule. */
import { SCENARIOS } from './scenarios.ts'
import { search, type Found, type Progress } from './search.ts'

export interface ExploreOptions {
  /** Distinct states in all. */
  readonly states: number
  readonly sentinels: number
  /** Only scenarios whose name contains it. */
  readonly only?: string
  readonly onBegin?: (name: string, what: string) => void
  readonly onLevel?: (progress: Progress) => void
}

export interface Explored extends Found {
  readonly name: string
  /** Different states of single cores. */
  readonly cores: number
}

export function* exploreAll({ states, sentinels, only = '', onBegin, onLevel }: ExploreOptions): Generator<Explored> {
  const chosen = SCENARIOS.filter(({ name }) => name.includes(only))
  for (const { name, what, begin } of chosen) {
    onBegin?.(name, what)
    const { explorable, start } = begin(sentinels)
    const found = search(explorable, start, {
      statesMax: Math.ceil(states / chosen.length), ...onLevel === undefined ? {} : { onLevel },
    })
    yield { ...found, name, cores: explorable.processes.cores.size }
  }
}

/** The first broken rule. For builds with a deliberate defect. */
export function findBroken(options: ExploreOptions): Explored | undefined {
  for (const explored of exploreAll(options)) if (explored.broken !== undefined) return explored
  return undefined
}
