/** The words for how well masters and nodes are. */
import { describe, expect, it } from 'vitest'

import { fleetCauses, ownFindings } from '../../../../src/http/dashboard/browser/findings.ts'
import {
  masterHealth, overallHealth, peerHealth, replicaHealth, sortedByHealth, unreachableOf,
} from '../../../../src/http/dashboard/browser/health.ts'
import type { MasterJson, ReplicaJson } from '../../../../src/http/json.ts'
import { detailsJson, findingJson, fleetMasterJson, fleetViewJson, masterJson, peerJson, replicaJson } from './json-samples.ts'

const NO_QUORUM = { usable: 1, quorum: 2, majority: 2, ok: false, message: 'NOQUORUM 1 usable Sentinels.' }
const REFUSED = findingJson({ code: 'promotion-refused', severity: 'critical' })
const RUNNING = findingJson({ code: 'failover-running', severity: 'critical' })

describe('a master on the dashboard', () => {
  it.each<[Partial<MasterJson>, string, string, string]>([
    [{}, 'healthy', 'ok', 'Healthy'],
    [{ findings: [findingJson({ severity: 'notice' })] }, 'healthy', 'ok', 'Healthy'],
    [{ findings: [findingJson()] }, 'risk', 'warn', 'At risk'],
    [{ findings: [findingJson({ code: 'master-unreachable' })] }, 'risk', 'warn', 'Unreachable'],
    [{ quorum: NO_QUORUM, findings: [findingJson()] }, 'risk', 'warn', 'No quorum'],
    [{ quorum: NO_QUORUM, findings: [REFUSED] }, 'risk', 'bad', 'No quorum'],
    [{ status: 'sdown', quorum: NO_QUORUM }, 'down', 'bad', 'Down, not agreed'],
    [{ status: 'odown' }, 'down', 'bad', 'Down'],
    [{ status: 'odown', failover: 'wait_start', findings: [RUNNING] }, 'failover', 'warn', 'Failing over'],
    [{ status: 'odown', failover: 'wait_promotion', findings: [REFUSED, RUNNING] }, 'failover', 'bad', 'Failover stuck'],
  ])('with %j is in the group %s: %s, %s', (changes, group, kind, word) => {
    expect(masterHealth(masterJson(changes))).toEqual({ group, kind, word })
  })

  it('is failing over on every sentinel as soon as one of them leads, with the cause that the leader knows', () => {
    const fleet = fleetMasterJson({ views: [fleetViewJson(), fleetViewJson({ failover: 'wait_promotion' })], findings: [REFUSED] })
    expect(masterHealth(masterJson({ status: 'odown' }), { causes: [], fleet })).toMatchObject({ word: 'Failover stuck' })
  })

  it('is not healthy while the sentinels have different masters', () => {
    const fleet = fleetMasterJson({ findings: [findingJson({ code: 'sentinels-disagree', severity: 'critical' })] })
    expect(masterHealth(masterJson(), { causes: [], fleet })).toEqual({ group: 'risk', kind: 'bad', word: 'At risk' })
  })

  it('that has not answered for a while is unreachable until it counts as down', () => {
    const silent = detailsJson({ lastPingReplyMs: 3_000 })
    expect(unreachableOf(silent)).toEqual({ forMs: 3_000, leftMs: 2_000 })
    expect(masterHealth(silent)).toMatchObject({ group: 'risk', kind: 'warn', word: 'Unreachable' })
    expect(unreachableOf(detailsJson({ flags: ['master', 'disconnected'], lastPingReplyMs: 700 }))).toMatchObject({ forMs: 700 })
    expect(unreachableOf(detailsJson({ lastPingReplyMs: 900 }))).toBeUndefined()
    expect(unreachableOf(detailsJson({ lastPingReplyMs: 9_000, status: 'sdown' }))).toBeUndefined()
  })

  it('comes before those that are better, and before those whose number is higher', () => {
    const masters = [
      masterJson({ name: 'cache-10' }), masterJson({ name: 'cache-2' }), masterJson({ name: 'queue', findings: [findingJson()] }),
      masterJson({ name: 'users', status: 'odown' }), masterJson({ name: 'jobs', status: 'odown', failover: 'wait_start' }),
    ].map((master) => ({ name: master.name, health: masterHealth(master) }))
    expect(sortedByHealth(masters).map(({ name }) => name)).toEqual(['users', 'jobs', 'queue', 'cache-2', 'cache-10'])
  })
})

