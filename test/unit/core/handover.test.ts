/** The end of a coordinated failover by FAILOVER ABORT (docs/decisions/0051-coordinated-failover.md). */
import { beforeEach, describe, expect, it } from 'vitest'

import { switchMaster } from '../../../src/core/failover/conclude.ts'
import { checkHandover, handleHandoverReply, handleInfoAfterAbort } from '../../../src/core/failover/handover.ts'
import { handlePromotionInfo } from '../../../src/core/failover/promotion.ts'
import { absorbInfo } from '../../../src/core/monitoring/info-refresh.ts'
import { parseInfo } from '../../../src/core/monitoring/info-parser.ts'
import { sendPeriodic } from '../../../src/core/monitoring/periodic.ts'
import { dropTwins } from '../../../src/core/monitoring/twins.ts'
import { newHandover } from '../../../src/core/state/handover.ts'
import type { Master } from '../../../src/core/state/master.ts'
import type { Replica } from '../../../src/core/state/replica.ts'
import type { Turn } from '../../../src/core/turn.ts'
import type { DataNode } from '../../../src/core/state/instance.ts'
import { connect, eventsOf, later, masterIn, NOW, replicaOf, sentBy, turnAt } from './records.ts'

const UNTIL = NOW + 10_000

let first: Turn
let master: Master
let replica: Replica

/** INFO of the replica shows a master. */
function replicaTookOver(turn: Turn): Turn {
  replica.roleReported = 'master'
  handlePromotionInfo(turn, master, replica)
  return turn
}

/** The reply to FAILOVER ABORT, and INFO of the master behind it. */
function abortAnswered(turn: Turn, role: 'master' | 'slave'): Turn {
  handleHandoverReply(turn, master, 'abort', { kind: 'status', text: 'OK' })
  master.roleReported = role
  master.follows = role === 'master' ? undefined : { host: '10.0.1.2', port: 6379, isLinkUp: true, standing: undefined }
  handleInfoAfterAbort(turn, master)
  return turn
}

function infoOfMaster(turn: Turn, state: string): void {
  const text = `role:${state === 'failover-in-progress' ? 'slave' : 'master'}\r\nmaster_failover_state:${state}\r\n`
    + 'slave0:ip=10.0.1.2,port=6379,state=online,offset=1,lag=0\r\n'
  absorbInfo(turn, master, { text, facts: parseInfo(text), askedAt: turn.now.mono })
}

/** Whether the leader ends the handover then, by the state that INFO shows. */
function ends(ms: number, state: string): boolean {
  const turn = later(first, ms)
  infoOfMaster(turn, state)
  const { failover, handover } = master
  if (failover.phase !== 'wait-promotion' || handover === undefined) throw new Error(`in ${failover.phase}`)
  checkHandover(turn, master, failover, handover)
  return sentBy(turn).includes('FAILOVER ABORT')
}

describe('a handover to a replica that is down', () => {
  it('has a second from its beginning, however long the master waited for the replica before', () => {
    replica.sdown = true
    expect(ends(100, 'waiting-for-sync')).toBe(false)
    expect(ends(5000, 'waiting-for-sync')).toBe(false)
    expect(ends(5010, 'failover-in-progress')).toBe(false)
    expect(ends(6000, 'failover-in-progress')).toBe(false)
    expect(ends(6010, 'failover-in-progress')).toBe(true)
  })
})

describe('a master whose answer to the order was lost with the connection', () => {
  /** The order left at once, and the link stands again after so long. */
  function reconnect(ms: number): void {
    const { handover, link: { command } } = master
    if (handover === undefined || command === undefined) throw new Error('nothing is ordered')
    Object.assign(handover, { answer: 'awaited', orderedAt: NOW })
    command.establishedAt = NOW + ms
  }

  it('gets FAILOVER ABORT where INFO on the new connection shows that it works as a master', () => {
    reconnect(50)
    expect(ends(60, 'no-failover')).toBe(true)
  })

  it('is waited for on the old connection, and where it hands over', () => {
    reconnect(0)
    expect(ends(60, 'no-failover')).toBe(false)
    reconnect(70)
    expect(ends(80, 'failover-in-progress')).toBe(false)
  })
})

describe('a master that has accepted the order', () => {
  beforeEach(() => {
    if (master.handover !== undefined) master.handover.answer = { acceptedAt: NOW + 100 }
  })

  it('is believed to hand over until INFO behind its answer shows that it does not', () => {
    expect(ends(100, 'no-failover')).toBe(false)
    expect(ends(110, 'waiting-for-sync')).toBe(false)
    expect(ends(120, 'failover-in-progress')).toBe(false)
  })

  it('gets FAILOVER ABORT where it works as a master then: it was started again, and accepts writes', () => {
    expect(ends(101, 'no-failover')).toBe(true)
    expect(eventsOf(replicaTookOver(later(first, 110)))).toEqual([])
    expect(eventsOf(abortAnswered(later(first, 120), 'master'))).toEqual(['-failover-abort-master-timeout'])
    expect(eventsOf(replicaTookOver(later(first, 130)))).toEqual([])
  })
})

