/** The history that explanations, metrics and the dashboard read. */
import { beforeEach, describe, expect, it } from 'vitest'
import type { SentinelEvent } from '../../../src/core/index.ts'
import { Journal } from '../../../src/events/index.ts'
import { failoverText } from '../../../src/explain/index.ts'
import { at, MASTER, PEER, published, REPLICA } from './samples.ts'

let journal: Journal

beforeEach(() => { journal = new Journal() })

function happens(ms: number, event: SentinelEvent): void {
  journal.record(published({ master: 'mymaster', ...event }, at(ms)))
}

const master = 'mymaster'
const SDOWN = { name: '+sdown', subject: MASTER } as const
const TRY = { name: '+try-failover', subject: MASTER } as const
const UPDATE = { name: '+config-update-from', subject: PEER } as const
const ODOWN = { name: '+odown', subject: MASTER, agree: 2, quorum: 2 } as const
const SWITCH = { name: '+switch-master', master, from: MASTER, to: REPLICA } as const
const newEpoch = (epoch: bigint) => ({ name: '+new-epoch', master, epoch }) as const

describe('the journal of failovers', () => {
  it('records a failover that this sentinel led, from the first sign of failure to the switch', () => {
    happens(1000, SDOWN)
    happens(1010, ODOWN)
    happens(1011, newEpoch(7n))
    happens(1011, TRY)
    expect(journal.failovers('mymaster')).toMatchObject([{ outcome: 'running', role: 'leader', epoch: 7n }])
    happens(1020, { name: '+elected-leader', subject: MASTER })
    happens(1030, { name: '+selected-slave', subject: REPLICA })
    happens(1100, { name: '+promoted-slave', subject: REPLICA })
    happens(1200, { name: '+failover-end', subject: MASTER })
    happens(1201, SWITCH)
    const [failover, ...others] = journal.failovers('mymaster')
    expect(others).toEqual([])
    expect(failover).toMatchObject({
      role: 'leader', outcome: 'switched', reason: undefined, epoch: 7n, startedWall: 1_700_000_001_000,
      durationMs: 201, isPlanned: false, attempt: 1, waitedMs: undefined, lastAnswerWall: undefined, outageMs: undefined, from: { host: '127.0.0.1', port: 6379 }, to: { host: '127.0.0.1', port: 6381 },
    })
    expect(failover?.phases.map(({ name, sinceStartMs }) => [name, sinceStartMs])).toEqual([
      ['+sdown', 0], ['+odown', 10], ['+new-epoch', 11], ['+try-failover', 11], ['+elected-leader', 20],
      ['+selected-slave', 30], ['+promoted-slave', 100], ['+failover-end', 200], ['+switch-master', 201],
    ])
  })

  it('records a switch that another sentinel led', () => {
    happens(0, SDOWN)
    happens(5, newEpoch(9n))
    happens(6, { name: '+vote-for-leader', master, leader: 'aa', epoch: 9n })
    happens(80, UPDATE)
    happens(81, SWITCH)
    expect(journal.failovers('mymaster')).toMatchObject([
      { role: 'follower', outcome: 'adopted', epoch: 9n, durationMs: 81, to: { host: '127.0.0.1', port: 6381 } },
    ])
  })

  it('records a failover that an operator ordered, without a fault before it', () => {
    happens(0, newEpoch(2n))
    happens(1, TRY)
    happens(90, SWITCH)
    expect(journal.failovers('mymaster')).toMatchObject([{ outcome: 'switched', epoch: 2n, durationMs: 89 }])
  })

  it('gives each attempt of an outage its own start and phases, and the wait before it', () => {
    journal = new Journal(new Map(), () => undefined, { lastAnswerMs: () => 30_000, isOrdered: () => false })
    happens(0, SDOWN)
    happens(1, ODOWN)
    happens(2, newEpoch(1n))
    happens(2, TRY)
    happens(50, { name: '-failover-abort-not-elected', subject: MASTER })
    happens(60, { name: '-odown', subject: MASTER })
    happens(40_050, newEpoch(2n))
    happens(40_050, TRY)
    happens(40_100, { name: '+promoted-slave', subject: REPLICA })
    happens(40_200, SWITCH)
    const lastAnswerWall = 1_700_000_000_000 - 30_000
    expect(journal.failovers('mymaster')).toMatchObject([
      {
        outcome: 'aborted', reason: '-failover-abort-not-elected', epoch: 1n, attempt: 1, startedWall: 1_700_000_000_000, durationMs: 50,
        waitedMs: undefined, lastAnswerWall, outageMs: undefined, isPlanned: false,
      },
      {
        outcome: 'switched', epoch: 2n, attempt: 2, startedWall: 1_700_000_040_050, durationMs: 150, waitedMs: 40_000, lastAnswerWall,
        outageMs: 70_100, isPlanned: false,
        phases: [{ name: '+new-epoch', sinceStartMs: 0 }, { name: '+try-failover' }, { name: '+promoted-slave', sinceStartMs: 50 }, { name: '+switch-master' }],
      },
    ])
  })

  it('counts the outage from the last good answer of the master to its promotion, not from +sdown', () => {
    journal = new Journal(new Map(), () => undefined, { lastAnswerMs: () => 30_000, isOrdered: () => false })
    happens(0, SDOWN)
    happens(5, newEpoch(9n))
    happens(80, UPDATE)
    happens(81, SWITCH)
    const [failover] = journal.failovers('mymaster')
    expect(failover).toMatchObject({ outcome: 'adopted', durationMs: 81, outageMs: 30_081, lastAnswerWall: 1_699_999_970_000 })
    expect(failover === undefined ? '' : failoverText(failover, 1_700_000_010_000)).toContain('outage of 30.1 s since its last good answer')
  })

  it('marks an ordered failover of a master that answers as planned, without an outage', () => {
    journal = new Journal(new Map(), () => undefined, { lastAnswerMs: () => 5, isOrdered: () => true })
    happens(0, TRY)
    happens(90, SWITCH)
    happens(1000, UPDATE)
    happens(1001, SWITCH)
    expect(journal.failovers('mymaster')).toMatchObject([
      { isPlanned: true, lastAnswerWall: undefined, outageMs: undefined, durationMs: 90 },
      { isPlanned: undefined, outcome: 'adopted', outageMs: undefined },
    ])
  })

  it('records an attempt that ended because the master answered, and starts the next failover at its own start', () => {
    happens(0, SDOWN)
    happens(2, newEpoch(1n))
    happens(2, TRY)
    happens(40, { name: '-sdown', subject: MASTER })
    happens(40, { name: '-failover-abort-no-good-slave', subject: MASTER, because: 'master-answers' })
    happens(9000, SDOWN)
    happens(9001, newEpoch(2n))
    happens(9001, TRY)
    happens(9100, SWITCH)
    const [first, second] = journal.failovers('mymaster')
    expect([first, second]).toMatchObject([
      { outcome: 'aborted', reason: 'master-answers', durationMs: 40 }, { outcome: 'switched', epoch: 2n, durationMs: 100 },
    ])
    expect(first === undefined ? '' : failoverText(first, 1_700_000_010_000)).toContain(
      'aborted (master-answers): the master answered again before a replica was ordered to replace it',
    )
  })

  it('does not call it a failover when the master comes back by itself', () => {
    happens(0, SDOWN)
    happens(10, { name: '-sdown', subject: MASTER })
    happens(500, { ...SDOWN, subject: REPLICA })
    happens(501, { ...SDOWN, subject: PEER })
    expect(journal.failovers('mymaster')).toEqual([])
    happens(1000, SDOWN)
    happens(1001, UPDATE)
    happens(1002, SWITCH)
    expect(journal.failovers('mymaster')).toMatchObject([{ durationMs: 2, startedWall: 1_700_000_001_000 }])
  })

  it('forgets a running failover at a reset, and all of a master that is removed', () => {
    happens(0, TRY)
    happens(1, { name: '+reset-master', subject: MASTER })
    expect(journal.failovers('mymaster')).toEqual([])
    happens(2, UPDATE)
    happens(3, SWITCH)
    happens(4, { name: '-monitor', subject: MASTER })
    expect(journal.failovers('mymaster')).toEqual([])
    expect(journal.failovers('another')).toEqual([])
  })

  it('keeps the last twenty', () => {
    for (let number = 0; number < 30; number++) {
      happens(number * 10, newEpoch(BigInt(number)))
      happens(number * 10, TRY)
      happens(number * 10 + 5, SWITCH)
    }
    const failovers = journal.failovers('mymaster')
    expect(failovers).toHaveLength(20)
    expect(failovers[0]?.epoch).toBe(10n)
  })

  it('keeps the addresses also when the name of the master has blanks', () => {
    const from = { host: '10.0.0.1', port: 1 }
    const to = { host: '::1', port: 2 }
    happens(0, { ...TRY, master: 'my master one' })
    happens(1, { ...SWITCH, master: 'my master one', from, to })
    expect(journal.failovers('my master one')).toMatchObject([{ from, to }])
  })
})

