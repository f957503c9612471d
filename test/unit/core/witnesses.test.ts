/** What INFO of replicas proves about a silent master, and what follows (docs/decisions/0050-witnesses.md). */
import { beforeEach, describe, expect, it } from 'vitest'

import { checkSubjectiveDown, sdownCheckAt } from '../../../src/core/detection/subjective-down.ts'
import { suspicionDueAt, testimonyAbout, updateSuspicion } from '../../../src/core/detection/witnesses.ts'
import { parseInfo } from '../../../src/core/monitoring/info-parser.ts'
import { absorbInfo } from '../../../src/core/monitoring/info-refresh.ts'
import { sendInfo } from '../../../src/core/monitoring/info-request.ts'
import { witnessInfoPeriod } from '../../../src/core/monitoring/master-contact.ts'
import { receive } from '../../../src/core/receive.ts'
import { protectionOfAll, type Protection } from '../../../src/core/state/protection.ts'
import { isSilent, type Master } from '../../../src/core/state/master.ts'
import type { Replica } from '../../../src/core/state/replica.ts'
import type { Turn } from '../../../src/core/turn.ts'
import { eventsOf, later, masterIn, NOW, replicaOf, turnAt } from './records.ts'

const DOWN_AFTER = 8000
/** The master owes an answer since this moment; the tests name moments from here. */
const SUSPECT = 4000

let first: Turn
let master: Master
let replicas: Replica[]

beforeEach(() => {
  first = turnAt()
  setUp(3)
})

function setUp(count: number, protection: Partial<Protection> = { witnesses: true }): void {
  first = turnAt()
  Object.assign(first.state, { protection: protectionOfAll(protection) })
  master = masterIn(first)
  Object.assign(master.settings, { downAfterMs: DOWN_AFTER })
  master.link.pingPendingSince = NOW
  replicas = Array.from({ length: count }, (_none, at) => replicaOf(first, master, at + 1))
}

interface Reported {
  readonly io?: number
  readonly offset?: number
  readonly link?: 'up' | 'down'
  readonly host?: string
  readonly role?: 'master' | 'slave'
}

/** A replica answers INFO; `askedMs` and `ms` are the moments of the question and of the reply. */
function answers(number: number, ms: number, reported: Reported, askedMs = ms): void {
  const replica = replicas[number - 1]
  if (replica === undefined) throw new Error(`no replica ${number}`)
  const { io = 0, offset = 100, link = 'up', host = '10.0.1.1', role = 'slave' } = reported
  const text = [
    `role:${role}`, `master_host:${host}`, 'master_port:6379', `master_link_status:${link}`,
    `master_last_io_seconds_ago:${link === 'up' ? io : -1}`, `slave_repl_offset:${offset}`,
  ].join('\r\n')
  absorbInfo(later(first, ms), replica, { text, facts: parseInfo(text), askedAt: NOW + askedMs })
}

/** What checks of the master at this moment report. */
function check(ms: number): string[] {
  const turn = later(first, ms)
  updateSuspicion(turn, master)
  checkSubjectiveDown(turn, master)
  return eventsOf(turn)
}

/** The check at which the suspicion begins, then one when SDOWN is due. */
function judgedAfter(answer: () => void): string[] {
  check(SUSPECT)
  answer()
  return check(DOWN_AFTER + 1)
}

