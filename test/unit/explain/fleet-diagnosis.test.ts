import { describe, expect, it } from 'vitest'

import type { MasterExplanation } from '../../../src/core/index.ts'
import { diagnose, diagnoseFleet, type MemberReport, type MemberView } from '../../../src/explain/index.ts'
import { healthy, replica, sentinel } from './explanation-sample.ts'

const address = (number: number): string => `10.0.1.${number}:26379`

/** Three sentinels; the first one was asked. */
function fleet(...members: readonly (Partial<MasterExplanation> & { readonly view?: Partial<MemberView> } | 'silent')[]): MemberReport[] {
  return members.map((member, at): MemberReport => {
    const common = { address: address(at + 1), isSelf: at === 0, id: undefined, kind: 'ours' } as const
    if (member === 'silent') return { ...common, view: undefined, problem: 'connection refused' }
    const { view, ...changes } = member
    const explanation = healthy(changes)
    return {
      ...common, problem: undefined,
      view: {
        master: '10.0.0.1:6379', configEpoch: 4, flags: explanation.sdown ? ['s_down', 'master'] : ['master'], tiltLeftMs: undefined,
        isLeading: explanation.failover === 'running', findings: diagnose(explanation), ...view,
      },
    }
  })
}

const texts = (reports: readonly MemberReport[]) => diagnoseFleet(reports).map(({ severity, text }) => `${severity}: ${text}`)

const DOWN = { sdown: true, odown: true, reasons: [], ifMasterDied: undefined } as const
const NOPERM = { purpose: 'order', command: 'SLAVEOF NO ONE', error: 'NOPERM no slaveof', ageMs: 5 } as const
const TILT = { reasons: [{ kind: 'tilt', forMs: 5000, leftMs: 25_000 }], ifMasterDied: [], view: { tiltLeftMs: 25_000 } } as const

