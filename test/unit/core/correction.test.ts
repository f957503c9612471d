/** Repair of data nodes that follow the wrong master or none (behaviour.md 5.3). */
import { beforeEach, describe, expect, it } from 'vitest'

import { correctReplica } from '../../../src/core/failover/correction.ts'
import { correctionDueAt } from '../../../src/core/monitoring/correction-wait.ts'
import type { DataNode } from '../../../src/core/state/instance.ts'
import type { Master } from '../../../src/core/state/master.ts'
import type { Replica } from '../../../src/core/state/replica.ts'
import type { Turn } from '../../../src/core/turn.ts'
import { eventsOf, later, masterIn, NOW, replicaOf, sentBy, turnAt } from './records.ts'

/** 4 publish periods. */
const CONVERT_AFTER_MS = 8000
const FIX_AFTER_MS = 180_000
const ORDER = ['MULTI', 'SLAVEOF 10.0.1.1 6379', 'CONFIG REWRITE', 'CLIENT KILL TYPE normal', 'CLIENT KILL TYPE pubsub', 'EXEC']

let first: Turn
let master: Master
let replica: Replica

/** What fresh INFO of both nodes, or of the one given, leads to, so long after the beginning. */
function observe(ms: number, informed: readonly DataNode[] = [master, replica]): Turn {
  const turn = later(first, ms)
  for (const node of informed) node.infoAt = turn.now.mono
  correctReplica(turn, master, replica)
  return turn
}

function connectAgain({ link }: Master, startedAt: number): void {
  if (link.command !== undefined) link.command = { ...link.command, startedAt }
}

function promoteByHand(): void {
  Object.assign(replica, { roleReported: 'master', roleReportedSince: NOW })
}

function misdirect(): void {
  Object.assign(replica, { reportedMaster: { host: '10.0.1.9', port: 6379 }, replicationChangedAt: NOW })
}

beforeEach(() => {
  first = turnAt()
  master = masterIn(first)
  replica = replicaOf(first, master, 1)
})

