/** The reader is the inverse of the formatter, so both know the same form (protocol.md 3.2). */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { EventName, SentinelEvent, Subject } from '../../../src/core/index.ts'
import { CATALOG, type EventKind, payloadOf, readPayload } from '../../../src/events/index.ts'
import { MASTER, PEER, REPLICA } from './samples.ts'

const word = fc.stringMatching(/^[A-Za-z0-9._-]{1,12}$/)
const masterName = fc.stringMatching(/^[A-Za-z0-9._-]{1,8}( [A-Za-z._-]{1,8}){0,2}$/)
const count = fc.nat(1000)
const epoch = fc.bigInt(0n, 2n ** 64n - 1n)
const host = fc.oneof(fc.ipV4(), fc.ipV6(), fc.stringMatching(/^[A-Za-z][A-Za-z0-9._-]{0,11}$/))
const endpoint = fc.record({ host, port: fc.nat(65_535) })
const named = fc.tuple(masterName, endpoint).map(([name, at]) => ({ name, ...at }))

const subjects: Readonly<Record<Subject['kind'], fc.Arbitrary<Subject>>> = {
  master: named.map((at) => ({ kind: 'master', ...at })),
  replica: fc.tuple(word, endpoint, named).map(([name, at, master]) => ({ kind: 'replica', name, ...at, master })),
  sentinel: fc.tuple(word, endpoint, named).map(([name, at, master]) => ({ kind: 'sentinel', name, ...at, master })),
}

const abort = fc.record({ because: fc.constant('master-answers') }, { requiredKeys: [] })
const role = fc.record({ role: fc.constantFrom('master', 'slave') })
const reason = fc.record({ reason: fc.string({ maxLength: 30 }) })
const end = fc.record({ status: fc.nat(255), signal: fc.nat(64) })

/** Fields beside the subject. */
const fields: Partial<Readonly<Record<EventName, fc.Arbitrary<object>>>> = {
  '+monitor': fc.record({ quorum: count }),
  '+set': fc.record({ option: word, value: fc.string({ maxLength: 30 }) }),
  '+sentinel-address-switch': fc.record({ id: word, address: endpoint }),
  '+sentinel-address-update': fc.record({ others: count }),
  '+foreign-node': fc.record({ follows: word, replid: word, ours: word }),
  '+forgotten': fc.record({ untilWall: fc.nat(), by: fc.constantFrom('operator', 'expiry') }),
  '+lost-data': fc.record({ outcome: fc.constantFrom('failover', 'report', 'no-copy') }),
  '+role-change': role,
  '-role-change': role,
  '+odown': fc.record({ agree: count, quorum: count }),
  '+witnessed': fc.record({ alive: count, reachable: count }),
  '-witnessed': fc.record({ why: fc.constantFrom('master-answers', 'no-majority', 'time-limit', 'other-cause') }),
  '+paused': fc.record({ until: fc.nat(), reason: fc.option(masterName, { nil: undefined }) }),
  '-paused': fc.record({ why: fc.constantFrom('resumed', 'expired') }),
  '+peer-disagrees': fc.record({ names: endpoint, configEpoch: epoch, ours: epoch }),
  '+scheduled': fc.record({ at: fc.nat(), to: fc.option(endpoint, { nil: undefined }) }),
  '-scheduled': fc.record({ why: fc.constantFrom('started', 'cancelled', 'late', 'switched', 'left-to-another') }),
  '+new-epoch': fc.record({ epoch }),
  '+vote-for-leader': fc.record({ leader: word, epoch }),
  '-failover-abort-not-elected': abort,
  '-failover-abort-no-good-slave': abort,
  '-failover-abort-slave-timeout': abort,
  '+switch-master': fc.record({ master: masterName, from: endpoint, to: endpoint }),
  '-cmd-link-reconnection': reason,
  '-pubsub-link-reconnection': reason,
  '+script-child': fc.record({ pid: count }),
  '-script-child': fc.tuple(count, end).map(([pid, how]) => ({ pid, ...how })),
  '-script-error': fc.record({ path: masterName, end: fc.oneof(end, fc.constant('no-process')) }),
  '-script-timeout': fc.record({ path: masterName, pid: count }),
}

function kindsOf(name: EventName): readonly Subject['kind'][] {
  const { describes }: EventKind = CATALOG[name]
  if (describes === undefined) return []
  if (describes === 'any') return ['master', 'replica', 'sentinel']
  if (describes === 'replica-or-sentinel') return ['replica', 'sentinel']
  return describes === 'data-node' ? ['master', 'replica'] : [describes]
}

const names = Object.keys(CATALOG) as EventName[]

const event = fc.constantFrom(...names).chain((name) => {
  const kinds = kindsOf(name)
  const nodes = kinds.map((kind) => subjects[kind])
  const about = nodes.length === 0 ? fc.constant({}) : fc.record({ subject: fc.oneof(...nodes) })
  const more = fields[name] ?? fc.constant({})
  return fc.tuple(about, more).map(([start, rest]) => ({ name, ...start, ...rest }) as SentinelEvent)
})

describe('a payload that is read', () => {
  it('has the fields it was written from, for every event', () => {
    fc.assert(fc.property(event, (one) => {
      expect(readPayload(one.name, payloadOf(one))).toEqual(one)
    }), { numRuns: 2000 })
  })

  it.each([
    ['+sdown', 'master my master one ::1 6379', { subject: { ...MASTER, name: 'my master one', host: '::1' } }],
    ['+slave', 'slave [::1]:6381 ::1 6381 @ mymaster 127.0.0.1 6379', { subject: { ...REPLICA, name: '[::1]:6381', host: '::1' } }],
    ['+config-update-from', `sentinel ${PEER.name} 127.0.0.1 26379 @ mymaster 127.0.0.1 6379`, { subject: PEER }],
    ['+set', 'master mymaster 127.0.0.1 6379 auth-user ', { subject: MASTER, option: 'auth-user', value: '' }],
    ['+switch-master', 'my master ::1 1 10.0.0.2 2', { master: 'my master', from: { host: '::1', port: 1 }, to: { host: '10.0.0.2', port: 2 } }],
    ['-script-error', '/a b.sh 99 0', { path: '/a b.sh', end: 'no-process' }],
  ])('of %s has these fields: %s', (name, payload, expected) => {
    expect(readPayload(name, payload)).toEqual({ name, ...expected })
  })

  it.each([
    ['+unknown', 'master mymaster 127.0.0.1 6379'], ['toString', ''], ['+sdown', ''], ['+sdown', 'master mymaster 127.0.0.1'],
    ['+slave', 'master mymaster 127.0.0.1 6379'], ['+odown', 'master mymaster 127.0.0.1 6379'], ['+new-epoch', 'seven'],
    ['+monitor', 'master mymaster 127.0.0.1 6379 quorum 2 and more'],
  ])('is no event: %s %j', (name, payload) => {
    expect(readPayload(name, payload)).toBeUndefined()
  })
})
