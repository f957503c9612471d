/** Formats durations and times for the page. */

const SECOND_MS = 1_000
const MINUTE_MS = 60 * SECOND_MS
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

/** A duration in its largest sensible unit; a dash for null. */
export function duration(ms: number | null): string {
  if (ms === null) return '\u2013'
  if (ms < SECOND_MS) return `${Math.round(ms)} ms`
  if (ms < MINUTE_MS) return `${(ms / SECOND_MS).toFixed(ms < 10 * SECOND_MS ? 1 : 0)} s`
  if (ms < HOUR_MS) return `${Math.floor(ms / MINUTE_MS)} min`
  if (ms < 2 * DAY_MS) return `${Math.floor(ms / HOUR_MS)} h`
  return `${Math.floor(ms / DAY_MS)} days`
}

/** The time of day in the browser's time zone, such as `14:03:09`. `iso` is a time in ISO 8601. */
export function clock(iso: string): string {
  const date = new Date(iso)
  return [date.getHours(), date.getMinutes(), date.getSeconds()].map((part) => String(part).padStart(2, '0')).join(':')
}

/** Day and time, in the browser's language and time zone. `iso` is a time in ISO 8601. */
export function dayAndClock(iso: string): string {
  const day = new Date(iso).toLocaleDateString(undefined, { day: 'numeric', month: 'short' })
  return `${day}, ${clock(iso)}`
}
