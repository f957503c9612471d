import type { Deployment } from '../deployment.ts'
import type { ExpectedFailovers, FailoverTimes } from '../failover-times.ts'
import type { Fault } from '../faults.ts'
import type { DeploymentOptions } from '../options.ts'
import type { TimelineEntry } from '../timeline.ts'

/** A story of faults that a deployment must survive. */
export interface Scenario {
  /** As on the command line, such as `kill-master`. */
  readonly name: string
  /** What happens, in one line. */
  readonly title: string
  /** What the deployment needs besides what the caller chooses. */
  readonly deployment?: DeploymentOptions
  /**
   * How often a master should be replaced: exactly so often, or from `least` to `most` times. Another number fails the
   * scenario. Default: any number is right.
   */
  readonly expectFailovers?: number | ExpectedFailovers
  /** Why it cannot run on this machine; undefined when it can. */
  readonly unavailable?: () => string | undefined
  /** Does the damage and waits until all is well again. @throws when it does not get well in time */
  readonly run: (stage: ScenarioStage) => Promise<ScenarioFault>
}

/** What a scenario works on. */
export interface ScenarioStage {
  readonly deployment: Deployment
  /** How long the deployment may take to stand right again after each step, in milliseconds. */
  readonly settleMs: number
}

/** From where the times count. */
export type ScenarioFault = Pick<Fault, 'at' | 'position'>

/** How a scenario ended. Plain data: it can be written as JSON. */
export interface ScenarioResult {
  readonly scenario: string
  readonly title: string
  /** `skipped`: it cannot run here, `problem` says why. */
  readonly verdict: 'passed' | 'failed' | 'skipped'
  /** What went wrong, in plain words. */
  readonly problem?: string
  /** The programs of the sentinels, such as `ours, ours, genuine`. */
  readonly sentinels: string
  /** Milliseconds since 1970. */
  readonly startedAt: number
  /** From the first write to the end, in milliseconds. */
  readonly durationMs: number
  /** When the damage was done, in milliseconds since 1970; undefined when it did not come to that. */
  readonly faultAt?: number
  readonly times: FailoverTimes
  /** How often the sentinels replaced a master. More than the faults explain means that a healthy one was. */
  readonly failovers: number
  /** How many of them are right; undefined when the scenario does not say. */
  readonly expectedFailovers?: ExpectedFailovers
  readonly writes: WriteFigures
  /** All sentinels were seen to name the same master with the same epoch in the end, and all nodes to follow it. */
  readonly agree: boolean
  readonly timeline: readonly TimelineEntry[]
}

/** The account of all clients of a scenario together. */
export interface WriteFigures {
  readonly tried: number
  readonly acknowledged: number
  /** Acknowledged, but not on the master in the end; undefined when the data could not be read back. */
  readonly lost: number | undefined
  readonly failed: number
  /** How many of the failed ones had no answer, neither yes nor no. */
  readonly unknown: number
  readonly readonlyErrors: number
  readonly regressions: number
  /** The longest time without an acknowledged write, of any client; one that did not end counts up to the stop. */
  readonly outageMs: number
  /** Every client was seen to write again after the last fault. */
  readonly recovered: boolean
  /** All times without an acknowledged write that were long enough to see. */
  readonly outages: readonly { readonly from: number, readonly to: number }[]
}

/** The times of a failover that did not come. */
export const NO_TIMES: FailoverTimes = Object.freeze({
  sdownMs: undefined, odownMs: undefined, electedMs: undefined, promotedMs: undefined, switchedMs: undefined,
  switchedOnAllMs: undefined,
})

/** The figures of a writer that never wrote. */
export const NO_WRITES: WriteFigures = Object.freeze({
  tried: 0, acknowledged: 0, lost: undefined, failed: 0, unknown: 0, readonlyErrors: 0, regressions: 0, outageMs: 0,
  recovered: false, outages: [],
})
