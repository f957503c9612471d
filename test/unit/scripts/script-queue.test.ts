/** The rules of behaviour.md 10.2, without processes. */
import { beforeEach, describe, expect, it } from 'vitest'

import { type ScriptJob, ScriptQueue } from '../../../src/scripts/script-queue.ts'

let queue: ScriptQueue

beforeEach(() => { queue = new ScriptQueue() })

const DELAY = { delayMs: 30_000 }
const paths = (jobs: readonly ScriptJob[]) => jobs.map(({ argv }) => argv[0])

function add(...names: readonly string[]): void {
  for (const name of names) queue.add([name])
}

/** Starts the one script that is due and ends it like this. */
function runOnce(now: number, end: { signal?: number, status?: number }): string {
  const [job, ...others] = queue.takeDue(now)
  expect(others).toEqual([])
  if (job === undefined) return 'nothing was due'
  return queue.ended(job, { signal: 0, status: 0, ...end }, { now, ...DELAY })
}

describe('the script queue', () => {
  it('starts scripts in order, sixteen at once, and the next one when one has ended', () => {
    add(...Array.from({ length: 20 }, (_unused, index) => String(index)))
    const first = queue.takeDue(0)
    expect(paths(first)).toEqual(Array.from({ length: 16 }, (_unused, index) => String(index)))
    expect(queue.takeDue(0)).toEqual([])
    expect(queue.wakeAt(60_000)).toBe(60_001)
    const [job] = first
    expect(job && queue.ended(job, { signal: 0, status: 0 }, { now: 5, ...DELAY })).toBe('finished')
    expect(paths(queue.takeDue(5))).toEqual(['16'])
  })

  it('keeps at most sixteen words', () => {
    queue.add(Array.from({ length: 20 }, (_unused, index) => String(index)))
    expect(queue.jobs[0]?.argv).toHaveLength(16)
  })

  it('drops the oldest script that does not run when there are more than 256', () => {
    add(...Array.from({ length: 16 }, (_unused, index) => `running${index}`))
    queue.takeDue(0)
    add(...Array.from({ length: 240 }, (_unused, index) => `waiting${index}`))
    expect(queue.jobs).toHaveLength(256)
    add('new1', 'new2')
    expect(queue.jobs).toHaveLength(256)
    expect(paths(queue.jobs).slice(0, 17)).toEqual([
      ...Array.from({ length: 16 }, (_unused, index) => `running${index}`), 'waiting2',
    ])
    expect(paths(queue.jobs).slice(-2)).toEqual(['new1', 'new2'])
  })

  it('removes a script that exits with 0', () => {
    add('a')
    expect(runOnce(0, { status: 0 })).toBe('finished')
    expect(queue.jobs).toEqual([])
    expect(queue.wakeAt(60_000)).toBeUndefined()
  })

  it.each([2, 3, 127, 255])('gives up a script that exits with %i', (status) => {
    add('a')
    expect(runOnce(0, { status })).toBe('failed')
    expect(queue.jobs).toEqual([])
  })

  it.each([{ status: 1 }, { signal: 9 }, { signal: 15 }])('tries again after %o, with a delay that doubles, ten times in all', (end) => {
    add('a')
    let now = 1000
    for (const delay of [30, 60, 120, 240, 480, 960, 1920, 3840, 7680]) {
      expect(runOnce(now, end)).toBe('again')
      expect(queue.wakeAt(60_000)).toBe(now + delay * 1000)
      expect(queue.takeDue(now + delay * 1000 - 1)).toEqual([])
      now += delay * 1000
    }
    expect(queue.jobs[0]?.attempts).toBe(9)
    expect(runOnce(now, end)).toBe('failed')
    expect(queue.jobs).toEqual([])
  })

  it('names a script that has run for too long, once per run', () => {
    add('a')
    const [job] = queue.takeDue(100)
    expect(queue.wakeAt(50)).toBe(151)
    expect(queue.takeOverdue(150, 50)).toEqual([])
    expect(queue.takeOverdue(151, 50)).toEqual([job])
    expect(queue.takeOverdue(300, 50)).toEqual([])
    expect(queue.wakeAt(50)).toBeUndefined()
    expect(job && queue.ended(job, { signal: 9, status: 0 }, { now: 300, delayMs: 10 })).toBe('again')
    queue.takeDue(310)
    expect(queue.takeOverdue(361, 50)).toEqual([job])
  })

  it('applies the current time limit', () => {
    add('a')
    queue.takeDue(0)
    expect(queue.takeOverdue(100, 60_000)).toEqual([])
    expect(paths(queue.takeOverdue(100, 99))).toEqual(['a'])
  })

  it('keeps a script that could not be started, and counts the attempt', () => {
    add('a')
    for (let attempt = 1; attempt <= 12; attempt++) {
      const [job] = queue.takeDue(attempt * 1000)
      if (job !== undefined) queue.notStarted(job, (attempt + 1) * 1000)
      expect(queue.jobs[0]?.attempts).toBe(attempt)
    }
    expect(runOnce(13_000, { status: 1 })).toBe('failed')
  })

  it('does not let a script that waits for its next attempt hold up the others', () => {
    add('a')
    runOnce(0, { status: 1 })
    add('b')
    expect(paths(queue.takeDue(1))).toEqual(['b'])
    expect(paths(queue.jobs)).toEqual(['a', 'b'])
  })
})
