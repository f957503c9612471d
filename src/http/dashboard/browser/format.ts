/** Formats durations and times for the page. */
import { el } from './elements.ts'

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

/** A duration that counts while the page is open, in whole seconds below an hour: `42 s`, `3 min 5 s`. */
export function counting(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / SECOND_MS))
  if (seconds < 60) return `${seconds} s`
  return ms < HOUR_MS ? `${Math.floor(seconds / 60)} min ${seconds % 60} s` : duration(ms)
}

const PARTS = {
  day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23',
  timeZoneName: 'short',
} as const

const THIS_YEAR = new Intl.DateTimeFormat('en-GB', PARTS)
const OTHER_YEAR = new Intl.DateTimeFormat('en-GB', { ...PARTS, year: 'numeric' })

/**
 * Day, time and zone of the browser, such as `2 Jan, 14:03:09 CET`, with the year if it is not this one. `iso` is a
 * time in ISO 8601.
 */
export function localTime(iso: string): string {
  const time = new Date(iso)
  return (time.getFullYear() === new Date().getFullYear() ? THIS_YEAR : OTHER_YEAR).format(time)
}

/** The same time in UTC, such as `2026-01-02 13:03:09 UTC`. */
export function utcTime(iso: string): string {
  return `${new Date(iso).toISOString().slice(0, 19).replace('T', ' ')} UTC`
}

/** An element that shows a time of the browser's zone, and UTC while the pointer is on it. */
export function timeView(iso: string): HTMLElement {
  if (Number.isNaN(Date.parse(iso))) return el('time', {}, iso)
  return el('time', { datetime: iso, title: utcTime(iso) }, localTime(iso))
}