describe('a cause that masters share', () => {
  const lost = (forS: number) => findingJson({ code: 'sentinel-down', about: '10.0.0.8:26379', text: `Down for ${forS} s.` })
  const masters = [
    masterJson({ name: 'a', findings: [findingJson({ code: 'replica-down', about: '10.0.0.2:6379' }), lost(4)] }),
    masterJson({ name: 'b', findings: [lost(5)] }), masterJson({ name: 'c' }),
  ]
  const causes = fleetCauses(masters)

  it('is shown once for all, and does not put each of them at risk', () => {
    expect(causes).toMatchObject([{ masters: 2, finding: { code: 'sentinel-down' } }])
    expect(masters.map((master) => masterHealth(master, { causes, fleet: undefined }).group)).toEqual(['risk', 'healthy', 'healthy'])
    expect(ownFindings(masters[0]?.findings ?? [], causes).map(({ code }) => code)).toEqual(['replica-down'])
  })

  it('is never one about masters or replicas, however many have it', () => {
    expect(fleetCauses(masters.map((master) => ({ ...master, findings: [findingJson({ code: 'master-down' })] })))).toEqual([])
  })

  it('puts all of them at risk when it prevents every failover', () => {
    const shared = findingJson({ code: 'no-majority', severity: 'critical' })
    const all = masters.map((master) => ({ ...master, findings: [shared] }))
    expect(masterHealth(all[2] ?? masterJson(), { causes: fleetCauses(all), fleet: undefined })).toMatchObject({ group: 'risk', kind: 'warn' })
  })
})

describe('the summary of all masters', () => {
  const healthy = masterHealth(masterJson())
  const down = masterHealth(masterJson({ status: 'odown' }))
  const atRisk = masterHealth(masterJson({ findings: [findingJson()] }))

  it.each([
    [[], 'warn', 'No master is monitored'],
    [[healthy], 'ok', 'The master is healthy'],
    [[healthy, healthy], 'ok', 'All 2 masters are healthy'],
    [[atRisk], 'warn', 'At risk'],
    [[healthy, atRisk, down], 'bad', '1 down, 1 at risk, 1 healthy'],
  ])('counts those in each state', (healths, kind, word) => {
    expect(overallHealth(healths)).toEqual({ kind, word })
  })

  it('is not green while this sentinel cannot act', () => {
    expect(overallHealth([healthy], 'bad')).toMatchObject({ kind: 'bad' })
  })
})

describe('a replica on the dashboard', () => {
  it.each<[Partial<ReplicaJson>, string, string]>([
    [{}, 'ok', 'in sync'],
    [{ replicationLinkUp: false }, 'warn', 'not in sync'],
    [{ role: 'master' }, 'warn', 'reports the role of a master'],
    [{ flags: ['slave', 'reconf_inprog'] }, 'warn', 'being reconfigured'],
    [{ flags: ['slave', 'reconf_done'] }, 'ok', 'in sync'],
    [{ flags: ['slave', 'promoted'], role: 'master' }, 'warn', 'being promoted'],
    [{ flags: ['slave', 'disconnected'] }, 'bad', 'unreachable'],
    [{ status: 'sdown', flags: ['s_down', 'slave', 'disconnected'] }, 'bad', 'down'],
  ])('with %j is shown as %s: %s', (changes, kind, word) => {
    expect(replicaHealth(replicaJson(changes), [])).toEqual({ kind, word })
  })
})

describe('another sentinel on the dashboard', () => {
  it('is up, reports another master, or is down', () => {
    expect(peerHealth(peerJson(), [])).toEqual({ kind: 'ok', word: 'up' })
    expect(peerHealth(peerJson({ disagrees: true }), [])).toEqual({ kind: 'warn', word: 'reports another master' })
    expect(peerHealth(peerJson({ status: 'sdown' }), [])).toEqual({ kind: 'bad', word: 'down' })
  })
})
