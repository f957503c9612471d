import type { ScenarioResult } from '../../harness/index.ts'
import { count } from '../../text/index.ts'
import { tableText } from '../table-text.ts'
import { headLines, seconds, type DrillReport } from './report.ts'

/** The figures of a result with their names, as text. The table, JUnit and HTML show the same. */
export function figuresOf(result: ScenarioResult): readonly (readonly [name: string, value: string])[] {
  const { verdict, times, failovers, writes, agree } = result
  const ran = verdict !== 'skipped'
  const count = (value: number): string => ran ? String(value) : '-'
  // A planned failover may run without writes.
  const written = (value: number | undefined): string => writes.tried === 0 || value === undefined ? '-' : String(value)
  return [
    ['detected', milliseconds(times.sdownMs)],
    ['switched', milliseconds(times.switchedMs)],
    ['failovers', count(failovers)],
    ['outage', writes.tried === 0 ? '-' : milliseconds(writes.outageMs)],
    ['tried', written(writes.tried)],
    ['acked', written(writes.acknowledged)],
    ['lost', written(writes.lost)],
    ['READONLY', written(writes.readonlyErrors)],
    ['agree', ran ? agree ? 'yes' : 'no' : '-'],
    ['took', ran ? seconds(result.durationMs) : '-'],
  ]
}

/** How a verdict is drawn: a success with lost writes is not one without. */
export function classOf({ verdict, writes }: ScenarioResult): 'passed' | 'with-loss' | 'failed' | 'skipped' {
  return verdict === 'passed' && (writes.lost ?? 0) > 0 ? 'with-loss' : verdict
}

const COLOURS = { 'passed': 32, 'with-loss': 33, 'failed': 31, 'skipped': 90 } as const

/** Remarks below the results: problems, and losses within the limit. */
function remarks({ limits, results }: DrillReport): readonly (readonly [result: ScenarioResult, text: string])[] {
  return results.flatMap((result): [ScenarioResult, string][] => {
    const { problem, writes: { lost = 0 } } = result
    if (problem !== undefined) return [[result, problem]]
    return lost === 0 ? [] : [[result, `${count(lost, 'acknowledged write')} lost, within --max-lost ${limits.maxLost}`]]
  })
}

/**
 * The results as a table below date, programs, settings and limits, and problems below it. `detected` and `switched`
 * count from the fault: to the first sentinel that saw the master down, and to the first that announced the new
 * address.
 */
export function resultTable(report: DrillReport, { isColoured = false } = {}): string {
  const { results } = report
  const [first] = results
  if (first === undefined) return ''
  const rows = results.map((result) => [
    result.scenario, result.verdict, ...figuresOf(result).map(([, value]) => value),
  ])
  const names = ['scenario', 'verdict', ...figuresOf(first).map(([name]) => name)]
  const [head = '', ...lines] = tableText(names, rows, { rightFrom: 2 }).trimEnd().split('\n')
  const paint = (result: ScenarioResult, text: string): string => (
    isColoured ? `\u001b[${COLOURS[classOf(result)]}m${text}\u001b[0m` : text
  )
  const below = remarks(report).map(([result, text]) => paint(result, `${result.scenario}: ${text}`))
  return [
    ...headLines(report), '', head, ...lines.map((line, at) => paint(results[at] ?? first, line)),
    ...below.length === 0 ? [] : ['', ...below], '',
  ].join('\n')
}

export function milliseconds(value: number | undefined): string {
  return value === undefined ? '-' : `${value.toFixed(0)} ms`
}
