import type { ScenarioResult } from '../../harness/index.ts'
import { tableText } from '../table-text.ts'

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
  ]
}

/**
 * The results as a table, with the problems below it. `detected` and `switched` count from the fault: to the first
 * sentinel that saw the master down, and to the first that announced the new address.
 */
export function resultTable(results: readonly ScenarioResult[]): string {
  const rows = results.map((result) => [
    result.scenario, result.verdict, ...figuresOf(result).map(([, value]) => value),
  ])
  const [first] = results
  if (first === undefined) return ''
  const head = ['scenario', 'verdict', ...figuresOf(first).map(([name]) => name)]
  const problems = results.flatMap(({ scenario, problem }) => problem === undefined ? [] : [`${scenario}: ${problem}\n`])
  return [tableText(head, rows, { rightFrom: 2 }), ...problems.length > 0 ? ['\n'] : [], ...problems].join('')
}

export function milliseconds(value: number | undefined): string {
  return value === undefined ? '-' : `${value.toFixed(0)} ms`
}
