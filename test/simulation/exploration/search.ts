/** Breadth first through everything that can happen: the first broken rule comes with a shortest way to it. */
import type { Broken } from './history.ts'
import type { Explorable, World } from './world.ts'

export interface SearchOptions {
  /** No more states than this. */
  readonly statesMax: number
  /** No more choices in a row than this. */
  readonly depthMax?: number
  readonly onLevel?: (progress: Progress) => void
}

export interface Progress {
  /** Distinct states so far. */
  readonly states: number
  /** Steps taken, those to known states included. */
  readonly steps: number
  /** Choices in a row after which no state is new that was not seen; all of fewer choices are done. */
  readonly depth: number
}

export interface Found extends Progress {
  /** Every reachable state was seen. */
  readonly isWhole: boolean
  readonly broken: (Broken & { readonly path: readonly string[] }) | undefined
}

/** What led to each state: the state before it, and the choice. */
class Ways {
  readonly #from: number[] = []
  readonly #choices: number[] = []
  readonly #texts: string[] = []
  readonly #numbers = new Map<string, number>()

  add(from: number, text: string): number {
    let number = this.#numbers.get(text)
    if (number === undefined) {
      number = this.#texts.push(text) - 1
      this.#numbers.set(text, number)
    }
    this.#choices.push(number)
    return this.#from.push(from) - 1
  }

  path(to: number): string[] {
    const path: string[] = []
    for (let at = to; at > 0; at = this.#from[at] ?? 0) path.unshift(this.#texts[this.#choices[at] ?? -1] ?? '')
    return path
  }
}

export function search(explorable: Explorable, start: World, options: SearchOptions): Found {
  const seen = new Set<string>([start.join()])
  const ways = new Ways()
  let level: { readonly world: World, readonly way: number }[] = [{ world: start, way: ways.add(0, '') }]
  let steps = 0
  let depth = 0
  const found = (broken?: Found['broken'], isWhole = false): Found => ({ states: seen.size, steps, depth, isWhole, broken })
  for (; level.length > 0 && depth < (options.depthMax ?? Infinity); depth += 1) {
    const next: typeof level = []
    for (const { world, way } of level) {
      for (const { text, run } of explorable.choices(world)) {
        const outcome = run()
        steps += 1
        if (outcome.broken !== undefined) return found({ ...outcome.broken, path: [...ways.path(way), text] })
        const key = outcome.world.join()
        if (seen.has(key)) continue
        seen.add(key)
        next.push({ world: outcome.world, way: ways.add(way, text) })
        if (seen.size >= options.statesMax) return found()
      }
    }
    level = next
    options.onLevel?.({ states: seen.size, steps, depth: depth + 1 })
  }
  return found(undefined, level.length === 0)
}
