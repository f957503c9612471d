/** Each kind of trouble alone: its code, its severity, and the text that people read first. */
import { describe, expect, it } from 'vitest'

import type { MasterExplanation, RefusalView } from '../../../src/core/index.ts'
import { diagnose, explanationFields, FINDING_CODES, type FindingCode, type Severity } from '../../../src/explain/index.ts'
import { healthy, replica, sentinel } from './explanation-sample.ts'

const refused = (purpose: RefusalView['purpose'], command: string, error: string): RefusalView => ({ purpose, command, error, ageMs: 5 })
const WRONGPASS = refused('auth', 'AUTH', 'WRONGPASS invalid username-password pair or user is disabled.')
const NOAUTH = refused('ping', 'PING', 'NOAUTH Authentication required.')
const DOWN = { sdown: true, odown: true, reasons: [], ifMasterDied: undefined } as const
const CONNECTION_REFUSED = { purpose: 'command', reason: 'Connection refused', ageMs: 50 } as const
const GONE = { sdown: true, isConnected: false, lastFailure: CONNECTION_REFUSED } as const
const lost = (last: string) => sentinel(last, { reachable: false, ...GONE })
const excluded = (why: 'priority-zero' | 'down') => ({ standing: { kind: 'excluded', why, measuredMs: undefined, limitMs: undefined } }) as const
const own = (changes: Partial<NonNullable<MasterExplanation['own']>>) => ({ own: { ...healthy().own, ...changes } as NonNullable<MasterExplanation['own']> })

/** The cases that follow have one finding, or the first one counts. */
type Case = readonly [
  what: string, Partial<MasterExplanation>, FindingCode, Severity, text: string, command?: string | undefined,
]

