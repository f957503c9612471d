/** Moments as text for people: local time with its zone, or UTC. */

/** Seconds as `2026-12-01 03:04:05 +01:00`, or `2026-12-01 02:04:05Z` with `utc`; `unknown` for no time. */
export function momentText(unixMs: number, { utc = false }: { readonly utc?: boolean } = {}): string {
  if (!Number.isFinite(unixMs) || Math.abs(unixMs) > MOMENT_MAX) return 'unknown'
  if (utc) return `${digits(new Date(unixMs))}Z`
  const east = -new Date(unixMs).getTimezoneOffset()
  const [hours, minutes] = [Math.floor(Math.abs(east) / 60), Math.abs(east) % 60]
  return `${digits(new Date(unixMs + east * 60_000))} ${east < 0 ? '-' : '+'}${two(hours)}:${two(minutes)}`
}

/** The latest moment that a Date can hold. */
const MOMENT_MAX = 8.64e15

/** Moments in ISO 8601 within a sentence of a sentinel, as `momentText` writes them. */
export function withLocalTimes(text: string, options: { readonly utc?: boolean }): string {
  return text.replace(/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g, (moment) => momentText(Date.parse(moment), options))
}

function digits(date: Date): string {
  return date.toISOString().slice(0, 19).replace('T', ' ')
}

function two(number: number): string {
  return String(number).padStart(2, '0')
}
