import { describe, expect, it } from 'vitest'

import { eventually, notYet, TimedOutError, within } from '../../../src/harness/eventually.ts'

describe('eventually', () => {
  it('returns what the check returns in the end', async () => {
    let looks = 0
    const value = await eventually('the third look', () => {
      looks += 1
      if (looks < 3) throw notYet(`look ${looks}`)
      return looks
    }, { everyMs: 1 })
    expect(value).toBe(3)
  })

  it('reports at the deadline what was awaited and what was last seen', async () => {
    const wait = eventually('a miracle', () => { throw notYet('role is slave') }, { timeoutMs: 20, everyMs: 5 })
    await expect(wait).rejects.toThrow(new TimedOutError('waited 20 ms for a miracle; last seen: role is slave'))
  })

  it('does not hang with a check that hangs', async () => {
    const wait = eventually('an answer', () => new Promise<never>(() => undefined), { timeoutMs: 20, everyMs: 5 })
    await expect(wait).rejects.toThrow('the first look did not return')
  })

  it('keeps what an earlier look saw when the last one hangs', async () => {
    let looks = 0
    const wait = eventually('an answer', () => {
      looks += 1
      if (looks === 1) throw notYet('connection refused')
      return new Promise<never>(() => undefined)
    }, { timeoutMs: 20, everyMs: 1 })
    await expect(wait).rejects.toThrow('last seen: connection refused')
  })
})

describe('within', () => {
  it('passes on the value and the error of the promise', async () => {
    await expect(within('it', 1_000, Promise.resolve(1))).resolves.toBe(1)
    await expect(within('it', 1_000, Promise.reject(new Error('no')))).rejects.toThrow('no')
  })

  it('gives up at the deadline', async () => {
    await expect(within('the end', 5, new Promise(() => undefined))).rejects.toThrow('waited 5 ms for the end')
  })
})
