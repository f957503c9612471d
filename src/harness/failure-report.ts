import { usesColour } from '../text/index.ts'
import { formatAddress } from './address.ts'
import type { Deployment } from './deployment.ts'
import { classOf } from './lanes.ts'
import { writeFigures, type VerifiedWriter } from './scenarios/write-figures.ts'
import { drawText } from './text-drawing.ts'
import { clock } from './timeline.ts'
import type { TimelineEntry } from './timeline-entry.ts'

/** Time shown before the first fault, in milliseconds. */
const BEFORE_MS = 300

/** Number of entries of the timeline that are shown when a test fails. */
const SHOWN_ENTRIES = 80

/** Events of the formation. A sentinel may publish one a moment after the deployment is complete. */
const FORMATION: ReadonlySet<string> = new Set(['+monitor', '+sentinel', '+slave'])

/** What a report shows. */
export interface FailureReportOptions {
  /** Only what came after this position of the timeline, such as the start of the test. Default: everything. */
  readonly after?: number
}

/**
 * What happened on a deployment, for the output of a test that failed: application, nodes and sentinels on one time
 * axis, and the last entries of the timeline, with names instead of addresses and ids. In colours where standard error
 * is a terminal.
 */
export function failureReport(deployment: Deployment, { after = 0 }: FailureReportOptions = {}): string {
  const { timeline, nodes, sentinels } = deployment
  const told = timeline.told.slice(Math.max(after - timeline.dropped, 0))
  const fault = told.find((entry) => classOf(entry) === 'fault')
  const shown = fault === undefined ? told : told.filter((entry) => entry.at >= fault.at || !FORMATION.has(entry.event))
  const last = shown.slice(-SHOWN_ENTRIES)
  const origin = fault?.at ?? last[0]?.at ?? 0
  const processes = [
    ...nodes.map(({ name, address }) => `${name} ${formatAddress(address)}`),
    ...sentinels.map(({ name, address, kind }) => `${name} ${formatAddress(address)} (${kind})`),
  ]
  return [
    ...drawing(deployment, shown, fault),
    ...last.length === 0
      ? ['No sentinel reported an event, and the harness caused no fault.']
      : [`The last events, in milliseconds after ${fault === undefined ? 'the first of them' : 'the first fault'}:`,
          timeline.withNames(timeline.render(last, origin))],
    '',
    `The processes: ${processes.join(', ')}`,
  ].join('\n')
}

function drawing(
  { writers, timeline }: Deployment, shown: readonly TimelineEntry[], fault: TimelineEntry | undefined,
): string[] {
  const [first] = shown
  if (first === undefined) return []
  // The workers of vitest write to its terminal through a pipe; it tells them.
  const isTTY = process.stderr.isTTY || process.env['FORCE_TTY'] === 'true'
  const verified = writers.flatMap((writer): VerifiedWriter[] => (
    writer.verified === undefined ? [] : [{ writer, report: writer.verified }]
  ))
  const named = new Map(writers.map((writer, at) => [String(at), writer]))
  return ['On one time axis:', drawText({
    entries: timeline.told,
    writes: writers.length === 0 ? undefined : writeFigures(named, verified),
    from: fault === undefined ? first.at : Math.max(timeline.told[0]?.at ?? 0, fault.at - BEFORE_MS),
    to: timeline.endedAt ?? clock(),
    origin: fault?.at ?? first.at,
    coloured: usesColour({ isTTY }, process.env),
  }), '']
}
