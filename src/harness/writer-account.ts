import { formatWriterReport } from './writer-report.ts'
import type { VerifiedReport } from './writer-types.ts'

/** A time without an acknowledged write, in milliseconds since 1970. */
export interface Outage {
  readonly from: number
  readonly to: number
}

/** The expectations that `writer.verify` checks. Figures without one are only reported. */
export interface VerifyOptions {
  /**
   * Whether the client must write again: before the writer is stopped, it gets `maxOutageMs` (default 10 s) for a
   * further acknowledged write. Default false.
   */
  readonly requireRecovery?: boolean
  /** Longest time without an acknowledged write, in milliseconds. */
  readonly maxOutageMs?: number
  /** Largest number of acknowledged writes that may be missing in the end. */
  readonly maxLost?: number
}

/** An expectation of `writer.verify` was not met. */
export class VerificationError extends Error {
  override readonly name = 'VerificationError'
  readonly report: VerifiedReport

  /** The message holds one line for each expectation that was not met, and then the whole report. */
  constructor(unmet: readonly string[], report: VerifiedReport) {
    super(`${unmet.join('\n')}\n${formatWriterReport(report)}`)
    this.report = report
  }
}

/** @throws VerificationError that names every expectation that was not met */
export function checkExpectations(report: VerifiedReport, options: VerifyOptions): void {
  const { maxOutageMs = Infinity, maxLost = Infinity } = options
  const unmet: string[] = []
  if (options.requireRecovery === true && !report.recovered) unmet.push('the client did not write again after the fault')
  if (report.outageMs > maxOutageMs) {
    unmet.push(`no write was acknowledged for ${report.outageMs.toFixed(0)} ms; at most ${maxOutageMs} ms were expected`)
  }
  if (report.lost.length > maxLost) {
    unmet.push(`${report.lost.length} of the acknowledged writes lost; at most ${maxLost} were expected`)
  }
  if (unmet.length > 0) throw new VerificationError(unmet, report)
}

/** The times between neighbours of `times` that are longer than `longerThanMs`. */
export function outagesBetween(times: readonly number[], longerThanMs: number): Outage[] {
  return times.flatMap((to, at) => {
    const from = times[at - 1]
    return from !== undefined && to - from > longerThanMs ? [{ from, to }] : []
  })
}

/** The longest time between neighbours of `times`; the first of equally long ones. */
export function longestOutage(times: readonly number[]): Outage {
  const [start = 0] = times
  return outagesBetween(times, 0).reduce((longest, one) => (
    one.to - one.from > longest.to - longest.from ? one : longest
  ), { from: start, to: start })
}
