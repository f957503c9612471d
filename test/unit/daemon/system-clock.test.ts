import { afterEach, describe, expect, it } from 'vitest'
import { SystemClock } from '../../../src/daemon/system-clock.ts'

describe('the system clock', () => {
  const clock = new SystemClock()
  afterEach(() => { clock.armAt(undefined, () => undefined) })

  /** Arms the clock and resolves with the monotonic time at which it fired. */
  const fired = (at: number) => new Promise<number>((resolve) => {
    clock.armAt(at, () => { resolve(clock.now().mono) })
  })

  it('gives whole milliseconds of both clocks', () => {
    const before = Date.now()
    const { mono, wall } = clock.now()
    expect(Number.isInteger(mono)).toBe(true)
    expect(wall).toBeGreaterThanOrEqual(before)
    expect(wall).toBeLessThanOrEqual(Date.now())
  })

  it('never fires early', async () => {
    for (let round = 0; round < 20; round += 1) {
      const at = clock.now().mono + round
      expect(await fired(at)).toBeGreaterThanOrEqual(at)
    }
  })

  it('fires soon for a moment in the past, but not synchronously', async () => {
    let synchronous = true
    const past = clock.now().mono - 100
    const done = new Promise<boolean>((resolve) => {
      clock.armAt(past, () => { resolve(synchronous) })
    })
    synchronous = false
    expect(await done).toBe(false)
  })

  it('fires for the last deadline only, whether it is earlier or later than the one before', async () => {
    const now = clock.now().mono
    const seen: string[] = []
    clock.armAt(now + 10, () => { seen.push('replaced') })
    clock.armAt(now + 5_000, () => { seen.push('replaced as well') })
    expect(await fired(now + 30)).toBeGreaterThanOrEqual(now + 30)
    expect(seen).toEqual([])
    clock.armAt(clock.now().mono - 1, () => { seen.push('replaced in the past') })
    const later = clock.now().mono + 20
    expect(await fired(later)).toBeGreaterThanOrEqual(later)
    expect(seen).toEqual([])
  })

  it('fires nothing when disarmed', async () => {
    const seen: string[] = []
    const other = new SystemClock()
    other.armAt(other.now().mono + 10, () => { seen.push('disarmed') })
    other.armAt(undefined, () => { seen.push('disarmed') })
    other.armAt(other.now().mono - 10, () => { seen.push('disarmed') })
    other.armAt(undefined, () => { seen.push('disarmed') })
    await fired(clock.now().mono + 30)
    expect(seen).toEqual([])
  })

  it('fires once for each time that it is set', async () => {
    let count = 0
    clock.armAt(clock.now().mono + 5, () => { count += 1 })
    const other = new SystemClock()
    await new Promise<void>((resolve) => { other.armAt(other.now().mono + 40, resolve) })
    expect(count).toBe(1)
  })
})
