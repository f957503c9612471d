/** When the dashboard shows that it has no data. */
import { describe, expect, it } from 'vitest'

import { Freshness } from '../../../../src/http/dashboard/browser/freshness.ts'

describe('the page', () => {
  it('is stale 5 s after the last answer when requests fail', () => {
    const freshness = new Freshness(0)
    freshness.asked(900)
    freshness.answered(1_000)
    freshness.failed()
    expect([freshness.isStale(5_900), freshness.isStale(6_001), freshness.ageMs(6_001)]).toEqual([false, true, 5_001])
    freshness.answered(7_000)
    expect(freshness.isStale(7_001)).toBe(false)
  })

  it('is stale when a request is not answered at all', () => {
    const freshness = new Freshness(0)
    freshness.asked(2_000)
    expect(freshness.isStale(5_100)).toBe(true)
  })

  it('is not stale because the browser slowed its timers in the background', () => {
    const freshness = new Freshness(0)
    expect(freshness.isStale(60_000)).toBe(false)
    freshness.asked(60_000)
    expect(freshness.isStale(60_300)).toBe(false)
  })
})
