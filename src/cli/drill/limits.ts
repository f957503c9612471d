/** Judges a result by what clients may lose: acknowledged writes, and time in which they cannot write. */
import type { ScenarioResult, ScenarioSetup } from '../../harness/index.ts'
import { count } from '../../text/index.ts'

/** The limits of a drill. */
export interface Limits {
  /** Acknowledged writes that a scenario may lose. */
  readonly maxLost: number
  /** The longest time without an acknowledged write, in milliseconds; undefined: down-after and a margin. */
  readonly maxOutageMs: number | undefined
}

/** Without --max-lost, no acknowledged write may be lost. */
export const MAX_LOST = 0

/** Without --max-outage, a failover may take so long after down-after-milliseconds: clients look for the master too. */
export const OUTAGE_MARGIN_MS = 10_000

/** The time limit of an outage for this result, in milliseconds. */
export function maxOutageMs(limits: Limits, downAfterMs: number): number {
  return limits.maxOutageMs ?? downAfterMs + OUTAGE_MARGIN_MS
}

/** The result with the verdict that the limits give it. `downAfterMs`: of the masters, for the default. */
export function judged(result: ScenarioResult, limits: Limits, downAfterMs: number): ScenarioResult {
  const { verdict, problem, writes, setup } = result
  if (verdict === 'skipped' || writes.tried === 0) return result
  const outageLimit = maxOutageMs(limits, downAfterMs)
  const through = throughProxy(setup)
  const broken = [
    ...(writes.lost ?? 0) > limits.maxLost ? [lostProblem(writes.lost ?? 0, limits.maxLost, through)] : [],
    ...writes.outageMs > outageLimit
      ? [`clients could not write${through} for ${writes.outageMs.toFixed(0)} ms, and --max-outage is ${outageLimit} ms`] : [],
  ]
  if (broken.length === 0) return result
  return { ...result, verdict: 'failed', problem: [...problem === undefined ? [] : [problem], ...broken].join('; ') }
}

/** ` through the proxy`, or nothing. */
export function throughProxy(setup: ScenarioSetup | undefined): string {
  return setup?.proxy === undefined ? '' : ' through the proxy'
}

function lostProblem(lost: number, limit: number, through: string): string {
  return `${count(lost, 'acknowledged write')}${through} ${lost === 1 ? 'is' : 'are'} lost, and --max-lost is ${limit}: Redis replicates asynchronously, so a`
    + ' master that dies or is cut off loses what no replica had yet; min-replicas-to-write and min-replicas-max-lag on the data nodes'
    + ' limit the loss, and a planned failover with ts-sentinel switchover loses nothing'
}
