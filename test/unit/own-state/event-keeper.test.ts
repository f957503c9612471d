/** When events are written: docs/decisions/0062-events-over-restarts.md. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest'

import { SaveError } from '../../../src/config/index.ts'
import { EventKeeper } from '../../../src/own-state/index.ts'
import type { KeptEvent } from '../../../src/ports/index.ts'
import { keptEvent } from './event-samples.ts'

beforeEach(() => { vi.useFakeTimers() })
afterEach(() => { vi.useRealTimers() })

function rig(past: readonly KeptEvent[] = []) {
  const given = {
    /** The numbers of the events of each write that are new. */
    writes: [] as number[][],
    log: [] as string[],
    isSaveBusy: false,
    problem: undefined as Error | undefined,
    /** Set to hold writes until it is called. */
    release: undefined as (() => void) | undefined,
    holds: false,
  }
  const keeper = new EventKeeper({
    file: {
      path: '/etc/s.conf.ts-sentinel-events.jsonl',
      open: () => ({ events: past, line: undefined }),
      write: async (events, fresh) => {
        given.writes.push(events.slice(events.length - fresh).map(({ number }) => number))
        if (given.holds) await new Promise<void>((resolve) => { given.release = resolve })
        if (given.problem !== undefined) throw given.problem
      },
    },
    logger: { log: (level, text) => { given.log.push(`${level}: ${text}`) } },
    isSaveBusy: () => given.isSaveBusy,
  })
  return { given, keeper }
}

it('writes the events of a second together, and not before', async () => {
  const { given, keeper } = rig()
  keeper.add(keptEvent(1))
  await vi.advanceTimersByTimeAsync(999)
  keeper.add(keptEvent(2))
  expect(given.writes).toEqual([])
  await vi.advanceTimersByTimeAsync(1)
  keeper.add(keptEvent(3))
  await vi.advanceTimersByTimeAsync(10_000)
  expect(given.writes).toEqual([[1, 2], [3]])
})

it('does not write while a save of the configuration runs', async () => {
  const { given, keeper } = rig()
  given.isSaveBusy = true
  keeper.add(keptEvent(1))
  await vi.advanceTimersByTimeAsync(5_000)
  expect(given.writes).toEqual([])
  given.isSaveBusy = false
  await vi.advanceTimersByTimeAsync(1_000)
  expect(given.writes).toEqual([[1]])
})

it('makes one write at a time, and no text of an event before it', async () => {
  const { given, keeper } = rig()
  given.holds = true
  const event = keptEvent(1)
  const read = vi.fn(() => event.text)
  keeper.add({ ...event, get text() { return read() } })
  await vi.advanceTimersByTimeAsync(500)
  expect(read).not.toHaveBeenCalled()
  await vi.advanceTimersByTimeAsync(500)
  keeper.add(keptEvent(2))
  await vi.advanceTimersByTimeAsync(10_000)
  expect(given.writes).toEqual([[1]])
  given.release?.()
  await vi.advanceTimersByTimeAsync(1_000)
  expect(given.writes).toEqual([[1], [2]])
})

it('tries a failed write again with growing pauses, with one line in the log at the beginning and one at the end', async () => {
  const { given, keeper } = rig()
  given.problem = new SaveError(Object.assign(new Error(), { code: 'ENOSPC' }), 'Could not write %')
  keeper.add(keptEvent(1))
  await vi.advanceTimersByTimeAsync(1_000)
  keeper.add(keptEvent(2))
  await vi.advanceTimersByTimeAsync(2_000 + 4_000 + 8_000)
  expect(given.writes).toEqual([[1], [1, 2], [1, 2], [1, 2]])
  expect(given.log).toEqual([
    'warning: Cannot write /etc/s.conf.ts-sentinel-events.jsonl: No space left on device. Failovers work without it. Until it '
    + 'can be written, a restart loses the events of /events. It is tried again.',
  ])
  given.problem = undefined
  await vi.advanceTimersByTimeAsync(60_000)
  expect(given.log.slice(1)).toEqual(['notice: /etc/s.conf.ts-sentinel-events.jsonl is written again.'])
  keeper.add(keptEvent(3))
  await vi.advanceTimersByTimeAsync(1_000)
  expect(given.writes.slice(4)).toEqual([[1, 2], [3]])
})

it('holds at most 2000 events in memory while it cannot write', async () => {
  const { given, keeper } = rig()
  given.isSaveBusy = true
  for (let number = 1; number <= 10_000; number += 1) keeper.add(keptEvent(number))
  given.isSaveBusy = false
  await vi.advanceTimersByTimeAsync(1_100)
  expect(given.writes.map((numbers) => [numbers.length, numbers.at(-1)])).toEqual([[1_000, 10_000]])
})

it('makes the texts of many events in several turns of the event loop', async () => {
  vi.useRealTimers()
  const { given, keeper } = rig()
  let made = 0
  for (let number = 1; number <= 1_000; number += 1) {
    const event = keptEvent(number)
    const read = (): string => {
      made += 1
      return event.text
    }
    keeper.add({ ...event, get text() { return read() } })
  }
  const closed = keeper.close()
  const perTurn = [made]
  while (made < 1_000) {
    const before = made
    await new Promise((resolve) => { setImmediate(resolve) })
    perTurn.push(made - before)
  }
  await closed
  expect(Math.max(...perTurn)).toBe(100)
  expect(given.writes.map((numbers) => numbers.length)).toEqual([1_000])
})

it('writes at a stop what has not been written, once, even when that fails', async () => {
  const { given, keeper } = rig()
  keeper.add(keptEvent(1))
  given.problem = new Error('EIO')
  await keeper.close()
  await vi.advanceTimersByTimeAsync(60_000)
  expect(given.writes).toEqual([[1]])
})

it('begins its numbers above those that a killed process may have given', () => {
  expect(rig().keeper.numbersAbove).toBe(0)
  const { keeper } = rig([keptEvent(7), keptEvent(5)])
  expect(keeper.past.map(({ number }) => number)).toEqual([7, 5])
  expect(keeper.numbersAbove).toBe(100_007)
})
