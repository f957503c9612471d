/** The words for how well masters and nodes are. */
import { describe, expect, it } from 'vitest'

import {
  masterHealth, overallHealth, peerHealth, replicaHealth, sortedMasters,
} from '../../../../src/http/dashboard/browser/health.ts'
import type { MasterJson, ReplicaJson } from '../../../../src/http/json.ts'
import { masterJson, peerJson, replicaJson } from './json-samples.ts'

const NO_QUORUM = { usable: 1, quorum: 2, majority: 2, ok: false, message: 'NOQUORUM 1 usable Sentinels.' }

describe('a master on the dashboard', () => {
  it.each<[Partial<MasterJson>, string, string]>([
    [{}, 'ok', 'Healthy'],
    [{ warnings: ['This is the only sentinel.'] }, 'warn', 'Attention'],
    [{ quorum: NO_QUORUM, warnings: ['Only 1 of 3 sentinels can be reached.'] }, 'bad', 'No quorum'],
    [{ status: 'sdown', quorum: NO_QUORUM }, 'bad', 'Not answering'],
    [{ status: 'odown' }, 'bad', 'Down'],
    [{ status: 'odown', failover: 'wait_start' }, 'warn', 'Failing over'],
  ])('with %j is shown as %s: %s', (changes, kind, word) => {
    expect(masterHealth(masterJson(changes))).toEqual({ kind, word })
  })

  it('comes before those that are better, and before those whose number is higher', () => {
    const masters = [
      masterJson({ name: 'cache-10' }), masterJson({ name: 'cache-2' }), masterJson({ name: 'queue', warnings: ['x'] }),
      masterJson({ name: 'users', status: 'odown' }),
    ]
    expect(sortedMasters(masters).map(({ name }) => name)).toEqual(['users', 'queue', 'cache-2', 'cache-10'])
  })
})

describe('the summary of all masters', () => {
  const healthy = masterJson()
  const down = masterJson({ status: 'odown' })
  const attention = masterJson({ warnings: ['x'] })

  it.each<[readonly MasterJson[], string, string]>([
    [[], 'warn', 'No master is monitored'],
    [[healthy], 'ok', 'The master is healthy'],
    [[healthy, healthy], 'ok', 'All 2 masters are healthy'],
    [[attention], 'warn', 'The master needs attention'],
    [[healthy, attention, down], 'bad', '2 of 3 masters need attention'],
  ])('has the number of those that need attention', (masters, kind, word) => {
    expect(overallHealth(masters)).toEqual({ kind, word })
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
    expect(replicaHealth(replicaJson(changes))).toEqual({ kind, word })
  })
})

describe('another sentinel on the dashboard', () => {
  it('is up, reports another master, or is down', () => {
    expect(peerHealth(peerJson())).toEqual({ kind: 'ok', word: 'up' })
    expect(peerHealth(peerJson({ disagrees: true }))).toEqual({ kind: 'warn', word: 'reports another master' })
    expect(peerHealth(peerJson({ status: 'sdown' }))).toEqual({ kind: 'bad', word: 'down' })
  })
})
