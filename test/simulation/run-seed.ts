/** One seed, one run: the entry of builds that are made for a purpose. */
import { planRun } from './plan.ts'
import { runPlan, type RunResult } from './run-plan.ts'

export function runSeed(seed: number): Promise<RunResult> {
  return runPlan(planRun(seed))
}
