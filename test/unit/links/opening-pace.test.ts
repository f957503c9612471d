import { setImmediate as nextTurn } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'

import { OpeningPace } from '../../../src/links/opening-pace.ts'

describe('the pace of opening connections', () => {
  it('opens the first at once and the others one a turn, in order', async () => {
    const pace = new OpeningPace()
    const opened: number[] = []
    for (let at = 0; at < 4; at += 1) pace.run(() => { opened.push(at) })
    expect(opened).toEqual([0])
    const seen: number[] = []
    while (opened.length < 4) {
      await nextTurn()
      seen.push(opened.length)
    }
    expect(opened).toEqual([0, 1, 2, 3])
    expect(seen.every((count, at) => count - (seen[at - 1] ?? 1) <= 1)).toBe(true)
  })

  it('opens at once again when nothing waits', async () => {
    const pace = new OpeningPace()
    let opened = 0
    pace.run(() => { opened += 1 })
    await nextTurn()
    await nextTurn()
    pace.run(() => { opened += 1 })
    expect(opened).toBe(2)
  })

  it('opens thousands within a few hundred turns', async () => {
    const pace = new OpeningPace()
    let opened = 0
    for (let at = 0; at < 3000; at += 1) pace.run(() => { opened += 1 })
    let turns = 0
    for (; opened < 3000; turns += 1) await nextTurn()
    expect(turns).toBeLessThan(250)
  })
})
