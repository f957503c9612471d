/** Durations on the dashboard. */
import { describe, expect, it } from 'vitest'

import { duration } from '../../../../src/http/dashboard/browser/format.ts'

describe('a duration on the dashboard', () => {
  it.each([
    [null, '\u2013'], [0, '0 ms'], [999.4, '999 ms'], [1_000, '1.0 s'], [15_700, '16 s'], [60_000, '1 min'],
    [3_600_000, '1 h'], [172_800_000, '2 days'],
  ])('of %s ms is shown as %s', (ms, text) => {
    expect(duration(ms)).toBe(text)
  })
})