describe('a replica that reports the role of a master', () => {
  beforeEach(promoteByHand)

  it('is ordered to follow the master after more than 4 publish periods', () => {
    expect(eventsOf(observe(CONVERT_AFTER_MS))).toEqual([])
    const turn = observe(CONVERT_AFTER_MS + 1)
    expect(eventsOf(turn)).toEqual(['+convert-to-slave'])
    expect(sentBy(turn)).toEqual(ORDER)
  })

  it('that refuses is ordered again after an INFO period', () => {
    observe(CONVERT_AFTER_MS + 1)
    expect(eventsOf(observe(CONVERT_AFTER_MS + 10_000))).toEqual([])
    expect(eventsOf(observe(CONVERT_AFTER_MS + 10_001))).toEqual(['+convert-to-slave'])
  })

  it('is not corrected while this sentinel promotes it', () => {
    const running = { epoch: 1n, forced: false, since: NOW, promoted: replica, orderedAt: NOW }
    Object.assign(master, { failover: { phase: 'wait-promotion', ...running } })
    expect(eventsOf(observe(CONVERT_AFTER_MS + 1))).toEqual([])
  })

  it('is not corrected within 4 publish periods after it came up', () => {
    replica.sdownSince = NOW + 1
    expect(eventsOf(observe(CONVERT_AFTER_MS + 1))).toEqual([])
    expect(eventsOf(observe(CONVERT_AFTER_MS + 2))).toEqual(['+convert-to-slave'])
  })

  it('is not corrected when it may be the master itself under another address', () => {
    replica.runId = master.runId
    const turn = observe(CONVERT_AFTER_MS + 1)
    expect([eventsOf(turn), sentBy(turn)]).toEqual([[], []])
    expect(replica.isInfoWanted).toBe(true)
  })

  it('is not corrected when it may be the master itself, which has lost its connection and may have been started again', () => {
    replica.runIdSince = NOW + 1
    connectAgain(master, NOW + 2)
    const turn = observe(CONVERT_AFTER_MS + 1, [replica])
    expect([eventsOf(turn), sentBy(turn)]).toEqual([[], []])
    expect(master.isInfoWanted).toBe(true)
    // Its INFO shows another run id.
    expect(eventsOf(observe(CONVERT_AFTER_MS + 2))).toEqual(['+convert-to-slave'])
  })

  it('is corrected while the master is being connected again, when both were known before', () => {
    replica.runIdSince = NOW
    connectAgain(master, NOW + 2)
    expect(eventsOf(observe(CONVERT_AFTER_MS + 1, [replica]))).toEqual(['+convert-to-slave'])
  })

  it('is not corrected while it loads its data, because it would refuse the order', () => {
    replica.isLoading = true
    expect(eventsOf(observe(CONVERT_AFTER_MS + 1))).toEqual([])
    replica.isLoading = false
    expect(eventsOf(observe(CONVERT_AFTER_MS + 2))).toEqual(['+convert-to-slave'])
  })

  it('is not corrected without a connection to it', () => {
    replica.link.command = undefined
    expect(eventsOf(observe(CONVERT_AFTER_MS + 1))).toEqual([])
  })

  it.each<[string, Partial<Master>]>([
    ['is down', { sdown: true }],
    ['is objectively down', { odown: true }],
    ['reports the role of a replica itself', { roleReported: 'slave' }],
  ])('is not corrected while the master %s', (_title, state) => {
    Object.assign(master, state)
    expect(eventsOf(observe(CONVERT_AFTER_MS + 1))).toEqual([])
  })

  it('is not corrected without INFO of the master within 2 INFO periods', () => {
    const turn = later(first, 20_000)
    correctReplica(turn, master, replica)
    expect(eventsOf(turn)).toEqual([])
    master.infoAt = NOW + 1
    correctReplica(turn, master, replica)
    expect(eventsOf(turn)).toEqual(['+convert-to-slave'])
  })
})

describe('a replica that follows another master', () => {
  beforeEach(misdirect)

  it('is ordered to follow the right one after more than failover-timeout', () => {
    expect(eventsOf(observe(FIX_AFTER_MS))).toEqual([])
    const turn = observe(FIX_AFTER_MS + 1)
    expect(eventsOf(turn)).toEqual(['+fix-slave-config'])
    expect(sentBy(turn)).toEqual(ORDER)
  })

  it('is recognised by the port as well', () => {
    replica.reportedMaster = { host: '10.0.1.1', port: 6380 }
    expect(eventsOf(observe(FIX_AFTER_MS + 1))).toEqual(['+fix-slave-config'])
  })
})

describe('a correct replica', () => {
  it('is never corrected', () => {
    expect(eventsOf(observe(10 * FIX_AFTER_MS))).toEqual([])
  })

  it('is not corrected while its role or its master is not known', () => {
    replica.reportedMaster = undefined
    expect(eventsOf(observe(10 * FIX_AFTER_MS))).toEqual([])
    Object.assign(replica, { roleReported: 'unknown', reportedMaster: { host: '10.0.1.9', port: 6379 } })
    expect(eventsOf(observe(10 * FIX_AFTER_MS))).toEqual([])
  })
})

describe('INFO of a replica is read again', () => {
  it('when its correction is due', () => {
    expect(correctionDueAt(first, replica)).toBe(Infinity)
    misdirect()
    expect(correctionDueAt(first, replica)).toBe(NOW + FIX_AFTER_MS)
    promoteByHand()
    expect(correctionDueAt(first, replica)).toBe(NOW + CONVERT_AFTER_MS)
  })

  it('in its ordinary period once the correction was due, and for no correction of the master itself', () => {
    promoteByHand()
    replica.infoAt = NOW + CONVERT_AFTER_MS + 1
    expect(correctionDueAt(first, replica)).toBe(Infinity)
    expect(correctionDueAt(first, master)).toBe(Infinity)
  })
})
