import type { Address } from '../address.ts'
import type { Deployment } from '../deployment.ts'
import type { ExpectedFailovers, FailoverTimes, FaultTime } from '../failover-times.ts'
import type { DeploymentOptions } from '../options.ts'
import type { ProxyMode } from '../proxy-process.ts'
import type { TimelineEntry } from '../timeline.ts'

/** A sequence of faults that a deployment must survive. */
export interface Scenario {
  /** As on the command line, for example `kill-master`. */
  readonly name: string
  /** The faults in one line. */
  readonly title: string
  /** What the deployment needs in addition to the options of the caller. */
  readonly deployment?: DeploymentOptions
  /**
   * How often a master should be replaced: exactly so often, or from `least` to `most` times. Another number fails the
   * scenario. Default: any number.
   */
  readonly expectFailovers?: number | ExpectedFailovers
  /** Why it cannot run on this machine; undefined when it can. */
  readonly unavailable?: () => string | undefined
  /** Causes the faults and waits for the recovery. @throws when the deployment does not recover in time */
  readonly run: (stage: ScenarioStage) => Promise<ScenarioFault>
}

/** What a scenario works on. */
export interface ScenarioStage {
  readonly deployment: Deployment
  /** Time limit for the recovery of the deployment after each step, in milliseconds. */
  readonly settleMs: number
}

/** The fault from which the times of the failover count. */
export type ScenarioFault = FaultTime

/** The result of a scenario. Plain data, which can be written as JSON. */
export interface ScenarioResult {
  readonly scenario: string
  readonly title: string
  /** `skipped`: it cannot run here, and `problem` gives the reason. */
  readonly verdict: 'passed' | 'failed' | 'skipped'
  /** What went wrong. */
  readonly problem?: string
  /** The settings and programs that were tested; undefined when nothing was started. */
  readonly setup?: ScenarioSetup
  /** The programs of the sentinels, such as `ours, ours, genuine`. */
  readonly sentinels: string
  /** Milliseconds since 1970. */
  readonly startedAt: number
  /** From the first write to the end, in milliseconds. */
  readonly durationMs: number
  /** Time of the fault, in milliseconds since 1970; undefined when the scenario did not get so far. */
  readonly faultAt?: number
  readonly times: FailoverTimes
  /**
   * How often the sentinels replaced a master. More than the faults explain means that a healthy master was replaced.
   */
  readonly failovers: number
  /** The expected number; undefined when the scenario allows any. */
  readonly expectedFailovers?: ExpectedFailovers
  readonly writes: WriteFigures
  /** Whether all sentinels named the same master with the same epoch in the end, and all nodes followed it. */
  readonly agree: boolean
  /** Names of all nodes, then of all sentinels; absent for a fleet that was not started here. */
  readonly processes?: readonly string[]
  readonly timeline: readonly TimelineEntry[]
}

/** What a scenario ran on; the settings are those of the first master. */
export interface ScenarioSetup {
  /** Name and version of the data nodes, such as `redis-server 7.0.15`. */
  readonly redisVersion: string
  readonly sentinels: number
  readonly replicas: number
  readonly quorum: number
  readonly downAfterMs: number
  readonly failoverTimeoutMs: number
  /** The proxy through which the clients wrote; undefined when they asked the sentinels for the master. */
  readonly proxy?: ScenarioProxy
}

/** The proxy between clients and master. */
export interface ScenarioProxy {
  readonly address: Address
  /** Unknown for a proxy that was not started here. */
  readonly mode?: ProxyMode
}

/** The figures of all writers of a scenario, added up. */
export interface WriteFigures {
  readonly tried: number
  readonly acknowledged: number
  /**
   * Writes that were acknowledged but are not on the master in the end; undefined when the data could not be read back.
   */
  readonly lost: number | undefined
  readonly failed: number
  /** How many of the failed writes got no reply at all. */
  readonly unknown: number
  readonly readonlyErrors: number
  readonly regressions: number
  /** The longest time without an acknowledged write, of any client; one that did not end counts up to the stop. */
  readonly outageMs: number
  /** Whether every client wrote again after the last fault. */
  readonly recovered: boolean
  /** All times without an acknowledged write above the least that is reported. */
  readonly outages: readonly { readonly from: number, readonly to: number }[]
  /** The times in which writes were acknowledged that are lost. */
  readonly losses: readonly { readonly from: number, readonly to: number, readonly lost: number }[]
}

/** The times when no failover happened. */
export const NO_TIMES: FailoverTimes = Object.freeze({
  sdownMs: undefined, odownMs: undefined, electedMs: undefined, promotedMs: undefined, switchedMs: undefined,
  switchedOnAllMs: undefined,
})

/** The figures of a writer that has not written. */
export const NO_WRITES: WriteFigures = Object.freeze({
  tried: 0, acknowledged: 0, lost: undefined, failed: 0, unknown: 0, readonlyErrors: 0, regressions: 0, outageMs: 0,
  recovered: false, outages: [], losses: [],
})

/** Name and version of a server, from its INFO; `redis-server ?` where it has neither. */
export function serverVersion(info: string): string {
  const valkey = /^valkey_version:(\S+)/m.exec(info)?.[1]
  return valkey === undefined ? `redis-server ${/^redis_version:(\S+)/m.exec(info)?.[1] ?? '?'}` : `valkey-server ${valkey}`
}
