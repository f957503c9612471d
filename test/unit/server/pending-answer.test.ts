import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import { Deferred } from '../../../src/commands/index.ts'
import type { RespValue } from '../../../src/resp/index.ts'
import { LATER, PendingAnswer } from '../../../src/server/pending-answer.ts'

describe('PendingAnswer', () => {
  beforeEach(() => { vi.useFakeTimers() })
  afterEach(() => { vi.useRealTimers() })

  it('gives an answer that is there at once', () => {
    const pending = new PendingAnswer()
    const late: RespValue[] = []
    expect(pending.start(new Deferred((done) => { done('now') }), (value) => late.push(value))).toBe('now')
    expect(pending.isOutstanding).toBe(false)
    expect(late).toEqual([])
  })

  it('tells the client when a save takes too long, and ignores what comes after', () => {
    const pending = new PendingAnswer()
    const late: RespValue[] = []
    let done: ((value: RespValue) => void) | undefined
    expect(pending.start(new Deferred((finish) => { done = finish }), (value) => late.push(value))).toBe(LATER)
    expect(pending.isOutstanding).toBe(true)
    vi.advanceTimersByTime(59_999)
    expect(late).toEqual([])
    vi.advanceTimersByTime(1)
    expect(late).toMatchObject([{ type: 'error', text: expect.stringContaining('not saved yet') as string }])
    expect(pending.isOutstanding).toBe(false)
    done?.('too late')
    expect(late).toHaveLength(1)
  })
})
