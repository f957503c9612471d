import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import { Deferred } from '../../../src/commands/index.ts'
import type { RespValue } from '../../../src/resp/index.ts'
import { encode } from '../../../src/resp/index.ts'
import { AnswerQueue } from '../../../src/server/answer-queue.ts'

type Done = (value: RespValue) => void

const asWire = (value: RespValue): string => encode(value, 2)

describe('AnswerQueue', () => {
  let ready = 0
  let queue: AnswerQueue
  let finish: Done[]

  beforeEach(() => {
    vi.useFakeTimers()
    ready = 0
    finish = []
    queue = new AnswerQueue(() => { ready += 1 })
  })

  afterEach(() => { vi.useRealTimers() })

  function later(options: { letsOthersPass: boolean }): string {
    return queue.start(new Deferred((done) => { finish.push(done) }, options), asWire)
  }

  it('passes an available answer on at once', () => {
    expect(queue.start(new Deferred((done) => { done(1) }), asWire)).toBe(':1\r\n')
    expect(queue.isOutstanding).toBe(false)
    expect(ready).toBe(0)
  })

  it('holds requests back behind an answer that must stay in order', () => {
    expect(later({ letsOthersPass: false })).toBe('')
    expect(queue.isBlocking).toBe(true)
    finish[0]?.(1)
    expect(ready).toBe(1)
    expect(queue.takeReady()).toBe(':1\r\n')
    expect(queue.isBlocking).toBe(false)
  })

  it('keeps the order of the requests, whichever answer is there first', () => {
    later({ letsOthersPass: true })
    later({ letsOthersPass: true })
    expect(queue.isBlocking).toBe(false)
    expect(queue.put('+PONG\r\n')).toBe('')
    finish[1]?.(2)
    expect(ready).toBe(0)
    expect(queue.takeReady()).toBe('')
    finish[0]?.(1)
    expect(ready).toBe(1)
    expect(queue.takeReady()).toBe(':1\r\n:2\r\n+PONG\r\n')
    expect(queue.isOutstanding).toBe(false)
  })

  it('answers with an error when a save takes too long, and ignores its later result', () => {
    later({ letsOthersPass: true })
    vi.advanceTimersByTime(59_999)
    expect(ready).toBe(0)
    vi.advanceTimersByTime(1)
    expect(queue.takeReady()).toContain('not saved yet')
    finish[0]?.(1)
    expect(ready).toBe(1)
    expect(queue.takeReady()).toBe('')
  })

  it('drops answers of a closed connection', () => {
    later({ letsOthersPass: false })
    queue.cancel()
    finish[0]?.(1)
    expect(ready).toBe(0)
    expect(queue.isOutstanding).toBe(false)
  })
})
