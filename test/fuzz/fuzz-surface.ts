import { SimRandom } from '../simulator/random.ts'
import { heldMs, takeLongest, type Held } from './meter.ts'
import type { Surface } from './surface.ts'

export interface Fuzzed {
  readonly name: string
  readonly inputs: number
  readonly ms: number
  readonly slowestMs: number
  /** The longest that one input held the loop, and the number of its case. */
  readonly held: Held & { readonly at: number }
  readonly rssPeakBytes: number
  /** `at` is the number of the case. */
  readonly findings: readonly { readonly at: number, readonly text: string }[]
}

/** One case must not take longer: whoever sends the input would stop everybody else. */
const CASE_MS = 5_000

/**
 * No input holds the loop for longer. A case that seems to is run twice more: its work is the same each time, the
 * collection of the garbage of earlier cases and other processes are not.
 */
const HELD_MS = 50
const REPETITIONS = 2

/** Cases between two looks at the memory. */
const RSS_EVERY = 10

/** Enough to see what is wrong. */
const MOST_FINDINGS = 5

/** @param options.only the number of the one case to run */
export async function fuzzSurface(
  surface: Surface, options: { readonly seed: number, readonly inputs: number, readonly only?: number },
): Promise<Fuzzed> {
  const { seed, only } = options
  const findings: { at: number, text: string }[] = []
  const begin = performance.now()
  let inputs = 0
  let slowestMs = 0
  let rssPeakBytes = 0
  let held = { wallMs: 0, cpuMs: 0, at: 0 }
  takeLongest()
  for (let at = only ?? 1; inputs < options.inputs && findings.length < MOST_FINDINGS; at += 1) {
    const before = performance.now()
    try {
      inputs += await runCase(surface, seed, at)
      const ms = performance.now() - before
      slowestMs = Math.max(slowestMs, ms)
      if (at % RSS_EVERY === 0) rssPeakBytes = Math.max(rssPeakBytes, process.memoryUsage.rss())
      if (ms > CASE_MS) findings.push({ at, text: `took ${ms.toFixed(0)} ms` })
    } catch (error) {
      inputs += 1
      findings.push({ at, text: error instanceof Error ? error.message : String(error) })
    }
    const longest = await repeatedWhenLong(surface, seed, at)
    if (heldMs(longest) > HELD_MS) findings.push({ at, text: `an input held the loop for ${heldMs(longest).toFixed(0)} ms` })
    if (heldMs(longest) > heldMs(held)) held = { ...longest, at }
    if (only !== undefined) break
  }
  const ms = performance.now() - begin
  return { name: surface.name, inputs, ms, slowestMs, held, rssPeakBytes, findings }
}

function runCase(surface: Surface, seed: number, at: number): Promise<number> | number {
  return surface.run(new SimRandom(seed, `${surface.name} ${at}`))
}

/** @returns the longest hold of the case that has just run; the shortest of the repetitions when that was too long */
async function repeatedWhenLong(surface: Surface, seed: number, at: number): Promise<Held> {
  let longest = takeLongest()
  for (let count = 0; count < REPETITIONS && heldMs(longest) > HELD_MS; count += 1) {
    await runCase(surface, seed, at)
    const again = takeLongest()
    if (heldMs(again) < heldMs(longest)) longest = again
  }
  return longest
}
