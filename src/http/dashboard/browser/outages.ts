/** The failovers of a master as outages: from its last good answer, over each attempt and each wait, to the end. */
import type { FailoverJson } from '../../json.ts'
import { phasesOf, type Phase } from './failover-phases.ts'

export interface Outage {
  /** The attempts, the first one first. */
  readonly attempts: readonly [FailoverJson, ...FailoverJson[]]
  readonly last: FailoverJson
  /** What happened one after the other. The last one grows while it runs. */
  readonly segments: readonly Phase[]
  readonly isRunning: boolean
  /** From the last good answer to the end, or until now; from the first attempt where the last answer is not known. */
  readonly totalMs: number
  /** Whether `totalMs` counts from the last good answer. */
  readonly isFromLastAnswer: boolean
}

/** `failovers` are ordered by time, `now` is the time of the sentinel's clock in milliseconds since 1970. */
export function outagesOf(failovers: readonly FailoverJson[], now: number, isDown: boolean): Outage[] {
  const groups: [FailoverJson, ...FailoverJson[]][] = []
  for (const failover of failovers) {
    const group = groups.at(-1)
    if (group !== undefined && failover.attempt > 1 && group[0].lastAnswer === failover.lastAnswer) group.push(failover)
    else groups.push([failover])
  }
  return groups.map((attempts, at) => outageOf(attempts, now, isDown && at === groups.length - 1))
}

function outageOf(attempts: Outage['attempts'], now: number, isDown: boolean): Outage {
  const [first] = attempts
  const last = attempts.at(-1) ?? first
  const begin = Date.parse(first.lastAnswer ?? first.started)
  const isWaiting = last.outcome === 'aborted' && isDown && !last.beforeRestart
  const isRunning = last.outcome === 'running' || isWaiting
  const lead = Date.parse(first.started) - begin
  const segments = [
    ...lead > 0 ? [{ name: 'no answer', colour: 'p0', ms: lead, isRunning: false } as const] : [],
    ...attempts.flatMap((attempt) => attemptSegments(attempt, now)),
    ...isWaiting ? [wait(now - endOf(last, now), true)] : [],
  ]
  return {
    attempts, last, segments, isRunning, isFromLastAnswer: first.lastAnswer !== null,
    totalMs: isRunning ? now - begin : last.outageMs ?? endOf(last, now) - begin,
  }
}

function attemptSegments(attempt: FailoverJson, now: number): Phase[] {
  const phases = phasesOf(attempt, now - Date.parse(attempt.started))
  return attempt.waitedMs === null ? phases : [wait(attempt.waitedMs, false), ...phases]
}

function wait(ms: number, isRunning: boolean): Phase {
  return { name: 'waiting for the next attempt', colour: 'p6', ms: Math.max(0, ms), isRunning }
}

function endOf({ started, durationMs }: FailoverJson, now: number): number {
  return durationMs === null ? now : Date.parse(started) + durationMs
}
