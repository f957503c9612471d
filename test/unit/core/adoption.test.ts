/** A handover that stopped half-way: master and replica follow each other (docs/decisions/0051). */
import { beforeEach, describe, expect, it } from 'vitest'

import { candidacyDueAt, considerCandidacy } from '../../../src/core/election/candidacy.ts'
import { noteSuccessor } from '../../../src/core/failover/adoption.ts'
import type { Master } from '../../../src/core/state/master.ts'
import type { Turn } from '../../../src/core/turn.ts'
import { eventsOf, later, masterIn, NOW, replicaOf, turnAt } from './records.ts'

const WAIT_MS = 3000

let first: Turn
let master: Master

function candidacyAfter(ms: number): Turn {
  const turn = later(first, ms)
  considerCandidacy(turn, master)
  return turn
}

describe('a handover that stopped half-way', () => {
  beforeEach(() => {
    first = turnAt()
    master = masterIn(first)
    const replica = replicaOf(first, master, 1)
    const replid = 'd'.repeat(40)
    Object.assign(replica, { roleReported: 'slave', masterLinkUp: false, replid })
    Object.assign(master, {
      roleReported: 'slave', replid, follows: { host: '10.0.1.2', port: 6379, isLinkUp: false, standing: undefined },
    })
    noteSuccessor(first, master)
    master.isInfoWanted = false
  })

  it('is not ended before 3 s', () => {
    expect(candidacyDueAt(first, master)).toBe(NOW + WAIT_MS)
    expect(eventsOf(candidacyAfter(WAIT_MS - 1))).toEqual([])
  })

  it('is not ended before INFO of the master shows it still, which is requested', () => {
    const turn = candidacyAfter(WAIT_MS)
    expect(eventsOf(turn)).toEqual([])
    expect(master.isInfoWanted).toBe(true)
    expect(candidacyDueAt(turn, master)).toBe(Infinity)
    expect(eventsOf(candidacyAfter(WAIT_MS + 5000))).toEqual([])
  })

  it('makes a paused sentinel wait for that INFO as well, when the master is down', () => {
    const attempt = { ...master.attempt, startAt: NOW - 1_000_000 }
    Object.assign(master, { odown: true, pause: { until: NOW + 60_000 }, attempt })
    expect(candidacyDueAt(candidacyAfter(WAIT_MS), master)).toBe(Infinity)
  })

  it('is ended once INFO shows it still', () => {
    candidacyAfter(WAIT_MS)
    master.infoAt = NOW + WAIT_MS + 10
    expect(eventsOf(candidacyAfter(WAIT_MS + 10))).toContain('+try-failover')
  })
})
