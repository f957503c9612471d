import { describe, expect, it } from 'vitest'

import type { Reply } from '../../../src/core/index.ts'
import { isMasterRole, readLags, readOpinion, readReplicas } from '../../../src/proxy/topology/node-replies.ts'
import { judgeReplicas, type ReplicaReport, type ServiceRules } from '../../../src/proxy/topology/replica-service.ts'

const A = { host: '10.0.0.1', port: 6379 }
const B = { host: '10.0.0.2', port: 6379 }
const RULES: ServiceRules = { serving: new Set(), linkDownMs: 5_000, maxLagBytes: undefined }
const up = (address: typeof A): ReplicaReport => ({ address, flags: ['slave'], isLinkUp: true, linkDownMs: 0 })

function obstacles(
  reports: readonly (readonly ReplicaReport[])[], lags?: ReadonlyMap<string, number>, rules: Partial<ServiceRules> = {},
) {
  return judgeReplicas(reports, lags, { ...RULES, ...rules }).map(({ obstacle }) => obstacle)
}

describe('a replica', () => {
  it('serves reads when most of the sentinels that answer report it without a problem', () => {
    const down = { ...up(A), flags: ['slave', 's_down'] }
    expect(obstacles([[up(A)], [up(A)], [down]])).toEqual([undefined])
    expect(obstacles([[up(A)], [down], [down]])).toEqual(['down'])
    expect(obstacles([[up(A)], [], []])).toEqual(['not known to the sentinels'])
    const disconnected = { ...up(A), flags: ['slave', 'disconnected'] }
    expect(obstacles([[disconnected]])).toEqual(['not reached by the sentinels'])
    expect(obstacles([[disconnected]], undefined, { serving: new Set(['10.0.0.1:6379']) })).toEqual([undefined])
  })

  it('comes into service with a link to the master only, and stays during a short break', () => {
    const broken = { ...up(A), isLinkUp: false, linkDownMs: 3_000 }
    expect(obstacles([[broken]])).toEqual(['its link to the master is down'])
    expect(obstacles([[broken]], undefined, { serving: new Set(['10.0.0.1:6379']) })).toEqual([undefined])
    expect(obstacles([[{ ...broken, linkDownMs: 6_000 }]], undefined, { serving: new Set(['10.0.0.1:6379']) })).toEqual(['its link to the master is down'])
  })

  it('serves no reads when it lacks more than max-lag', () => {
    const lags = new Map([['10.0.0.1:6379', 2_000], ['10.0.0.2:6379', 10]])
    expect(obstacles([[up(A), up(B)]], lags, { maxLagBytes: 1_000 })).toEqual(['it lacks 2000 bytes', undefined])
    expect(obstacles([[up(A)]], lags)).toEqual([undefined])
  })

  it('is not judged by its lag before that was measured, and needs to be listed by the master to come into service', () => {
    expect(obstacles([[up(A)]], undefined, { maxLagBytes: 1 })).toEqual([undefined])
    expect(obstacles([[up(A)]], new Map(), { maxLagBytes: 1 })).toEqual(['the master does not list it'])
    expect(obstacles([[up(A)]], new Map(), { maxLagBytes: 1, serving: new Set(['10.0.0.1:6379']) })).toEqual([undefined])
  })
})

const bulk = (text: string): Reply => ({ kind: 'bulk', text })
const array = (...items: Reply[]): Reply => ({ kind: 'array', items })

describe('replies of sentinels and nodes', () => {
  it('give the opinion of a sentinel', () => {
    expect(readOpinion(array(bulk('10.0.0.1'), bulk('6379')))).toEqual({ kind: 'names', address: A })
    expect(readOpinion({ kind: 'null' })).toEqual({ kind: 'unknown-name' })
    for (const wrong of [undefined, { kind: 'error', text: 'NOAUTH' } as const, array(), array(bulk('10.0.0.1'), bulk('0')), array(bulk(''), bulk('1'))]) {
      expect(readOpinion(wrong)).toEqual({ kind: 'unreachable' })
    }
  })

  it('give the replicas, without those that have no address', () => {
    const replica = (...fields: string[]) => array(...fields.map(bulk))
    const reply = array(
      replica('ip', '10.0.0.1', 'port', '6379', 'flags', 'slave,s_down', 'master-link-status', 'err', 'master-link-down-time', '1500'),
      replica('ip', 'x', 'port', 'no'),
    )
    expect(readReplicas(reply)).toEqual([{ address: A, flags: ['slave', 's_down'], isLinkUp: false, linkDownMs: 1_500 }])
    expect(readReplicas({ kind: 'error', text: 'ERR' })).toBeUndefined()
  })

  it('give the role of a node and the lag of its replicas', () => {
    expect(isMasterRole(array(bulk('master')))).toBe(true)
    expect(isMasterRole(array(bulk('slave')))).toBe(false)
    expect(isMasterRole({ kind: 'error', text: 'NOAUTH' })).toBe(false)
    const info = '# Replication\r\nrole:master\r\nslave0:ip=10.0.0.1,port=6379,state=online,offset=90,lag=0\r\n'
      + 'slave1:ip=10.0.0.2,port=6379,state=wait_bgsave,offset=0,lag=0\r\nmaster_repl_offset:100\r\n'
    expect(readLags(bulk(info))).toEqual(new Map([['10.0.0.1:6379', 10]]))
    expect(readLags(bulk('role:slave\r\nmaster_repl_offset:1'))).toBeUndefined()
  })
})