describe('a replica', () => {
  it.each<[string, boolean, () => void]>([
    ['that received data in the last second', true, () => { answers(1, 7500, { io: 0 }) }],
    ['that received data 5 s after the silence began', true, () => { answers(1, 8000, { io: 2 }) }],
    ['whose data may be from the beginning of the silence, because of rounding', false, () => { answers(1, 7500, { io: 7 }) }],
    ['whose INFO may be older than its reply', false, () => { answers(1, 7999, { io: 6 }, 6999) }],
    ['whose offset grew between two replies', true, () => {
      answers(1, 5000, { io: 20, offset: 100 })
      answers(1, 6000, { io: 20, offset: 101 })
    }],
    ['whose offset grew once, and not since', true, () => {
      answers(1, 5000, { io: 20, offset: 100 })
      answers(1, 6000, { io: 20, offset: 101 })
      answers(1, 7000, { io: 20, offset: 101 })
    }],
    ['whose offset did not grow', false, () => {
      answers(1, 5000, { io: 20, offset: 100 })
      answers(1, 6000, { io: 20, offset: 100 })
    }],
    ['whose link is down', false, () => { answers(1, 7500, { link: 'down' }) }],
    ['whose link went down after it received data', false, () => {
      answers(1, 7000, { io: 0 })
      answers(1, 7900, { link: 'down' })
    }],
    ['whose link was down between two offsets', false, () => {
      answers(1, 5000, { link: 'down', offset: 100 })
      answers(1, 6000, { io: 20, offset: 200 })
    }],
    ['that follows another master', false, () => { answers(1, 7500, { io: 0, host: '10.0.1.9' }) }],
    ['whose offset grew at another master', false, () => {
      answers(1, 5000, { io: 20, offset: 100, host: '10.0.1.9' })
      answers(1, 6000, { io: 20, offset: 200 })
    }],
    ['that reports the role of a master', false, () => { answers(1, 7500, { io: 0, role: 'master' }) }],
    ['that was asked before the suspicion began', false, () => { answers(1, 7900, { io: 0 }, SUSPECT - 1) }],
    ['whose last reply is older than 3 s', false, () => { answers(1, 5000, { io: 0 }) }],
    ['that this sentinel takes for down', false, () => {
      answers(1, 7500, { io: 0 })
      Object.assign(replicas[0] ?? {}, { sdown: true })
    }],
    ['at whose address two servers answer', false, () => {
      answers(1, 7500, { io: 0 })
      Object.assign(replicas[0] ?? {}, { isShared: true })
    }],
  ])('%s is an alive witness: %s', (_what, isWitness, answer) => {
    setUp(1)
    expect(judgedAfter(answer)).toEqual([isWitness ? '+witnessed' : '+sdown'])
    expect(master.sdown).toBe(!isWitness)
  })

  it('is none by a field that INFO does not have or that is negative', () => {
    expect(parseInfo('role:slave\r\nmaster_last_io_seconds_ago:-1').masterIoAgeMs).toBeUndefined()
    expect(parseInfo('role:slave\r\n').masterIoAgeMs).toBeUndefined()
    expect(parseInfo('role:slave\r\nmaster_last_io_seconds_ago:12').masterIoAgeMs).toBe(12_000)
  })
})

