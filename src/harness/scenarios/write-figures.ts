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
    losses: verified.flatMap(lossesOf),
  }
}

/** Lost writes with a shorter pause between them than this are one loss, in milliseconds. */
const LOSS_GAP_MS = 500

function lossesOf({ writer, report }: VerifiedWriter): WriteFigures['losses'] {
  const lost = new Set(report.lost)
  const losses: { from: number, to: number, lost: number }[] = []
  for (const { at } of writer.acknowledged.filter(({ value }) => lost.has(value))) {
    const last = losses.at(-1)
    if (last === undefined || at - last.to > LOSS_GAP_MS) losses.push({ from: at, to: at, lost: 1 })
    else Object.assign(last, { to: at, lost: last.lost + 1 })
  }
  return losses
}

function outagesOf(writer: Writer): Outage[] {
  const { startedAt, stoppedAt } = writer.report()
  const times = writer.acknowledged.map(({ at }) => at)
  return outagesBetween([startedAt, ...times, Math.max(stoppedAt ?? clock(), times.at(-1) ?? 0)], SHOWN_OUTAGE_MS)
}
