/** Builds the simulation with one defect in the core, and looks for a seed that finds it. */
import type { Defect } from './defects.ts'
import type { ProtectionChoice } from './plan-protection.ts'
import { buildWith } from './planted-build.ts'
import type { RunResult } from './run-plan.ts'

export interface Found {
  readonly seed: number
  readonly invariant: string
}

/** What the built file offers. */
interface Built {
  readonly runSeed: (seed: number, protection?: ProtectionChoice) => Promise<RunResult>
}

/** @throws Error when the defect's text is not in its file exactly once, or the build fails. */
export async function hunt(
  defect: Defect, { folder, seeds, from = defect.from ?? 1 }: { folder: string, seeds: number, from?: number },
): Promise<Found | undefined> {
  const { runSeed } = await buildWith(defect, 'test/simulation/run-seed.ts', folder) as Built
  for (let seed = from; seed < from + seeds; seed += 1) {
    const [violation] = (await runSeed(seed, defect.protection)).violations
    if (violation !== undefined) return { seed, invariant: violation.invariant }
  }
  return undefined
}
