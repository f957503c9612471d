/** What a report says besides the results: when it was made, with which programs, settings and limits. */
import { formatAddress, type ScenarioProxy, type ScenarioResult, type ScenarioSetup } from '../../harness/index.ts'
import { count } from '../../text/index.ts'
import { momentText } from '../local-time.ts'
import { judged, maxOutageMs, type Limits } from './limits.ts'

/** The account of one drill. */
export interface DrillReport {
  /** Milliseconds since 1970. */
  readonly startedAt: number
  readonly elapsedMs: number
  /** The program of the drill, and Node; that of the servers is in `setup` of each result. */
  readonly versions: { readonly tsSentinel: string, readonly node: string }
  readonly limits: { readonly maxLost: number, readonly maxOutageMs: number }
  readonly results: readonly ScenarioResult[]
}

/** What a report is made of. */
export interface ReportParts extends Pick<DrillReport, 'startedAt' | 'elapsedMs' | 'versions' | 'results'> {
  readonly limits: Limits
  /** down-after-milliseconds of the masters, where no result tells it. */
  readonly downAfterMs: number
}

/** The report, with the verdicts that the limits give. */
export function reportOf({ limits, downAfterMs, ...parts }: ReportParts): DrillReport {
  const known = setupOf(parts.results)?.downAfterMs ?? downAfterMs
  return {
    ...parts,
    limits: { maxLost: limits.maxLost, maxOutageMs: maxOutageMs(limits, known) },
    results: parts.results.map((result) => judged(result, limits, known)),
  }
}

/** What the first scenario that started ran on; undefined when none did. */
export function setupOf(results: readonly ScenarioResult[]): ScenarioSetup | undefined {
  return results.find(({ setup }) => setup !== undefined)?.setup
}

/** Whether the drill has failed: a scenario did not do what it must, or broke a limit. */
export function hasFailed({ results }: DrillReport): boolean {
  return results.some(({ verdict }) => verdict === 'failed')
}

/** Date, programs, settings and limits, one line each. The table, JUnit and HTML show the same. */
export function headLines({ startedAt, elapsedMs, versions, limits, results }: DrillReport): readonly string[] {
  const setup = setupOf(results)
  const servers = [...new Set(results.map((result) => result.setup?.redisVersion).filter((one) => one !== undefined))]
  return [
    `${momentText(startedAt)}, took ${seconds(elapsedMs)}`,
    [`ts-sentinel ${versions.tsSentinel}`, `Node ${versions.node}`, ...servers].join(', '),
    ...setup === undefined ? [] : [[
      `down-after-milliseconds ${setup.downAfterMs}`, `failover-timeout ${setup.failoverTimeoutMs}`, `quorum ${setup.quorum}`,
      count(setup.sentinels, 'sentinel'), count(setup.replicas, 'replica'),
    ].join(', ')],
    ...setup?.proxy === undefined ? [] : [`clients without Sentinel support, through ${proxyText(setup.proxy)}`],
    `limits: ${count(limits.maxLost, 'lost write')} (--max-lost), ${limits.maxOutageMs} ms without writes (--max-outage)`,
  ]
}

/** Each scenario starts a proxy of its own, so its address says nothing. */
function proxyText({ address, mode }: ScenarioProxy): string {
  return mode === undefined ? `the proxy at ${formatAddress(address)}` : `a proxy in mode ${mode}`
}

/** `13.4 s`. */
export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`
}