const CASES: readonly Case[] = [
  ['a replica to promote whose SLAVEOF is renamed', {
    ...DOWN, replicas: [replica('5', { refusals: [refused('order', 'SLAVEOF NO ONE', 'ERR unknown command \'SLAVEOF\'')] })],
  }, 'promotion-refused', 'critical', 'refuses SLAVEOF NO ONE: "ERR unknown command', 'redis-cli -h 10.0.1.1 -p 26379 SENTINEL SET mymaster rename-command SLAVEOF NEWNAME'],
  ['a master that refuses the password, and so counts as down', { ...DOWN, refusals: [WRONGPASS, NOAUTH] },
    'login-refused', 'critical', '10.0.0.1:6379, the master, refuses the login of user sentinel-user: "WRONGPASS'],
  ['all nodes that refuse the password', { ...DOWN, refusals: [WRONGPASS], replicas: [replica('5', { refusals: [WRONGPASS] })] },
    'login-refused', 'critical', 'All 2 nodes of mymaster refuse the login of user sentinel-user',
    'redis-cli -h 10.0.1.1 -p 26379 SENTINEL SET mymaster auth-pass PASSWORD'],
  ['a password that this sentinel does not have', { ...DOWN, refusals: [NOAUTH], ...own({ hasPassword: false, user: 'default' }) },
    'login-refused', 'critical', '10.0.0.1:6379, the master, requires a password, and this sentinel has none'],
  ['a replica that refuses INFO', { replicas: [replica('5'), replica('6', { refusals: [refused('info', 'INFO', 'NOPERM no info')] })] },
    'command-refused', 'warning', '10.0.0.6:6379, a replica, refuses INFO to user sentinel-user', 'redis-cli -h 10.0.0.6 -p 6379 ACL SETUSER sentinel-user +multi'],
  ['a sentinel that refuses the login', { sentinels: [sentinel('2', { refusals: [WRONGPASS] }), sentinel('3')] },
    'peer-refuses', 'warning', 'The sentinel 10.0.1.2:26379 refuses AUTH of this one, as user default: "WRONGPASS'],
  ['TILT that the others cannot make up for', {
    reasons: [{ kind: 'tilt', forMs: 1, leftMs: 9000, cause: { kind: 'back', byMs: 60_000 } }], ifMasterDied: [],
    sentinels: [sentinel('2'), lost('3')], votes: { agree: 0, quorum: 2, known: 3, reachable: 2, majority: 2, needed: 2 },
  }, 'tilt', 'warning', 'This sentinel will not act for another 9.0 s (TILT: its clock went back by 1 min), and the others are too few to act without it.'],
  ['a full disk', own({ isSaveFailing: true, saveError: 'No space left on device' }),
    'config-not-saved', 'warning', 'This sentinel cannot save its configuration file (No space left on device)', 'redis-cli -h 10.0.1.1 -p 26379 SENTINEL FLUSHCONFIG'],
  ['names that cannot be looked up', {
    ...DOWN, hostName: 'db1.example', nameFailure: 'the name server does not answer', hasAddress: false, isConnected: false,
  }, 'name-not-resolved', 'critical', 'This sentinel cannot resolve db1.example (the name server does not answer). No connection to 10.0.0.1:6379.', 'getent hosts db1.example'],
  ['a pause', { pause: { untilWall: 0, leftMs: 5000, reason: 'kernel', paused: 2, known: 3, needed: 2, effective: true } },
    'paused', 'warning', 'Failovers are paused. This sentinel neither starts a failover nor votes for another 5.0 s', 'redis-cli -h 10.0.1.1 -p 26379 SENTINEL RESUME mymaster'],
  ['fewer sentinels than the quorum', {
    ...DOWN, odown: false, sentinels: [lost('2'), lost('3')], votes: { agree: 1, quorum: 2, known: 3, reachable: 1, majority: 2, needed: 2 },
  }, 'no-quorum', 'critical', 'No failover is possible: only 1 of 3 sentinels can be reached, and 2 must vote; 10.0.1.2:26379 (connection refused), 10.0.1.3:26379 (connection refused)'],
  ['a quorum above the number of sentinels', { votes: { agree: 0, quorum: 5, known: 3, reachable: 3, majority: 2, needed: 5 } },
    'quorum-too-high', 'warning', 'No failover would be possible: the quorum is 5, but only 3 sentinels are known.', 'redis-cli -h 10.0.1.1 -p 26379 SENTINEL SET mymaster quorum 2'],
  ['fewer sentinels than the majority', { sentinels: [lost('2'), lost('3')], votes: { agree: 0, quorum: 1, known: 3, reachable: 1, majority: 2, needed: 2 } },
    'no-majority', 'warning', 'No failover would be possible: only 1 of 3 sentinels can be reached, and 2 must vote'],
  ['no replica', { replicas: [], candidate: undefined }, 'no-replica', 'warning', 'The master has no replica: no failover would be possible.'],
  ['no replica of a dead master', { ...DOWN, replicas: [], candidate: undefined }, 'no-replica', 'critical', 'The master has no replica: no failover is possible.'],
  ['replicas with priority 0', { ...DOWN, replicas: [replica('5', excluded('priority-zero'))], candidate: undefined },
    'priority-zero', 'critical', 'All replicas have replica-priority 0, so none can be promoted', 'redis-cli -h 10.0.0.5 -p 6379 CONFIG SET replica-priority 100'],
  ['replicas that are down', { replicas: [replica('5', { ...excluded('down'), sdown: true, lastFailure: CONNECTION_REFUSED })], candidate: undefined },
    'no-good-replica', 'warning', 'No replica can be promoted, so no failover would be possible: 10.0.0.5:6379: it is down (connection refused).'],
  ['a master that is down', { ...DOWN, odown: false }, 'master-down', 'critical', 'The master 10.0.0.1:6379 is down; a failover starts when the quorum of 2 agrees.'],
  ['a master that is down while too few sentinels are left', {
    ...DOWN, odown: false, reasons: [{ kind: 'no-majority', needed: 2, known: 3, reachable: 1 }], sentinels: [],
  }, 'master-down', 'critical', 'The master 10.0.0.1:6379 is down; no failover can replace it now.'],
  ['a master whose process has ended', { ...DOWN, crash: { ageMs: 1, refusals: 3, reachable: 2, lost: 2 } },
    'master-down', 'critical', 'The master 10.0.0.1:6379 has ended: its process does not run any more; the quorum agrees.'],
  ['a master that does not answer', { reasons: [{ kind: 'master-up', answeredMs: 16_000, downInMs: 14_000 }] },
    'master-unreachable', 'warning', 'has been unreachable for 16.0 s (no answer to PING); failover in 14.0 s if the quorum agrees.'],
  ['a master that only this sentinel does not reach', {
    ...DOWN, odown: false, reasons: [{ kind: 'no-quorum', agree: 1, quorum: 2, disagree: 2, unreachable: 0 }],
    lastFailure: { purpose: 'command', reason: 'Connection timed out', ageMs: 5 },
  }, 'master-unreachable-here', 'warning', 'Only this sentinel does not reach the master 10.0.0.1:6379 (connection timed out): 2 other sentinels do'],
  ['a master whose replicas hear it', { reasons: [{ kind: 'witnessed', answeredMs: 9000, alive: 2, reachable: 2, forMs: 1, leftMs: 5000 }] },
    'master-unreachable-here', 'warning', 'but 2 of 2 replicas still receive its data'],
  ['a master that is a replica', { reasons: [{ kind: 'master-is-replica', forMs: 5, downInMs: undefined }] },
    'master-is-replica', 'critical', 'The master 10.0.0.1:6379 reports the role of a replica and refuses writes.', 'redis-cli -h 10.0.0.1 -p 6379 REPLICAOF NO ONE'],
  ['a master without its data', { problems: [{ kind: 'lost-data', outcome: 'report' }] }, 'lost-data', 'critical', 'The master restarted without its data'],
  ['a failover of this sentinel', {
    ...DOWN, failover: 'running', reasons: [{ kind: 'in-progress', phase: 'wait-promotion', epoch: 5n, forced: false, forMs: 300, promoted: '10.0.0.5:6379' }],
  }, 'failover-running', 'critical', 'A failover is running: led by this sentinel, in epoch 5, waiting for the chosen replica to become a master'],
  ['a failover of another sentinel', { ...DOWN, reasons: [{ kind: 'too-soon', leftMs: 1000, votedFor: '2'.repeat(40), epoch: 5n }] },
    'failover-elsewhere', 'critical', 'The failover waits for the sentinel 10.0.1.2:26379, which has the vote of this one (epoch 5)', 'ts-sentinel explain 10.0.1.2:26379 mymaster'],
  ['an attempt that must wait', { ...DOWN, reasons: [{ kind: 'too-soon', leftMs: 1000, votedFor: undefined, epoch: 5n }] },
    'failover-waits', 'critical', 'The failover waits: too soon after this sentinel\'s last attempt'],
  ['a node of another deployment', { problems: [{
    kind: 'foreign-node', replica: '10.0.0.6:6379', follows: '10.9.9.9:6379', replid: 'f', replid2: undefined, ours: 'o', master: { host: '10.0.0.1', port: 6379 },
  }] }, 'foreign-node', 'warning', '10.0.0.6:6379 follows 10.9.9.9:6379 and holds the data of another deployment: it is neither promoted nor ordered', 'redis-cli -h 10.0.0.6 -p 6379 REPLICAOF 10.0.0.1 6379'],
  ['two sentinels with one id', { problems: [{ kind: 'same-id', id: 'i', isOwn: true, addresses: ['10.0.1.9:26379'] }] },
    'same-id', 'critical', 'The sentinel at 10.0.1.9:26379 has this sentinel\'s own id i'],
  ['a server with two addresses', { problems: [{ kind: 'same-server', dropped: '10.0.0.7:6379', kept: '10.0.0.6:6379' }] }, 'same-server', 'notice', '10.0.0.7:6379 and 10.0.0.6:6379 are the same server'],
  ['an address with two servers', { problems: [{ kind: 'shared-address', address: '10.0.0.6:6379' }] }, 'shared-address', 'warning', 'More than one server answers at 10.0.0.6:6379'],
  ['a replica of an older release', { problems: [{ kind: 'older-release', replica: '10.0.0.6:6379', version: '6.2.0', masterVersion: '7.2.0' }] },
    'older-release', 'warning', 'The replica 10.0.0.6:6379 runs release 6.2.0'],
  ['a sentinel with another master', { sentinels: [sentinel('2', { otherMaster: { address: '10.0.0.9:6379', forMs: 20_000 } }), sentinel('3')] },
    'sentinels-disagree', 'warning', 'The sentinel 10.0.1.2:26379 has announced 10.0.0.9:6379 as the master for 20.0 s.'],
  ['a replica that is down', { replicas: [replica('5'), replica('6', { sdown: true, isConnected: false, lastFailure: CONNECTION_REFUSED })] },
    'replica-down', 'warning', 'The replica 10.0.0.6:6379 is down (connection refused).'],
  ['a replica that does not answer and does not count as down yet', { replicas: [replica('5'), replica('6', { silentMs: 4000 })] },
    'replica-down', 'warning', 'The replica 10.0.0.6:6379 has not answered for 4.0 s.'],
  ['a replica that is a master', { replicas: [replica('5'), replica('6', { reported: { role: 'master', isMasterLinkUp: false } })] },
    'replica-is-master', 'warning', 'The replica 10.0.0.6:6379 reports the role of a master.'],
  ['a replica without its master', { replicas: [replica('5'), replica('6', { reported: { role: 'slave', isMasterLinkUp: false } })] },
    'replica-link-down', 'warning', 'The replica 10.0.0.6:6379 has no connection to its master', 'redis-cli -h 10.0.0.6 -p 6379 INFO replication'],
  ['a sentinel that is down', { sentinels: [lost('2'), sentinel('3'), sentinel('4')], votes: { agree: 0, quorum: 2, known: 5, reachable: 4, majority: 3, needed: 3 } },
    'sentinel-down', 'warning', 'The sentinel 10.0.1.2:26379 is down (connection refused).'],
  ['a single sentinel', { sentinels: [], votes: { agree: 0, quorum: 1, known: 1, reachable: 1, majority: 1, needed: 1 } }, 'few-sentinels', 'warning', 'This is the only sentinel'],
  ['two sentinels', { sentinels: [sentinel('2')], votes: { agree: 0, quorum: 1, known: 2, reachable: 2, majority: 2, needed: 2 } }, 'few-sentinels', 'warning', 'There are two sentinels'],
]

