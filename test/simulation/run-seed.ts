/** One seed, one run: the entry of builds that are made for a purpose. */
import type { ProtectionChoice } from './plan-protection.ts'
import { planRun } from './plan.ts'
import { runPlan, type RunResult } from './run-plan.ts'

export function runSeed(seed: number, protection: ProtectionChoice = 'some'): Promise<RunResult> {
  return runPlan(planRun(seed, { protection }))
}