describe('failovers from before a restart', () => {
  const past = (startedWall: number) => ({
    master, role: 'leader', outcome: 'aborted', reason: 'master-answers', epoch: 3n, startedWall, durationMs: 40,
    isPlanned: false, attempt: 1, waitedMs: undefined, lastAnswerWall: undefined, outageMs: undefined,
    from: undefined, to: undefined, phases: [], isBeforeRestart: true,
  }) as const

  it('come before those of this process, and at most twenty are kept of both', () => {
    journal = new Journal(new Map([[master, Array.from({ length: 20 }, (_, at) => past(at))]]))
    happens(0, UPDATE)
    expect(journal.failovers(master).map(({ outcome, isBeforeRestart }) => [outcome, isBeforeRestart]).slice(-2))
      .toEqual([['aborted', true], ['running', false]])
    happens(80, SWITCH)
    const kept = journal.failovers(master)
    expect(kept.map(({ startedWall }) => startedWall))
      .toEqual([...Array.from({ length: 19 }, (_, at) => at + 1), 1_700_000_000_000])
    expect(kept.at(-1)?.isBeforeRestart).toBe(false)
    expect(journal.finished()).toEqual(new Map([[master, kept]]))
  })

  it('are marked in the words, with the time of the clock', () => {
    expect(failoverText(past(1_700_000_000_000), 1_700_000_060_000)).toBe(
      'aborted (master-answers): the master answered again before a replica was ordered to replace it; '
      + 'began 1 min ago in epoch 3 (2023-11-14T22:13:20.000Z, before this sentinel started)',
    )
  })

  it('are removed with their master', () => {
    journal = new Journal(new Map([[master, [past(1)]]]))
    happens(0, { name: '-monitor', subject: MASTER, quorum: 2 } as never)
    expect(journal.finished()).toEqual(new Map())
  })
})

it('a change of the kept history is reported: a failover that ended, and a master that was removed', () => {
  let changes = 0
  journal = new Journal(new Map(), () => { changes += 1 })
  happens(0, SDOWN)
  happens(1, TRY)
  expect(changes).toBe(0)
  happens(2, SWITCH)
  expect(changes).toBe(1)
  happens(3, TRY)
  happens(4, { name: '-failover-abort-not-elected', subject: MASTER })
  expect(changes).toBe(2)
  happens(5, SWITCH)
  expect(changes).toBe(2)
  happens(6, { name: '-monitor', subject: MASTER } as never)
  expect(changes).toBe(3)
})
