import { formatWriterReport } from './writer-report.ts'
import type { VerifiedReport } from './writer-types.ts'

/** A time without an acknowledged write, in milliseconds since 1970. */
export interface Outage {
  readonly from: number
  readonly to: number
}

/** What `writer.verify` makes sure of. What is left out is only reported. */
export interface VerifyOptions {
  /**
   * The client writes again: before the writer is stopped it gets `maxOutageMs` (default 10 s) for a further
   * acknowledged write. Default false.
   */
  readonly requireRecovery?: boolean
  /** Longest time without an acknowledged write, in milliseconds. */
  readonly maxOutageMs?: number
  /** How many acknowledged writes may be missing in the end. */
  readonly maxLost?: number
}

/** An expectation of `writer.verify` was not met. */
export class VerificationError extends Error {
  override readonly name = 'VerificationError'
  readonly report: VerifiedReport

  /** The message holds each unmet expectation on a line, and the whole account below. */
  constructor(unmet: readonly string[], report: VerifiedReport) {
    super(`${unmet.join('\n')}\n${formatWriterReport(report)}`)
    this.report = report
  }
}

/** @throws VerificationError naming everything that is not as expected */
export function checkExpectations(report: VerifiedReport, options: VerifyOptions): void {
  const { maxOutageMs = Infinity, maxLost = Infinity } = options
  const unmet: string[] = []
  if (options.requireRecovery === true && !report.recovered) unmet.push('the client was not seen to write again after the fault')
  if (report.outageMs > maxOutageMs) {
    unmet.push(`no write was acknowledged for ${report.outageMs.toFixed(0)} ms; at most ${maxOutageMs} ms were expected`)
  }
  if (report.lost.length > maxLost) {
    unmet.push(`${report.lost.length} of the acknowledged writes lost; at most ${maxLost} were expected`)
  }
  if (unmet.length > 0) throw new VerificationError(unmet, report)
}

/** The times between each two of `times` that are longer than `longerThanMs`. */
export function outagesBetween(times: readonly number[], longerThanMs: number): Outage[] {
  return times.flatMap((to, at) => {
    const from = times[at - 1]
    return from !== undefined && to - from > longerThanMs ? [{ from, to }] : []
  })
}

/** The longest time between two neighbours of `times`, the first of those that are equally long. */
export function longestOutage(times: readonly number[]): Outage {
  const [start = 0] = times
  return outagesBetween(times, 0).reduce((longest, one) => (
    one.to - one.from > longest.to - longest.from ? one : longest
  ), { from: start, to: start })
}
