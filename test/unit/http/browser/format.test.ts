/** Durations and times on the dashboard. */
import { afterEach, describe, expect, it, vi } from 'vitest'

import { counting, duration, localTime, utcTime } from '../../../../src/http/dashboard/browser/format.ts'

afterEach(() => { vi.useRealTimers() })

describe('a duration on the dashboard', () => {
  it.each([
    [null, '\u2013'], [0, '0 ms'], [999.4, '999 ms'], [1_000, '1.0 s'], [15_700, '16 s'], [60_000, '1 min'],
    [3_600_000, '1 h'], [172_800_000, '2 days'],
  ])('of %s ms is shown as %s', (ms, text) => {
    expect(duration(ms)).toBe(text)
  })

  it.each([[-5, '0 s'], [15_700, '15 s'], [185_000, '3 min 5 s'], [3_600_000, '1 h']])('of %s ms counts as %s', (ms, text) => {
    expect(counting(ms)).toBe(text)
  })
})

describe('a time on the dashboard', () => {
  it('has the day, the zone, and the year when it is not this one', () => {
    vi.useFakeTimers({ now: Date.parse('2026-06-01T12:00:00Z') })
    expect(localTime('2026-05-31T12:03:09Z')).toMatch(/^\d+ (?:May|Jun), \d\d:\d\d:09 \S+$/)
    expect(localTime('2025-05-31T12:03:09Z')).toMatch(/^\d+ (?:May|Jun) 2025, \d\d:\d\d:09 \S+$/)
    expect(utcTime('2026-05-31T12:03:09.123Z')).toBe('2026-05-31 12:03:09 UTC')
  })
})
