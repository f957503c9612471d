import { usesColour } from '../text/index.ts'
import type { Deployment } from './deployment.ts'
import { classOf } from './lanes.ts'
import { writeFigures, type VerifiedWriter } from './scenarios/write-figures.ts'
import { drawText } from './text-drawing.ts'
import { clock } from './timeline.ts'

/** Time shown before the first fault, in milliseconds. */
const BEFORE_MS = 300

/** Number of entries of the timeline that are shown when a test fails. */
const SHOWN_ENTRIES = 80

/**
 * What happened on a deployment, for the output of a test that failed: application, nodes and sentinels on one time
 * axis, and the last entries of the timeline. In colours where standard error is a terminal.
 */
export function failureReport(deployment: Deployment): string {
  // The workers of vitest write to its terminal through a pipe; it tells them.
  const isTTY = process.stderr.isTTY || process.env['FORCE_TTY'] === 'true'
  const kinds = deployment.sentinels.map(({ name, kind }) => `${name} is ${kind}`).join(', ')
  return [
    ...drawing(deployment, usesColour({ isTTY }, process.env)),
    `The timeline ends with (${kinds}):`,
    deployment.timeline.tail(SHOWN_ENTRIES),
  ].join('\n')
}

function drawing(deployment: Deployment, coloured: boolean): string[] {
  const { writers, timeline } = deployment
  const fault = timeline.told.find((entry) => classOf(entry) === 'fault')
  const [first] = timeline.told
  if (first === undefined) return []
  const verified = writers.flatMap((writer): VerifiedWriter[] => (
    writer.verified === undefined ? [] : [{ writer, report: writer.verified }]
  ))
  const named = new Map(writers.map((writer, at) => [String(at), writer]))
  return ['On one time axis:', drawText({
    entries: timeline.told,
    writes: writers.length === 0 ? undefined : writeFigures(named, verified),
    from: fault === undefined ? first.at : Math.max(first.at, fault.at - BEFORE_MS),
    to: timeline.endedAt ?? clock(),
    origin: fault?.at ?? first.at,
    coloured,
  }), '']
}
