import { describe, expect, it } from 'vitest'

import { diagnose, explanationFields, findingFromJson, findingsOf, redisCli } from '../../../src/explain/index.ts'
import { healthy, replica, sentinel } from './explanation-sample.ts'

const NOPERM = {
  purpose: 'order', command: 'SLAVEOF NO ONE', error: 'NOPERM this user has no permissions to run the \'slaveof\' command', ageMs: 900,
} as const

const DOWN = { sdown: true, odown: true, ifMasterDied: undefined, reasons: [], lastFailure: { purpose: 'command', reason: 'Connection refused', ageMs: 50 } } as const

describe('the first finding', () => {
  it('does not exist when all is well', () => {
    expect(diagnose(healthy())).toEqual([])
  })

  it('names a replica that refuses SLAVEOF, with the ACL rules for the user on that node', () => {
    const [first, second] = diagnose(healthy({ ...DOWN, replicas: [replica('5', { refusals: [NOPERM] }), replica('6')] }))
    expect(first).toMatchObject({
      code: 'promotion-refused', severity: 'critical', about: '10.0.0.5:6379',
      text: '10.0.0.5:6379, the replica to promote, refuses SLAVEOF NO ONE to user sentinel-user: "NOPERM this user has no permissions to run the \'slaveof\' command".',
      command: 'redis-cli -h 10.0.0.5 -p 6379 ACL SETUSER sentinel-user +multi +exec +slaveof +ping +info +publish +subscribe \'+config|rewrite\''
        + ' \'+client|kill\' \'+client|setname\' \'+script|kill\' \'+function|kill\'',
    })
    expect(second).toMatchObject({ code: 'master-down', text: 'The master 10.0.0.1:6379 is down (connection refused); the quorum agrees.' })
  })

  it('names the only replica that refuses the password', () => {
    const refusal = { purpose: 'auth', command: 'AUTH', error: 'WRONGPASS invalid username-password pair', ageMs: 900 } as const
    expect(diagnose(healthy({ replicas: [replica('5'), replica('6', { refusals: [refusal] })] }))[0]).toMatchObject({
      code: 'login-refused', severity: 'warning', about: '10.0.0.6:6379',
      text: '10.0.0.6:6379, a replica, refuses the login of user sentinel-user: "WRONGPASS invalid username-password pair".',
      command: 'redis-cli -h 10.0.0.6 -p 6379 ACL SETUSER sentinel-user on \'>PASSWORD\'',
    })
  })

  it('does not blame a login that was refused once where the node answers without one', () => {
    const refusal = { purpose: 'auth', command: 'AUTH', error: 'WRONGPASS invalid username-password pair', ageMs: 9000 } as const
    const noAuth = { purpose: 'ping', command: 'PING', error: 'NOAUTH Authentication required.', ageMs: 900 } as const
    const severities = (refusals: readonly (typeof refusal | typeof noAuth)[], validReplyMs: number) => (
      diagnose(healthy({ replicas: [replica('5'), replica('6', { refusals, validReplyMs })] })).map(({ code, severity }) => `${severity} ${code}`)
    )
    expect(severities([refusal], 300)).toEqual(['notice login-refused'])
    expect(severities([refusal], 9900)).toEqual(['warning login-refused'])
    expect(severities([refusal, noAuth], 300)).toEqual(['warning login-refused'])
  })

  it('has how long the master has been unreachable, why, and when a failover follows', () => {
    const cut = { reported: { role: 'slave', isMasterLinkUp: false } } as const
    expect(diagnose(healthy({
      ...DOWN, sdown: false, odown: false, reasons: [{ kind: 'master-up', answeredMs: 16_000, downInMs: 14_000 }],
      replicas: [replica('5', cut), replica('6', cut)],
    }))[0]).toMatchObject({
      code: 'master-unreachable', severity: 'warning',
      text: 'The master 10.0.0.1:6379 has been unreachable for 16.0 s (connection refused); 2 of 2 replicas lost it too; failover in 14.0 s'
        + ' if the quorum agrees.',
    })
  })

  it('names the others that can act while this sentinel is in TILT', () => {
    const tilt = { kind: 'tilt', forMs: 5000, leftMs: 25_000 } as const
    const explanation = healthy({ reasons: [tilt, { kind: 'master-up', answeredMs: 300, downInMs: undefined }], ifMasterDied: [tilt] })
    expect(diagnose(explanation)[0]?.text).toBe(
      'This sentinel will not act for another 25.0 s (TILT: its clock jumped or the process was stopped); 2 others can.',
    )
    expect(new Map(explanationFields(explanation, [], 0)).get('if-master-died')).toBe(
      'yes, a failover to 10.0.0.5:6379 would follow, led by another sentinel: this one will not act for another 25.0 s (TILT), 2 others can',
    )
  })

  it('shows the address of the sentinel that leads, not its id', () => {
    const [first] = diagnose(healthy({ ...DOWN, reasons: [{ kind: 'too-soon', leftMs: 40_000, votedFor: '3'.repeat(40), epoch: 7n }], sentinels: [sentinel('2'), sentinel('3')] }))
    expect(first).toMatchObject({
      code: 'failover-elsewhere', about: '10.0.1.3:26379', command: 'ts-sentinel explain 10.0.1.3:26379 mymaster',
      text: 'The failover waits for the sentinel 10.0.1.3:26379, which has the vote of this one (epoch 7); this one may lead the next one in 40.0 s.',
    })
  })
})

describe('the fields of SENTINEL EXPLAIN', () => {
  it('carry the findings unchanged', () => {
    const explanation = healthy({ ...DOWN, replicas: [replica('5', { refusals: [NOPERM] })] })
    const fields = new Map(explanationFields(explanation, [], 0))
    expect(findingsOf(fields).map(findingFromJson)).toEqual(diagnose(explanation))
  })
})

describe('a command of a remedy', () => {
  it('can be pasted into a shell, with TLS too', () => {
    expect(redisCli({ host: '::1', port: 6379 }, ['ACL', 'SETUSER', 'o\'brien', '+config|rewrite'], { tls: ['--tls', '--cacert', '/etc/my ca.crt'] }))
      .toBe(String.raw`redis-cli -h ::1 -p 6379 --tls --cacert '/etc/my ca.crt' ACL SETUSER 'o'\''brien' '+config|rewrite'`)
  })
})
