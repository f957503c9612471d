/** `drill.json`, which `drill --report FOLDER` writes. */
import type { Milliseconds, SchemaVersion, TimeJson } from './values.ts'

export interface DrillDocument {
  readonly schemaVersion: SchemaVersion
  readonly started: TimeJson
  readonly elapsedMs: Milliseconds
  /** The program of the drill, and Node; that of the servers is in `setup` of each result. */
  readonly versions: { readonly tsSentinel: string, readonly node: string }
  readonly limits: { readonly maxLost: number, readonly maxOutageMs: Milliseconds }
  readonly results: readonly DrillResultJson[]
}

export interface DrillResultJson {
  /** As on the command line, such as `kill-master`. */
  readonly scenario: string
  readonly title: string
  /** `skipped`: it cannot run here, and `problem` has the reason. */
  readonly verdict: 'passed' | 'failed' | 'skipped'
  /** What went wrong; null when nothing did. */
  readonly problem: string | null
  /** What was tested; null when nothing was started. */
  readonly setup: DrillSetupJson | null
  /** The programs of the sentinels, such as `ours, ours, genuine`. */
  readonly sentinels: string
  readonly started: TimeJson
  /** From the first write to the end. */
  readonly durationMs: Milliseconds
  /** Time of the fault; null when the scenario did not get so far. */
  readonly fault: TimeJson | null
  readonly times: DrillTimesJson
  /** How often the sentinels replaced a master. */
  readonly failovers: number
  /** How often they should; null when any number is right. */
  readonly expectedFailovers: { readonly least: number, readonly most: number } | null
  readonly writes: DrillWritesJson
  /** Whether all sentinels named the same master with the same epoch in the end, and all nodes followed it. */
  readonly agree: boolean
  readonly timeline: readonly DrillEntryJson[]
}

export interface DrillSetupJson {
  /** Name and version of the data nodes, such as `redis-server 7.0.15`. */
  readonly redisVersion: string
  readonly sentinels: number
  readonly replicas: number
  readonly quorum: number
  readonly downAfterMs: Milliseconds
  readonly failoverTimeoutMs: Milliseconds
  /** The proxy through which the clients wrote; null when they asked the sentinels for the master. */
  readonly proxy: DrillProxyJson | null
}

export interface DrillProxyJson {
  /** `host:port` of its clients' side. */
  readonly address: string
  /** Its directive `mode`; null for a proxy that the drill did not start. */
  readonly mode: 'pipe' | 'route' | null
}

/** From the fault to a step of the failover; null for a step that did not happen. */
export interface DrillTimesJson {
  readonly sdownMs: number | null
  readonly odownMs: number | null
  readonly electedMs: number | null
  readonly promotedMs: number | null
  readonly switchedMs: number | null
  /** Until all running sentinels had announced the new address. */
  readonly switchedOnAllMs: number | null
}

/** The figures of all writers of a scenario, added up. */
export interface DrillWritesJson {
  readonly tried: number
  readonly acknowledged: number
  /** Acknowledged writes that are not on the master in the end; null when the data could not be read back. */
  readonly lost: number | null
  readonly failed: number
  /** How many of the failed writes got no reply at all. */
  readonly unknown: number
  readonly readonlyErrors: number
  /** How often the data on an acknowledging server were fewer than before. */
  readonly regressions: number
  /** The longest time without an acknowledged write, of any client. */
  readonly outageMs: Milliseconds
  /** Whether every client wrote again after the last fault. */
  readonly recovered: boolean
  readonly outages: readonly { readonly from: TimeJson, readonly to: TimeJson }[]
  /** The times in which writes were acknowledged that are lost. */
  readonly losses: readonly { readonly from: TimeJson, readonly to: TimeJson, readonly lost: number }[]
}

/** An event of a sentinel, or a mark of the drill such as a kill. */
export interface DrillEntryJson {
  readonly kind: 'event' | 'mark'
  readonly time: TimeJson
  /** Name of the sentinel or node. */
  readonly source: string
  /** Name of the event, such as `+sdown`; of a mark the action, such as `killed`. */
  readonly event: string
  readonly text: string
}
