/** The history that explanations, metrics and the dashboard read. */
import { beforeEach, describe, expect, it } from 'vitest'
import type { EventName, Subject } from '../../../src/core/index.ts'
import { Journal } from '../../../src/events/index.ts'
import { failoverText } from '../../../src/explain/index.ts'
import { at, MASTER, PEER, published, REPLICA } from './samples.ts'

let journal: Journal

beforeEach(() => { journal = new Journal() })

type About = { subject?: Subject, detail?: string }

function happens(ms: number, name: EventName, about: About = { subject: MASTER }): void {
  journal.record(published({ name, master: 'mymaster', ...about }, at(ms)))
}

const SWITCH = { detail: 'mymaster 127.0.0.1 6379 127.0.0.1 6381' }

describe('the journal of events', () => {
  it('keeps the last thousand, oldest first', () => {
    for (let number = 1; number <= 2500; number++) happens(number, '+new-epoch', { detail: String(number) })
    const events = journal.events()
    expect(events).toHaveLength(1000)
    expect(events[0]).toEqual({
      wall: 1_700_000_001_501, name: '+new-epoch', level: 'warning', master: 'mymaster', payload: '1501',
    })
    expect(events.at(-1)?.payload).toBe('2500')
  })
})

describe('the journal of failovers', () => {
  it('tells a failover that this sentinel led, from the first sight of trouble to the switch', () => {
    happens(1000, '+sdown')
    happens(1010, '+odown', { subject: MASTER, detail: '#quorum 2/2' })
    happens(1011, '+new-epoch', { detail: '7' })
    happens(1011, '+try-failover')
    expect(journal.failovers('mymaster')).toMatchObject([{ outcome: 'running', role: 'leader', epoch: '7' }])
    happens(1020, '+elected-leader')
    happens(1030, '+selected-slave', { subject: REPLICA })
    happens(1100, '+promoted-slave', { subject: REPLICA })
    happens(1200, '+failover-end')
    happens(1201, '+switch-master', SWITCH)
    const [failover, ...others] = journal.failovers('mymaster')
    expect(others).toEqual([])
    expect(failover).toMatchObject({
      role: 'leader', outcome: 'switched', reason: undefined, epoch: '7', startedWall: 1_700_000_001_000,
      durationMs: 201, from: '127.0.0.1 6379', to: '127.0.0.1 6381',
    })
    expect(failover?.phases.map(({ name, sinceStartMs }) => [name, sinceStartMs])).toEqual([
      ['+sdown', 0], ['+odown', 10], ['+new-epoch', 11], ['+try-failover', 11], ['+elected-leader', 20],
      ['+selected-slave', 30], ['+promoted-slave', 100], ['+failover-end', 200], ['+switch-master', 201],
    ])
  })

  it('tells a switch that another sentinel led', () => {
    happens(0, '+sdown')
    happens(5, '+new-epoch', { detail: '9' })
    happens(6, '+vote-for-leader', { detail: 'aa 9' })
    happens(80, '+config-update-from', { subject: PEER })
    happens(81, '+switch-master', SWITCH)
    expect(journal.failovers('mymaster')).toMatchObject([
      { role: 'follower', outcome: 'adopted', epoch: '9', durationMs: 81, to: '127.0.0.1 6381' },
    ])
  })

  it('tells a failover that an operator ordered, without a fault before it', () => {
    happens(0, '+new-epoch', { detail: '2' })
    happens(1, '+try-failover')
    happens(90, '+switch-master', SWITCH)
    expect(journal.failovers('mymaster')).toMatchObject([{ outcome: 'switched', epoch: '2', durationMs: 89 }])
  })

  it('keeps the reason of an attempt that was given up, and counts the next one from the same trouble', () => {
    happens(0, '+sdown')
    happens(1, '+odown')
    happens(2, '+new-epoch', { detail: '1' })
    happens(2, '+try-failover')
    happens(50, '-failover-abort-not-elected')
    happens(100, '+new-epoch', { detail: '2' })
    happens(100, '+try-failover')
    happens(200, '+switch-master', SWITCH)
    expect(journal.failovers('mymaster')).toMatchObject([
      { outcome: 'aborted', reason: '-failover-abort-not-elected', epoch: '1', durationMs: 50 },
      { outcome: 'switched', epoch: '2', durationMs: 200, phases: [
        { name: '+sdown' }, { name: '+odown' }, { name: '+new-epoch' }, { name: '+try-failover' }, { name: '+switch-master' },
      ] },
    ])
  })

  it('tells that the master answered again, and counts the next failover from its own start', () => {
    happens(0, '+sdown')
    happens(2, '+new-epoch', { detail: '1' })
    happens(2, '+try-failover')
    happens(40, '-sdown')
    happens(40, '-failover-abort-no-good-slave', { subject: MASTER, detail: '#the master answers again' })
    happens(9000, '+sdown')
    happens(9001, '+new-epoch', { detail: '2' })
    happens(9001, '+try-failover')
    happens(9100, '+switch-master', SWITCH)
    const [first, second] = journal.failovers('mymaster')
    expect([first, second]).toMatchObject([
      { outcome: 'aborted', reason: 'master-answers', durationMs: 40 }, { outcome: 'switched', epoch: '2', durationMs: 100 },
    ])
    expect(first === undefined ? '' : failoverText(first, 1_700_000_010_000)).toContain(
      'given up (master-answers): the master answered again before a replica was told to take its place',
    )
  })

  it('does not call it a failover when the master comes back by itself', () => {
    happens(0, '+sdown')
    happens(10, '-sdown')
    happens(500, '+sdown', { subject: REPLICA })
    happens(501, '+sdown', { subject: PEER })
    expect(journal.failovers('mymaster')).toEqual([])
    happens(1000, '+sdown')
    happens(1001, '+config-update-from', { subject: PEER })
    happens(1002, '+switch-master', SWITCH)
    expect(journal.failovers('mymaster')).toMatchObject([{ durationMs: 2, startedWall: 1_700_000_001_000 }])
  })

  it('forgets a running one at a reset, and everything when the master is removed', () => {
    happens(0, '+try-failover')
    happens(1, '+reset-master')
    expect(journal.failovers('mymaster')).toEqual([])
    happens(2, '+config-update-from', { subject: PEER })
    happens(3, '+switch-master', SWITCH)
    happens(4, '-monitor')
    expect(journal.failovers('mymaster')).toEqual([])
    expect(journal.failovers('another')).toEqual([])
  })

  it('keeps the last twenty', () => {
    for (let number = 0; number < 30; number++) {
      happens(number * 10, '+new-epoch', { detail: String(number) })
      happens(number * 10, '+try-failover')
      happens(number * 10 + 5, '+switch-master', SWITCH)
    }
    const failovers = journal.failovers('mymaster')
    expect(failovers).toHaveLength(20)
    expect(failovers[0]?.epoch).toBe('10')
  })

  it('reads the addresses also when the name of the master has blanks', () => {
    happens(0, '+try-failover')
    happens(1, '+switch-master', { detail: 'my master one 10.0.0.1 1 ::1 2' })
    expect(journal.failovers('mymaster')).toMatchObject([{ from: '10.0.0.1 1', to: '::1 2' }])
  })
})
