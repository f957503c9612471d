import { clock } from '../timeline.ts'
import { outagesBetween, type Outage } from '../writer-account.ts'
import type { Writer } from '../writer.ts'
import type { VerifiedReport, WriterReport } from '../writer-types.ts'
import type { WriteFigures } from './scenario.ts'

/** A time without an acknowledged write is reported when it is longer than this, in milliseconds. */
const SHOWN_OUTAGE_MS = 200

/** A writer whose data was read back. */
export interface VerifiedWriter {
  readonly writer: Writer
  readonly report: VerifiedReport
}

/** Adds up the figures of all writers. Without `verified`, lost writes are unknown. */
export function writeFigures(
  writers: ReadonlyMap<string, Writer>, verified: readonly VerifiedWriter[],
): WriteFigures {
  const reports = [...writers.values()].map((writer) => writer.report())
  const sum = (of: (report: WriterReport) => number): number => reports.reduce((total, one) => total + of(one), 0)
  return {
    tried: sum(({ tried }) => tried),
    acknowledged: sum(({ acknowledged }) => acknowledged),
    lost: verified.length === 0 ? undefined : verified.reduce((total, { report }) => total + report.lost.length, 0),
    failed: sum(({ failed }) => failed),
    unknown: sum(({ unknown }) => unknown),
    readonlyErrors: sum(({ readonlyErrors }) => readonlyErrors),
    regressions: sum(({ regressions }) => regressions),
    outageMs: Math.max(0, ...reports.map(({ outageMs }) => outageMs)),
    recovered: reports.length > 0 && reports.every(({ recovered }) => recovered),
    outages: [...writers.values()].flatMap(outagesOf),
  }
}

function outagesOf(writer: Writer): Outage[] {
  const { startedAt, stoppedAt } = writer.report()
  const times = writer.acknowledged.map(({ at }) => at)
  return outagesBetween([startedAt, ...times, Math.max(stoppedAt ?? clock(), times.at(-1) ?? 0)], SHOWN_OUTAGE_MS)
}
