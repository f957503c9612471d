import { describe, expect, it } from 'vitest'

import { RateMeter } from '../../../src/server/rate-meter.ts'

const at = (mono: number): { mono: number, wall: number } => ({ mono, wall: 0 })

describe('RateMeter', () => {
  it('averages over the last 1.6 seconds', () => {
    const meter = new RateMeter()
    for (let mono = 10_000; mono < 11_600; mono += 10) meter.record(1, mono)
    expect(meter.perSecond(at(11_599))).toBe(100)
    expect(meter.perSecond(at(12_399))).toBe(50)
    expect(meter.perSecond(at(13_300))).toBe(0)
  })

  it('forgets after a long silence and starts again', () => {
    const meter = new RateMeter()
    meter.record(160, 500)
    meter.record(16, 1_000_000)
    expect(meter.perSecond(at(1_000_001))).toBe(10)
  })
})