describe('SDOWN is withheld', () => {
  it.each<[alive: number, dead: number, silent: number, isWithheld: boolean]>([
    [3, 0, 0, true], [2, 1, 0, true], [1, 2, 0, false], [1, 1, 0, false], [1, 0, 2, true], [2, 2, 0, false],
    [0, 0, 3, false], [0, 1, 0, false], [3, 2, 1, true],
  ])('by %i alive witnesses of those and %i dead ones, with %i replicas that do not answer: %s', (alive, dead, silent, isWithheld) => {
    setUp(alive + dead + silent)
    const events = judgedAfter(() => {
      for (let number = 1; number <= alive; number += 1) answers(number, 7500, { io: 0 })
      for (let number = alive + 1; number <= alive + dead; number += 1) answers(number, 7500, { link: 'down' })
    })
    expect(events).toEqual([isWithheld ? '+witnessed' : '+sdown'])
  })

  it('not with the setting off, where nothing is suspected either', () => {
    setUp(1, {})
    expect(suspicionDueAt(first, master)).toBe(Infinity)
    expect(judgedAfter(() => { answers(1, 7500, { io: 0 }) })).toEqual(['+sdown'])
  })

  it('by a replica that answers INFO and the one behind an order', () => {
    setUp(1)
    check(SUSPECT)
    const [replica] = replicas
    const connection = replica?.link.command?.id
    if (replica === undefined || connection === undefined) throw new Error('no replica')
    first.state.connections.set(connection, { link: replica.link, purpose: 'command' })
    const asking = later(first, 7000)
    for (const afterOrder of [false, true]) sendInfo(asking, replica, { afterOrder })
    const reply = {
      kind: 'bulk', text: 'role:slave\r\nmaster_host:10.0.1.1\r\nmaster_port:6379\r\nmaster_link_status:up\r\nmaster_last_io_seconds_ago:0',
    } as const
    for (const effect of asking.effects) {
      if (effect.type === 'send') receive(later(first, 7500), { type: 'reply', connection, request: effect.request, reply })
    }
    expect(check(DOWN_AFTER + 1)).toEqual(['+witnessed'])
  })

  it('until the last proof is as old as down-after', () => {
    setUp(1)
    judgedAfter(() => { answers(1, 7500, { io: 0 }) })
    expect(testimonyAbout(first.state, master, NOW + 8001)).toEqual({ alive: 1, reachable: 1, changesAt: NOW + 10_500 })
    expect(check(10_499)).toEqual([])
    answers(1, 10_499, { io: 3 })
    answers(1, 12_499, { io: 5 })
    expect(check(14_499)).toEqual([])
    expect(sdownCheckAt(first, master)).toBe(NOW + 14_500)
    expect(check(14_500)).toEqual(['-witnessed', '+sdown'])
  })

  it('until the replica is no longer reachable', () => {
    setUp(1)
    judgedAfter(() => { answers(1, 7500, { io: 0 }) })
    expect(sdownCheckAt(first, master)).toBe(NOW + 10_500)
    expect(check(10_500)).toEqual(['-witnessed', '+sdown'])
  })

  it('until the replica has lost the master, at once', () => {
    setUp(1)
    judgedAfter(() => { answers(1, 7500, { io: 0 }) })
    answers(1, 8500, { link: 'down' })
    expect(check(8500)).toEqual(['-witnessed', '+sdown'])
  })

  it.each([[undefined, 5 * DOWN_AFTER], [3000, 3000]])('for witness-max (%s) at most, then it begins', (witnessMaxMs, ms) => {
    setUp(1, { witnesses: true, witnessMaxMs })
    check(SUSPECT)
    const limit = DOWN_AFTER + 1 + ms
    for (let at = 5000; at < limit; at += 1000) {
      answers(1, at, { io: 0 })
      if (at > DOWN_AFTER) expect(check(at)).toEqual(at === 9000 ? ['+witnessed'] : [])
    }
    answers(1, limit - 1, { io: 0 })
    expect(check(limit - 1)).toEqual([])
    expect(sdownCheckAt(first, master)).toBe(NOW + limit)
    expect(check(limit)).toEqual(['-witnessed', '+sdown'])
  })

  it('until the master answers', () => {
    setUp(1)
    judgedAfter(() => { answers(1, 7500, { io: 0 }) })
    expect(isSilent(master)).toBe(true)
    master.link.pingPendingSince = undefined
    expect(check(9000)).toEqual(['-witnessed'])
    expect([master.suspicion, master.sdown, isSilent(master)]).toEqual([undefined, false, false])
  })

  it('not where the master is down already: witnesses do not end that', () => {
    setUp(1)
    expect(judgedAfter(() => undefined)).toEqual(['+sdown'])
    answers(1, 9000, { io: 0 })
    expect(check(9000)).toEqual([])
    expect(master.sdown).toBe(true)
  })

  it('not where the master has reported the role of a replica for too long', () => {
    setUp(1)
    Object.assign(master, { roleReported: 'slave', roleReportedSince: NOW - 20_000 })
    expect(judgedAfter(() => { answers(1, 7500, { io: 0 }) })).toEqual(['+sdown'])
  })
})

describe('a master is suspected', () => {
  it.each([[500, 250], [2000, 1000], [8000, 4000], [30_000, 26_000]])('with down-after %i after a silence of %i ms', (downAfterMs, after) => {
    Object.assign(master.settings, { downAfterMs })
    expect(suspicionDueAt(first, master)).toBe(NOW + after)
    check(after - 1)
    expect(master.suspicion).toBeUndefined()
    for (const replica of replicas) replica.isInfoWanted = false
    check(after)
    expect(master.suspicion).toMatchObject({ silentSince: NOW, since: NOW + after })
    expect(replicas.map(({ isInfoWanted }) => isInfoWanted)).toEqual([true, true, true])
  })

  it.each([[500, 100], [2000, 250], [8000, 1000], [60_000, 1000]])('with down-after %i its replicas are asked every %i ms', (downAfterMs, period) => {
    expect(witnessInfoPeriod(downAfterMs)).toBe(period)
  })
})
