/** Data nodes and sentinels that missed something are brought back (behaviour.md 5.3, 6.3, 9.10). */
import { describe, expect } from 'vitest'
import { scenario } from './support/stage.ts'

describe('a replica that was pointed to a wrong master', () => {
  scenario('is repaired after failover-timeout', { seed: 61, groups: [{ failoverTimeoutMs: 5000 }] }, async (stage) => {
    stage.do({ kind: 'misdirect-node', node: 'r1', to: 'r2' })
    const from = stage.cluster.nowMs
    await stage.hears('+fix-slave-config', 30_000)
    expect(stage.cluster.nowMs - from).toBeGreaterThanOrEqual(5000)
    await stage.rests(20_000)
    expect(stage.cluster.node('r1').replication.master?.host).toBe('10.0.1.1')
  })

  scenario('that does not answer is repaired when it is back', { seed: 62, groups: [{ failoverTimeoutMs: 5000 }] }, async (stage) => {
    stage.cluster.node('r1').kill()
    stage.cluster.node('m').kill()
    await stage.hears('+failover-end', 10_000)
    stage.cluster.node('r1').start()
    await stage.hears('+fix-slave-config', 40_000)
    stage.cluster.node('m').start()
    await stage.rests(40_000)
    expect(stage.cluster.node('r1').replication.master?.host).toBe('10.0.1.3')
  })
})

describe('a replica that an operator promoted by hand', () => {
  scenario('is demoted again after 4x publish period', { seed: 63 }, async (stage) => {
    stage.cluster.node('r1').replicaOf('NO', 'ONE')
    const from = stage.cluster.nowMs
    await stage.hears('+convert-to-slave', 30_000)
    expect(stage.cluster.nowMs - from).toBeGreaterThanOrEqual(8000)
    await stage.rests(20_000)
    expect(stage.agreedMaster).toBe('m')
  })
})

describe('a promoted replica that an operator turns back into a replica', () => {
  scenario('while the others are reconfigured is promoted again', { seed: 69 }, async (stage) => {
    stage.cluster.node('m').kill()
    await stage.hears('+slave-reconf-sent', 10_000)
    const isFirst = stage.lines().some(({ text }) => text.startsWith('+promoted-slave slave 10.0.1.2:6379'))
    const promoted = stage.cluster.node(isFirst ? 'r1' : 'r2')
    // What a sentinel does that takes it for a stray master, because it has not heard of the switch.
    promoted.replicaOf('10.0.1.1', '6379')
    await stage.until('it is a master again', () => promoted.replication.master === undefined, 1500)
    await stage.hears('+failover-end', 30_000)
    expect(promoted.replication.master).toBeUndefined()
    expect(stage.count('+try-failover')).toBe(1)
  })
})

describe('a sentinel that was away', () => {
  scenario('adopts the newer configuration when it is back', { seed: 64 }, async (stage) => {
    stage.cluster.sentinel('s3').kill()
    await stage.run(1000)
    stage.cluster.node('m').kill()
    await stage.hears('+failover-end', 10_000)
    stage.mark()
    stage.cluster.sentinel('s3').start()
    await stage.hears('+switch-master', 5000, 's3')
    expect(stage.names('s3').slice(0, 4)).toEqual(['+monitor', '+new-epoch', '+config-update-from', '+switch-master'])
    expect(stage.agreedMaster).not.toBe('m')
  })

  scenario('during a restart reports only +monitor', { seed: 65 }, async (stage) => {
    stage.cluster.sentinel('s3').kill()
    stage.cluster.sentinel('s3').start()
    await stage.run(10_000)
    expect(stage.log('s3')).toEqual(['+monitor master mymaster 10.0.1.1 6379 quorum 2'])
  })

  scenario('behind a partition with the old master follows the majority when it heals', { seed: 66 }, async (stage) => {
    stage.do({ kind: 'partition', side: ['s1', 'm'], isOneWay: false, ms: 25_000 })
    await stage.hears('+failover-end', 10_000)
    expect(stage.masterOf('s1')).toBe('m')
    await stage.run(25_000)
    await stage.hears('+switch-master', 40_000, 's1')
    await stage.rests(40_000)
    expect(stage.agreedMaster).not.toBe('m')
    const epochs = stage.cluster.sentinels.map(({ disk }) => disk.content.masters[0]?.configEpoch)
    expect(new Set(epochs)).toEqual(new Set([1n]))
  })
})

describe('a leader that is still busy with replicas', () => {
  const slowCopies = { replicas: [{}, { priority: 0 }], nodes: { fullSyncMs: 30_000 } }
  scenario('follows the others back to the old master when the promoted one dies', { seed: 68, groups: [slowCopies] }, async (stage) => {
    // r2 needs a full copy, which keeps s1 waiting.
    stage.do({ kind: 'kill-node', node: 'r2', ms: 1000, withData: true, loadMs: 0 })
    await stage.run(40_000)
    stage.cluster.node('r2').kill()
    stage.cluster.node('r2').start()
    await stage.run(2000)
    stage.mark()
    await stage.cluster.operate('s1', { kind: 'failover', name: 'mymaster' })
    await stage.hears('+slave-reconf-sent', 2000, 's1')
    await stage.run(1000)
    expect(stage.masterOf('s1')).toBe('r1')
    expect(stage.count('+failover-end')).toBe(0)
    stage.cluster.node('r1').kill()
    // The others have switched and promote the old master under a higher config-epoch.
    await stage.until('s2 follows m again', () => stage.masterOf('s2') === 'm', 10_000)
    await stage.hears('+switch-master', 3000, 's1')
    expect(stage.masterOf('s1')).toBe('m')
    const switches = stage.lines('s1').filter(({ event }) => event?.name === '+switch-master')
    expect(switches.map(({ text }) => text)).toEqual(['+switch-master mymaster 10.0.1.2 6379 10.0.1.1 6379'])
    stage.cluster.node('r1').start()
    await stage.rests(120_000)
    expect(stage.agreedMaster).toBe('m')
  })
})

describe('a fresh deployment', () => {
  scenario('finds replicas and sentinels by itself', { seed: 67, sentinels: 5, isFresh: true }, async (stage) => {
    for (const { disk } of stage.cluster.sentinels) {
      expect(disk.content.masters[0]?.replicas).toHaveLength(2)
      expect(disk.content.masters[0]?.sentinels).toHaveLength(4)
    }
    stage.cluster.node('m').kill()
    await stage.hears('+failover-end', 10_000)
  })
})

describe('a new master after a switch', () => {
  for (const downAfterMs of [300, 500, 800]) {
    for (let seed = 1; seed <= 12; seed += 1) {
      // Its silence counts only from the switch on: it must not be failed over again.
      scenario(`is not replaced again at down-after ${downAfterMs} (${seed})`, { seed, groups: [{ downAfterMs }] }, async (stage) => {
        stage.cluster.node('m').kill()
        await stage.hears('+failover-end', 8000)
        await stage.run(8000)
        expect(stage.count('+try-failover'), stage.tail()).toBe(1)
        const alarms = stage.lines().filter(({ event }) => event?.name === '+sdown' && event.subject?.kind === 'master')
        expect(alarms.filter(({ text }) => !text.includes('10.0.1.1')).map(({ text }) => text), stage.tail()).toEqual([])
      })
    }
  }
})
