/** Durations and moments of the command line. */
import type { TimeJson } from '../../documents/index.ts'
import { UsageError } from '../connection/errors.ts'
import { momentText } from '../local-time.ts'

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, min: 60_000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** A duration as `90s`, `30m` or `1h30m`, in milliseconds. `option` is named in the message. @throws UsageError */
export function parseDuration(option: string, text: string): number {
  const ms = durationIn(text)
  if (ms === undefined || ms <= 0) throw new UsageError(`${option} must be a duration such as 90s, 30m or 1h30m, not ${JSON.stringify(text)}`)
  return ms
}

/**
 * A moment as ISO 8601 (`2026-12-01T03:00Z`; without a zone, local time), or `+30m` from now. In Unix milliseconds.
 * @throws UsageError, also for a moment that is over
 */
export function parseMoment(option: string, text: string, now: number): number {
  const at = text.startsWith('+') ? now + parseDuration(option, text.slice(1)) : momentIn(text)
  if (at === undefined) throw new UsageError(`${option} must be a time such as 2026-12-01T03:00Z or +30m, not ${JSON.stringify(text)}`)
  if (at <= now) throw new UsageError(`${option} ${text} is over: it is ${momentText(now)} now`)
  return at
}

/** A moment in Unix milliseconds as in JSON documents; null when it is none. */
export function timeJson(unixMs: number | undefined): TimeJson | null {
  const date = new Date(unixMs ?? Number.NaN)
  return Number.isNaN(date.getTime()) ? null : date.toISOString()
}

function durationIn(text: string): number | undefined {
  if (!/^(?:\d+(?:ms|s|min|m|h|d))+$/.test(text)) return undefined
  return [...text.matchAll(/(\d+)([a-z]+)/g)].reduce((sum, [, number, unit = '']) => sum + Number(number) * (UNITS[unit] ?? 0), 0)
}

/** Dates alone are refused: Node.js takes their midnight in UTC, unlike that of all others without a zone. */
function momentIn(text: string): number | undefined {
  if (!/^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?$/.test(text)) return undefined
  const at = Date.parse(text.replace(' ', 'T'))
  return Number.isNaN(at) ? undefined : at
}
