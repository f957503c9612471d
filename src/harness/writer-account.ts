import { failoverProblem, rangeOf, type ExpectedFailovers } from './failover-times.ts'
import { formatWriterReport } from './writer-report.ts'
import type { Timeline } from './timeline.ts'
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
  /**
   * How often the writer's master should have been replaced since the writer started: exactly so often, or from `least`
   * to `most` times. More than the faults explain means that a healthy master was replaced.
   */
  readonly expectFailovers?: number | ExpectedFailovers
}

/** Where a writer saw what happened beside its own writes. */
export interface WriterStage {
  readonly timeline: Timeline
  /** Position of the timeline at the start of the writer. */
  readonly from: number
  readonly masterName: string
}

/** An expectation of `writer.verify` was not met. */
export class VerificationError extends Error {
  override readonly name = 'VerificationError'
  readonly report: VerifiedReport

  /** The first line of the message says which expectations were not met; the report and the story follow. */
  constructor(unmet: readonly string[], report: VerifiedReport, story = '') {
    super([unmet.join('; '), formatWriterReport(report), ...story === '' ? [] : ['', story]].join('\n'))
    this.report = report
  }
}

/**
 * @param stage undefined when the writer has no timeline
 * @throws VerificationError that names every expectation that was not met
 */
export function checkExpectations(
  report: VerifiedReport, options: VerifyOptions, stage: WriterStage | undefined,
): void {
  const { maxOutageMs = Infinity, maxLost = Infinity } = options
  const unmet: string[] = []
  if (options.requireRecovery === true && !report.recovered) unmet.push('the client did not write again after the fault')
  if (report.outageMs > maxOutageMs) {
    unmet.push(`no write was acknowledged for ${report.outageMs.toFixed(0)} ms; at most ${maxOutageMs} ms were expected`)
  }
  if (report.lost.length > maxLost) {
    unmet.push(`${report.lost.length} of the acknowledged writes lost; at most ${maxLost} were expected`)
  }
  const surprise = surprisingFailovers(options, stage)
  if (surprise !== undefined) unmet.push(surprise)
  if (unmet.length === 0) return
  const story = stage?.timeline.story({ after: stage.from, times: true }) ?? ''
  throw new VerificationError(unmet, report, story === '' ? '' : `What happened:\n${story}`)
}

function surprisingFailovers({ expectFailovers }: VerifyOptions, stage: WriterStage | undefined): string | undefined {
  if (expectFailovers === undefined) return undefined
  if (stage === undefined) {
    throw new Error('expectFailovers needs the events of the sentinels: start the writer with deployment.startWriter() or give it a timeline')
  }
  const { timeline, from, masterName } = stage
  const problem = failoverProblem(timeline.all({ after: from }), rangeOf(expectFailovers), masterName)
  return problem === undefined ? undefined : timeline.withNames(problem)
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
