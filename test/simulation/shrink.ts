/** A failing run made small: faults are taken away one after the other as long as the same rule still breaks. */
import type { Plan } from './plan.ts'
import { runPlan, type RunResult } from './run-plan.ts'

/** Runs that one shrinking may cost. */
const RUNS_MAX = 200

export async function shrink(plan: Plan, broken: string): Promise<{ plan: Plan, result: RunResult, runs: number }> {
  let best = plan
  let result = await runPlan(plan)
  let runs = 1
  for (let isSmaller = true; isSmaller && runs < RUNS_MAX;) {
    isSmaller = false
    for (const candidate of smaller(best)) {
      if (runs >= RUNS_MAX) break
      const tried = await runPlan(candidate)
      runs += 1
      if (!tried.violations.some(({ invariant }) => invariant === broken)) continue
      best = candidate
      result = tried
      isSmaller = true
      break
    }
  }
  return { plan: best, result, runs }
}

/** The same plan with a little less in it, the biggest steps first. */
function* smaller(plan: Plan): Generator<Plan> {
  const { faults } = plan
  for (let size = Math.ceil(faults.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let from = 0; from < faults.length; from += size) {
      yield { ...plan, faults: faults.filter((_fault, at) => at < from || at >= from + size) }
    }
  }
  const last = faults.at(-1)
  const end = last === undefined ? 5000 : last.atMs + ('ms' in last.fault ? last.fault.ms : 0) + 1000
  if (end < plan.chaosMs) yield { ...plan, chaosMs: end }
  if (plan.writers.length > 0) yield { ...plan, writers: [] }
}
