import type { VerifiedReport, WriterReport } from './writer-types.ts'

/** Number of different errors that a report shows. */
const MAX_ERRORS = 5

/**
 * The report of a writer as text, one figure per line:
 *
 * ```
 * writes tried         412
 * acknowledged         407
 * failed               5
 *   fate unknown       2
 *   acknowledged late  0
 * READONLY refusals    1
 * longest outage       1180 ms
 * recovered            yes
 * regressions          0
 * acknowledged, lost   0
 * stored, not acked    1
 * ```
 */
export function formatWriterReport(report: WriterReport | VerifiedReport): string {
  const rows: [string, string][] = [
    ['writes tried', String(report.tried)],
    ['acknowledged', String(report.acknowledged)],
    ['failed', String(report.failed)],
    ['  fate unknown', String(report.unknown)],
    ['  acknowledged late', String(report.late)],
    ['READONLY refusals', String(report.readonlyErrors)],
    ['longest outage', `${report.outageMs.toFixed(0)} ms`],
    ['recovered', report.recovered ? 'yes' : 'no: it did not write again'],
    ['regressions', String(report.regressions)],
  ]
  if ('lost' in report) {
    rows.push(['acknowledged, lost', String(report.lost.length)])
    rows.push(['stored, not acked', String(report.unacknowledgedButStored)])
  }
  const errors = Object.entries(report.errors).sort(([, left], [, right]) => right - left).slice(0, MAX_ERRORS)
  return [
    ...rows.map(([name, value]) => `${name.padEnd(20)} ${value}`),
    ...errors.map(([text, count]) => `  ${count} x ${text}`),
  ].join('\n')
}
