import { describe, expect, it } from 'vitest'

import { Bandwidth, lossPauseMs } from '../../../src/harness/flow.ts'

describe('the pause of a lost packet', () => {
  it.each([
    [0, 0.001, 0], [0.1, 0.5, 0], [0.1, 0.1, 0], [0.1, 0.05, 200], [0.1, 0.005, 600], [0.1, 0.0005, 1_400],
    [0.5, 0, 51_000],
  ])('with a loss of %d and the random number %d is %d ms', (ratio, luck, pauseMs) => {
    expect(lossPauseMs(ratio, luck)).toBe(pauseMs)
  })
})

describe('a link of limited bandwidth', () => {
  it('is busy for as long as its bytes take', () => {
    const link = new Bandwidth(1_000_000)
    expect(link.piece).toBe(20_000)
    expect(link.waitMs(5)).toBeLessThanOrEqual(0)
    link.take(20_000, 5)
    link.take(10_000, 5)
    expect(link.waitMs(15)).toBe(20)
    link.take(1_000, 100)
    expect(link.waitMs(100)).toBe(1)
    expect(new Bandwidth(1).piece).toBe(1)
  })
})
