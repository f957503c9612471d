/** Every scenario in turn, a share of the states for each; ends at the first broken rule. */
import { BrokenOnTheWay, SCENARIOS, type Scenario } from './scenarios.ts'
import { search, type Found, type Progress, type SearchOptions } from './search.ts'

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
  const limits = { statesMax: Math.ceil(states / chosen.length), ...onLevel === undefined ? {} : { onLevel } }
  for (const scenario of chosen) {
    onBegin?.(scenario.name, scenario.what)
    yield exploreOne(scenario, sentinels, limits)
  }
}

function exploreOne({ name, begin }: Scenario, sentinels: number, limits: SearchOptions): Explored {
  try {
    const { explorable, start } = begin(sentinels)
    return { ...search(explorable, start, limits), name, cores: explorable.processes.cores.size }
  } catch (error) {
    if (!(error instanceof BrokenOnTheWay)) throw error
    const broken = { ...error.broken, path: ['(on the single way to the beginning)'] }
    return { states: 0, steps: 0, depth: 0, isWhole: false, broken, name, cores: 0 }
  }
}

/** The first broken rule. For builds with a deliberate defect. */
export function findBroken(options: ExploreOptions): Explored | undefined {
  for (const explored of exploreAll(options)) if (explored.broken !== undefined) return explored
  return undefined
}