describe('the first finding for', () => {
  it.each(CASES.map((one) => ({ what: one[0], one })))('$what has the cause and the command', ({ one }) => {
    const [, explanation, code, severity, text, command] = one
    const [first] = diagnose(healthy(explanation))
    expect(first).toMatchObject({ code, severity })
    expect(first?.text).toContain(text)
    expect(first?.text).toMatch(/\.$/)
    if (command !== undefined) expect(first?.command).toContain(command)
  })

  it('a master whose sentinels could not lose one more is followed by that fact', () => {
    const votes = { agree: 0, quorum: 2, known: 3, reachable: 2, majority: 2, needed: 2 }
    expect(diagnose(healthy({ sentinels: [sentinel('2'), lost('3')], votes })).map(({ code }) => code)).toEqual(['sentinel-down', 'no-spare-sentinel'])
  })
})

describe('while the master is silent', () => {
  const silent = { reasons: [{ kind: 'master-up', answeredMs: 16_000, downInMs: 14_000 }] } as const
  const cut = { reported: { role: 'slave', isMasterLinkUp: false } } as const

  it('replicas that lost it have no finding of their own', () => {
    expect(diagnose(healthy({ ...silent, replicas: [replica('5', cut), replica('6', cut)] })).map(({ code }) => code)).toEqual(['master-unreachable'])
  })

  it('the master is not called up', () => {
    const master = (explanation: Parameters<typeof healthy>[0]) => new Map(explanationFields(healthy(explanation), [], 0)).get('master')
    expect(master(silent)).toBe('no answer for 16.0 s')
    expect(master({})).toBe('up')
  })
})

describe('in the second after the master is found down', () => {
  const old = { standing: { kind: 'excluded', why: 'info-too-old', measuredMs: 7000, limitMs: 5000 } } as const

  it('replicas that have been asked for their state are not called unfit', () => {
    const explanation = { ...DOWN, candidate: undefined, replicas: [replica('5', old), replica('6', old)] }
    expect(diagnose(healthy({ ...explanation, downMs: 300 })).map(({ code }) => code)).toEqual(['master-down'])
    expect(diagnose(healthy({ ...explanation, downMs: 3000 })).map(({ code }) => code)).toEqual(['no-good-replica', 'master-down'])
  })
})

describe('the codes of findings', () => {
  it('are all found by these cases or by the view of the fleet', () => {
    const found = new Set<string>([...CASES.map(([, , code]) => code), 'no-spare-sentinel', 'sentinel-unreachable'])
    expect(FINDING_CODES.filter((code) => !found.has(code))).toEqual([])
  })
})
