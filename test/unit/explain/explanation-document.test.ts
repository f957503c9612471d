/** The JSON of an explanation, read from the fields of SENTINEL EXPLAIN. */
import { describe, expect, it } from 'vitest'

import { explanationDocument, type Field } from '../../../src/explain/index.ts'

const FIELDS: readonly Field[] = [
  ['name', 'mymaster'], ['address', '10.0.0.1:6379'], ['master', 'down, and the quorum agrees'], ['failover', 'no'],
  ['finding-1', 'critical promotion-refused: SLAVEOF NO ONE on 10.0.0.5:6379 is refused: NOPERM.'],
  ['remedy-1', 'Grant it.'], ['command-1', 'redis-cli -h 10.0.0.5 ACL SETUSER ops +slaveof'], ['about-1', '10.0.0.5:6379'],
  ['finding-2', 'warning only-sentinel: This is the only sentinel.'],
  ['answer', 'No failover now: in TILT.'], ['reason-1', 'tilt: in TILT for 5 s'], ['reason-2', 'no-replicas: the master has no replica'],
  ['if-master-died', 'no failover would follow'], ['if-master-died-reason-1', 'tilt: in TILT for 5 s'],
  ['sentinels-that-see-it-down', '1'], ['quorum', '2'], ['known-sentinels', '3'], ['reachable-sentinels', '3'],
  ['majority', '2'], ['votes-needed', '2'], ['candidate', ''], ['next-attempt-ms', '1500'],
  ['current-epoch', '9007199254740993'], ['last-failover', 'none since this sentinel started'],
  ['replica-1', '10.0.0.2:6379 excluded: it is down'], ['problem-1', 'refused: the user may not'],
  ['forgotten-1', 'replica 10.0.0.9:6379'], ['sentinel-1', '0123abcd [::1]:26379 up, answered 1 s ago'],
]

describe('the document of an explanation', () => {
  it('has numbers, lists and findings, and null where there is nothing', () => {
    expect(explanationDocument(FIELDS)).toEqual({
      name: 'mymaster', address: '10.0.0.1:6379', master: 'down, and the quorum agrees', failover: 'no',
      findings: [
        {
          code: 'promotion-refused', severity: 'critical', text: 'SLAVEOF NO ONE on 10.0.0.5:6379 is refused: NOPERM.',
          remedy: 'Grant it.', command: 'redis-cli -h 10.0.0.5 ACL SETUSER ops +slaveof', about: '10.0.0.5:6379',
        },
        { code: 'only-sentinel', severity: 'warning', text: 'This is the only sentinel.', remedy: null, command: null, about: null },
      ],
      answer: 'No failover now: in TILT.',
      reasons: [{ code: 'tilt', text: 'in TILT for 5 s' }, { code: 'no-replicas', text: 'the master has no replica' }],
      ifMasterDied: { failover: false, text: 'no failover would follow', reasons: [{ code: 'tilt', text: 'in TILT for 5 s' }] },
      votes: { agree: 1, quorum: 2, known: 3, reachable: 3, majority: 2, needed: 2 },
      candidate: null, nextAttemptMs: 1500, currentEpoch: '9007199254740993', paused: null, scheduled: null,
      lastFailover: 'none since this sentinel started',
      replicas: [{ address: '10.0.0.2:6379', id: null, text: 'excluded: it is down' }],
      problems: [{ code: 'refused', text: 'the user may not' }],
      forgotten: ['replica 10.0.0.9:6379'],
      sentinels: [{ address: '[::1]:26379', id: '0123abcd', text: 'up, answered 1 s ago' }],
    })
  })

  it('has null for numbers that an original sentinel does not show', () => {
    const fields = FIELDS.filter(([name]) => name !== 'next-attempt-ms' && name !== 'current-epoch' && name !== 'if-master-died')
      .map(([name, value]): Field => [name, name === 'quorum' ? 'unknown' : value])
    expect(explanationDocument(fields)).toMatchObject({
      nextAttemptMs: null, currentEpoch: null, ifMasterDied: null, votes: { quorum: null },
    })
  })
})
