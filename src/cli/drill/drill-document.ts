/** The report as a JSON document: times as text, null for what does not exist. */
import type {
  DrillDocument, DrillResultJson, DrillSetupJson, DrillTimesJson, DrillWritesJson, TimeJson,
} from '../../documents/index.ts'
import { formatAddress, type ScenarioResult, type ScenarioSetup } from '../../harness/index.ts'
import type { DrillReport } from './report.ts'

export function drillDocument({ startedAt, elapsedMs, versions, limits, results }: DrillReport): DrillDocument {
  const started = timeJson(startedAt)
  return { schemaVersion: 1, started, elapsedMs, versions, limits, results: results.map(resultJson) }
}

function resultJson(result: ScenarioResult): DrillResultJson {
  const {
    problem, setup, startedAt, faultAt, times, expectedFailovers, writes, processes: _, timeline, ...same
  } = result
  return {
    ...same,
    problem: problem ?? null,
    setup: setup === undefined ? null : setupJson(setup),
    started: timeJson(startedAt),
    fault: faultAt === undefined ? null : timeJson(faultAt),
    times: timesJson(times),
    expectedFailovers: expectedFailovers ?? null,
    writes: writesJson(writes),
    timeline: timeline.map(({ at, ...entry }) => ({ time: timeJson(at), ...entry })),
  }
}

function setupJson({ proxy, ...same }: ScenarioSetup): DrillSetupJson {
  if (proxy === undefined) return { ...same, proxy: null }
  return { ...same, proxy: { address: formatAddress(proxy.address), mode: proxy.mode ?? null } }
}

function timesJson(times: ScenarioResult['times']): DrillTimesJson {
  const {
    sdownMs = null, odownMs = null, electedMs = null, promotedMs = null, switchedMs = null, switchedOnAllMs = null,
  } = times
  return { sdownMs, odownMs, electedMs, promotedMs, switchedMs, switchedOnAllMs }
}

function writesJson({ lost, outages, losses, ...same }: ScenarioResult['writes']): DrillWritesJson {
  return { ...same, lost: lost ?? null, outages: outages.map(spanJson), losses: losses.map(spanJson) }
}

function spanJson<Span extends { readonly from: number, readonly to: number }>(
  { from, to, ...same }: Span,
): Omit<Span, 'from' | 'to'> & { readonly from: TimeJson, readonly to: TimeJson } {
  return { ...same, from: timeJson(from), to: timeJson(to) }
}

function timeJson(unixMs: number): TimeJson {
  return new Date(unixMs).toISOString()
}
