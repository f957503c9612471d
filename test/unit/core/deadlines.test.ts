/** The table of deadlines: one for each key, earliest first. */
import { describe, expect, it } from 'vitest'
import fc from 'fast-check'
import { Deadlines } from '../../../src/core/deadlines.ts'

function due(deadlines: Deadlines, now: number): number[] {
  const keys: number[] = []
  for (let key = deadlines.takeDue(now); key !== undefined; key = deadlines.takeDue(now)) keys.push(key)
  return keys
}

describe('deadlines', () => {
  it('expire in the order of time, and in the order of setting within one moment', () => {
    const deadlines = new Deadlines()
    deadlines.set(1, 30)
    deadlines.set(2, 10)
    deadlines.set(3, 10)
    expect(deadlines.next()).toBe(10)
    expect(due(deadlines, 20)).toEqual([2, 3])
    expect(due(deadlines, 29)).toEqual([])
    expect(due(deadlines, 30)).toEqual([1])
    expect(deadlines.next()).toBeUndefined()
  })

  it('can be replaced and removed', () => {
    const deadlines = new Deadlines()
    deadlines.set(1, 10)
    deadlines.set(1, 50)
    deadlines.set(2, 20)
    deadlines.set(2, undefined)
    expect(deadlines.next()).toBe(50)
    expect(due(deadlines, 49)).toEqual([])
    expect(due(deadlines, 50)).toEqual([1])
  })

  it('have the times of a plain map after any sequence of changes', () => {
    const change = fc.record({ key: fc.nat(20), at: fc.option(fc.nat(1000), { nil: undefined }) })
    fc.assert(fc.property(fc.array(change, { maxLength: 400 }), fc.nat(1000), (changes, now) => {
      const deadlines = new Deadlines()
      const model = new Map<number, number>()
      for (const { key, at } of changes) {
        deadlines.set(key, at)
        if (at === undefined) model.delete(key)
        else model.set(key, at)
      }
      const next = model.size === 0 ? undefined : Math.min(...model.values())
      expect(deadlines.next()).toBe(next)
      const expected = [...model].filter(([, at]) => at <= now).map(([key]) => key)
      expect(due(deadlines, now).sort((a, b) => a - b)).toEqual(expected.sort((a, b) => a - b))
    }))
  })
})