describe('the findings of a fleet', () => {
  it('are none when all is well', () => {
    expect(texts(fleet({}, {}, {}))).toEqual([])
  })

  it('begin with the reason of the leader, on whichever sentinel they are asked', () => {
    const follower = { ...DOWN, reasons: [{ kind: 'too-soon', leftMs: 9000, votedFor: '3'.repeat(40), epoch: 5n }] } as const
    const leader = {
      ...DOWN, failover: 'running', replicas: [replica('5', { refusals: [NOPERM] }), replica('6')],
      reasons: [{ kind: 'in-progress', phase: 'wait-promotion', epoch: 5n, forced: false, forMs: 300, promoted: '10.0.0.5:6379' }],
    } as const
    expect(texts(fleet(follower, follower, leader))).toEqual([
      'critical: 10.0.1.3:26379 leads the failover: 10.0.0.5:6379, the replica to promote, refuses SLAVEOF NO ONE to user sentinel-user: "NOPERM no slaveof".',
      'critical: A failover is running: led by 10.0.1.3:26379, in epoch 5, waiting for the chosen replica to become a master (10.0.0.5:6379) for 300 ms.',
      'critical: The master 10.0.0.1:6379 is down; the quorum agrees.',
    ])
  })

  it('begin with the reason of the leader in the higher epoch where two lead for a moment', () => {
    const leader = (last: string, leadingEpoch: number) => ({
      ...DOWN, failover: 'running', replicas: [replica(last, { refusals: [NOPERM] }), replica('6')], candidate: `10.0.0.${last}:6379`, reasons: [],
      view: { leadingEpoch },
    } as const)
    expect(texts(fleet(DOWN, leader('5', 4), leader('7', 5)))[0]).toMatch(/^critical: 10\.0\.1\.3:26379 leads the failover of epoch 5: 10\.0\.0\.7:6379/)
  })

  it('have no failover that waits while another sentinel leads one', () => {
    const original = [{
      severity: 'critical', code: 'failover-waits', text: 'No failover has started.', remedy: undefined, command: undefined,
      about: undefined,
    }] as const
    const leader = {
      ...DOWN, failover: 'running',
      reasons: [{ kind: 'in-progress', phase: 'wait-promotion', epoch: 5n, forced: false, forMs: 300, promoted: '10.0.0.5:6379' }],
    } as const
    const waiting = { ...DOWN, reasons: [{ kind: 'too-soon', leftMs: 9000, votedFor: undefined, epoch: 5n }] } as const
    const vote = { kind: 'too-soon', leftMs: 9000, votedFor: '9'.repeat(40), epoch: 4n } as const
    const elsewhere = { ...DOWN, reasons: [vote], sentinels: [sentinel('9')] }
    const reports = fleet(waiting, leader, { ...DOWN, view: { findings: original } }, elsewhere)
    expect(diagnoseFleet(reports).map(({ code }) => code)).toEqual(['failover-running', 'master-down'])
  })

  it('do not announce a failover of a master that another sentinel already sees down', () => {
    const silent = { reasons: [{ kind: 'master-up', answeredMs: 3000, downInMs: 40 }] } as const
    expect(diagnoseFleet(fleet(silent, { ...DOWN, odown: false, reasons: [] }, silent)).map(({ code }) => code)).not.toContain('master-unreachable-here')
    expect(diagnoseFleet(fleet(silent, DOWN, DOWN)).map(({ code }) => code)).toEqual(['master-down'])
  })

  it('keep the leader of the followers where it does not answer', () => {
    const follower = { ...DOWN, reasons: [{ kind: 'too-soon', leftMs: 9000, votedFor: '3'.repeat(40), epoch: 5n }] } as const
    expect(diagnoseFleet(fleet(follower, follower, 'silent'))[0]).toMatchObject({ code: 'failover-elsewhere', about: address(3) })
  })

  it('point to the log of an original sentinel that leads, because it does not report its reason', () => {
    const follower = { ...DOWN, reasons: [{ kind: 'too-soon', leftMs: 9000, votedFor: '3'.repeat(40), epoch: 5n }] } as const
    for (const isLeading of [false, true]) {
      const reports = fleet(follower, follower, { ...DOWN, view: { findings: [], isLeading } })
        .map((report, number): MemberReport => number === 2 ? { ...report, kind: 'original' } : report)
      expect(diagnoseFleet(reports)[0]).toMatchObject({
        code: 'failover-elsewhere', about: address(3),
        text: 'The original sentinel 10.0.1.3:26379 leads the failover, or did last, and does not report why it does not end.',
        remedy: expect.stringMatching(/^Its log has the reason/) as unknown,
      })
    }
  })

  it('name one finding for a name service that fails for several sentinels, and another for that of one machine', () => {
    const failing = { hostName: 'redis-0.test', nameFailure: 'no address', hasAddress: true, isConnected: true } as const
    expect(texts(fleet({}, failing, {}))).toEqual([
      'warning: 10.0.1.2:26379 cannot resolve redis-0.test (no address). The addresses of the last lookup are used.',
    ])
    expect(texts(fleet(failing, failing, failing))).toEqual([
      'warning: 3 of 3 sentinels cannot resolve redis-0.test (no address). The addresses of the last lookup are used.',
    ])
  })

  it('name the sentinel that is in TILT, and those that can act', () => {
    expect(texts(fleet({}, TILT, {}))).toEqual([
      'warning: 10.0.1.2:26379 will not act for another 25.0 s (TILT: its clock jumped or the process was stopped); 2 others can.',
    ])
  })

  it('do not count on sentinels that are in TILT as well', () => {
    expect(texts(fleet({}, TILT, TILT))).toEqual([
      'warning: 10.0.1.2:26379, 10.0.1.3:26379 will not act for another 25.0 s (TILT); 1 of 3 sentinels can, which is no majority: no failover is'
      + ' possible until then.',
    ])
  })

  it('lower what one cut-off sentinel takes for a dead master', () => {
    const gone = { reachable: false, sdown: true, isConnected: false } as const
    const cutOff = {
      ...DOWN, odown: false, sentinels: [sentinel('1', gone), sentinel('3', gone)],
      votes: { agree: 1, quorum: 2, known: 3, reachable: 1, majority: 2, needed: 2 },
    } as const
    expect(texts(fleet({}, cutOff, {}))).toEqual([
      'warning: 10.0.1.2:26379 does not reach the master 10.0.0.1:6379; 2 other sentinels do, so there is no failover.',
      'warning: 10.0.1.2:26379 does not reach the sentinel 10.0.1.1:26379, which answers here.',
      'warning: 10.0.1.2:26379 does not reach the sentinel 10.0.1.3:26379, which answers here.',
    ])
  })

  it('name a sentinel that cannot reach enough others, while the others can', () => {
    const gone = { reachable: false, sdown: true, isConnected: false } as const
    const alone = {
      sentinels: [sentinel('1', gone), sentinel('3', gone)], votes: { agree: 0, quorum: 2, known: 3, reachable: 1, majority: 2, needed: 2 },
    } as const
    expect(texts(fleet({}, alone, {}))[0]).toMatch(/^warning: 10\.0\.1\.2:26379: No failover would be possible: only 1 of 3 sentinels/)
  })

  it('have different masters as critical, unless the epochs show which one wins', () => {
    const other = (configEpoch: number) => ({ view: { master: '10.0.0.5:6379', configEpoch } })
    const words = 'The sentinels have different masters: 10.0.1.1:26379, 10.0.1.2:26379 have 10.0.0.1:6379; 10.0.1.3:26379 has 10.0.0.5:6379.'
    expect(texts(fleet({}, {}, other(4)))).toEqual([`critical: ${words}`])
    expect(texts(fleet({}, {}, other(5)))).toEqual([`warning: ${words}`])
  })

  it('name a sentinel that does not answer', () => {
    expect(texts(fleet({}, {}, 'silent'))).toEqual(['warning: The sentinel 10.0.1.3:26379 does not answer (connection refused); 2 of 3 sentinels answer.'])
  })

  it('have each trouble once', () => {
    const refused = { replicas: [replica('5'), replica('6', { refusals: [{ purpose: 'auth', command: 'AUTH', error: 'WRONGPASS', ageMs: 1 }] })] } as const
    expect(diagnoseFleet(fleet(refused, refused, refused)).map(({ code }) => code)).toEqual(['login-refused'])
  })
})