beforeEach(() => {
  first = turnAt()
  master = masterIn(first)
  replica = replicaOf(first, master, 1)
  const failover = { phase: 'wait-promotion', epoch: 1n, forced: true, since: NOW, promoted: replica, orderedAt: NOW } as const
  const handover = newHandover({ to: undefined, until: UNTIL, isAdopted: false, formerStartAt: undefined })
  handover.answer = { acceptedAt: NOW }
  Object.assign(master, { failover, handover })
})

describe('a replica that takes over after FAILOVER ABORT was sent', () => {
  beforeEach(() => { expect(ends(9500, 'failover-in-progress')).toBe(true) })

  it('is not announced before the master has shown its role', () => {
    expect(eventsOf(replicaTookOver(later(first, 9600)))).toEqual([])
  })

  it('is announced where the master had handed over before', () => {
    replicaTookOver(later(first, 9600))
    abortAnswered(later(first, 9610), 'slave')
    expect(eventsOf(replicaTookOver(later(first, 9620)))).toContain('+promoted-slave')
  })

  it('is not announced where the master took its role back', () => {
    replicaTookOver(later(first, 9600))
    expect(eventsOf(abortAnswered(later(first, 9610), 'master'))).toEqual(['-failover-abort-master-timeout'])
    expect(eventsOf(replicaTookOver(later(first, 9620)))).toEqual([])
  })
})

describe('a promoted replica that is a replica again while the others are reconfigured', () => {
  /** Whether it is ordered to become a master so long after INFO has shown a replica, in this state of FAILOVER. */
  function isPromotedAgain(ms: number, failoverState: Replica['failoverState']): boolean {
    const turn = later(first, ms)
    Object.assign(master, { failover: { ...master.failover, phase: 'reconf-replicas' }, handover: undefined })
    Object.assign(replica, { roleReported: 'slave', roleReportedSince: NOW, failoverState })
    handlePromotionInfo(turn, master, replica)
    return sentBy(turn).includes('SLAVEOF NO ONE')
  }

  it('is promoted again after a publish period: a sentinel demoted it that had not heard of it', () => {
    expect(isPromotedAgain(1999, 'no-failover')).toBe(false)
    expect(isPromotedAgain(2000, 'no-failover')).toBe(true)
  })

  it('is promoted again at once where it is to follow a node that is down', () => {
    master.sdown = true
    expect(isPromotedAgain(0, 'no-failover')).toBe(true)
  })

  it('is left alone while it hands over: a later leader or an operator has ordered that', () => {
    expect(isPromotedAgain(2000, 'failover-in-progress')).toBe(false)
  })
})

describe('a master whose writes this sentinel has paused, and that others replaced meanwhile', () => {
  /** Another configuration makes the node at this address the master. */
  function othersSwitchTo(ms: number, host: string): void {
    switchMaster(later(first, ms), master, { host, ip: host, port: 6379 }, 'observer')
  }

  /** Whether this node gets a hello then. */
  function isToldOf(ms: number, node: DataNode | undefined): boolean {
    if (node === undefined) throw new Error('the record is missing')
    const turn = later(first, ms)
    connect(turn, node.link)
    node.link.localAddress = '10.0.0.1'
    sendPeriodic(turn, node)
    return sentBy(turn).some((command) => command.startsWith('PUBLISH'))
  }

  beforeEach(() => {
    replicaOf(first, master, 2)
    master.pausedUntil = UNTIL
  })

  it('gets no hello before the end of its pause as a replica, however often the master is replaced', () => {
    othersSwitchTo(1000, '10.0.1.2')
    othersSwitchTo(2000, '10.0.1.3')
    expect(isToldOf(9000, master.replicas.get('10.0.1.1:6379'))).toBe(false)
    expect(isToldOf(10_000, master.replicas.get('10.0.1.1:6379'))).toBe(true)
    expect(isToldOf(9000, master.replicas.get('10.0.1.2:6379'))).toBe(true)
  })

  it('gets none as the master again', () => {
    othersSwitchTo(1000, '10.0.1.2')
    othersSwitchTo(2000, '10.0.1.1')
    expect(isToldOf(9000, master)).toBe(false)
    expect(isToldOf(10_000, master)).toBe(true)
  })

  it('gets none under another of its addresses, which is the one that is kept', () => {
    othersSwitchTo(1000, '10.0.1.2')
    const old = master.replicas.get('10.0.1.1:6379')
    const kept = replicaOf(first, master, 8)
    Object.assign(kept, { runId: 'm', listedAt: NOW })
    Object.assign(old ?? {}, { runId: 'm' })
    dropTwins(later(first, 1500), kept)
    expect([...master.replicas.keys()]).toEqual(['10.0.1.3:6379', '10.0.1.9:6379'])
    expect(isToldOf(9000, kept)).toBe(false)
    expect(isToldOf(10_000, kept)).toBe(true)
  })
})
