const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** A duration as text: `340 ms`, `12.3 s`, `3 min 20 s`, `5 h 10 min`, `2 d 4 h`; `unknown` when it is not finite. */
export function durationText(ms: number): string {
  if (!Number.isFinite(ms)) return 'unknown'
  const span = Math.max(0, Math.round(ms))
  if (span < SECOND) return `${span} ms`
  if (span < MINUTE) return `${(span / SECOND).toFixed(1)} s`
  if (span < HOUR) return pair(span, [MINUTE, 'min'], [SECOND, 's'])
  if (span < DAY) return pair(span, [HOUR, 'h'], [MINUTE, 'min'])
  return pair(span, [DAY, 'd'], [HOUR, 'h'])
}

function pair(span: number, [large, largeUnit]: [number, string], [small, smallUnit]: [number, string]): string {
  const rest = Math.floor(span % large / small)
  return `${Math.floor(span / large)} ${largeUnit}${rest === 0 ? '' : ` ${rest} ${smallUnit}`}`
}
