/** What operators change while the deployment runs (behaviour.md 11.2). */
import { describe, expect } from 'vitest'
import { scenario } from './support/stage.ts'

describe('RESET', () => {
  scenario('forgets replicas and sentinels; they are found again', { seed: 91 }, async (stage) => {
    expect(await stage.cluster.operate('s1', { kind: 'reset', pattern: 'my*' })).toEqual({ kind: 'reset', count: 1 })
    expect(stage.log('s1')[0]).toBe('+reset-master master mymaster 10.0.1.1 6379')
    await stage.rests(15_000)
    expect(stage.names('s1').slice(1).sort()).toEqual(['+sentinel', '+sentinel', '+slave', '+slave'])
  })

  scenario('answers 0 and changes nothing when no name matches', { seed: 92 }, async (stage) => {
    expect(await stage.cluster.operate('s1', { kind: 'reset', pattern: 'other*' })).toEqual({ kind: 'reset', count: 0 })
    expect(stage.log()).toEqual([])
  })

  scenario('cancels a running failover without an abort event', { seed: 93 }, async (stage) => {
    stage.do({ kind: 'pause-node', node: 'r1', ms: 5000 })
    stage.do({ kind: 'pause-node', node: 'r2', ms: 5000 })
    await stage.cluster.operate('s1', { kind: 'failover', name: 'mymaster' })
    await stage.hears('+try-failover', 1000, 's1')
    await stage.cluster.operate('s1', { kind: 'reset', pattern: '*' })
    await stage.run(3000)
    expect(stage.flags('s1', 'm')).not.toContain('failover_in_progress')
    expect(stage.names('s1').filter((name) => name.startsWith('-failover'))).toEqual([])
    await stage.rests(40_000)
  })

  scenario('keeps the promoted master of a running failover', {
    seed: 89, groups: [{ replicas: [{}, { priority: 0 }], nodes: { fullSyncMs: 20_000 } }],
  }, async (stage) => {
    // A replica that needs a full copy keeps the failover going.
    stage.cluster.node('r2').kill()
    stage.cluster.node('r2').start()
    await stage.run(100)
    await stage.cluster.operate('s1', { kind: 'failover', name: 'mymaster' })
    await stage.hears('+slave-reconf-sent', 5000, 's1')
    expect(stage.count('+failover-end')).toBe(0)
    await stage.cluster.operate('s1', { kind: 'reset', pattern: '*' })
    expect(stage.masterOf('s1')).toBe('r1')
    expect(stage.count('+switch-master', 's1')).toBe(1)
    await stage.rests(90_000)
    expect(stage.agreedMaster).toBe('r1')
  })

  scenario('keeps the epochs, so that no second vote is given', { seed: 94 }, async (stage) => {
    const ask = { kind: 'is-master-down', host: '10.0.1.1', port: 6379, epoch: 3n } as const
    await stage.cluster.operate('s1', { ...ask, candidate: 'f'.repeat(40) })
    await stage.cluster.operate('s1', { kind: 'reset', pattern: '*' })
    expect(await stage.cluster.operate('s1', { ...ask, candidate: 'e'.repeat(40) })).toMatchObject({ leader: undefined, epoch: 3n })
  })
})

describe('RESET of a master that is down', () => {
  scenario('keeps its replicas, and the failover goes on', { seed: 221 }, async (stage) => {
    stage.cluster.node('m').kill()
    await stage.hears('+sdown', 5000)
    for (const { name } of stage.cluster.sentinels) await stage.cluster.operate(name, { kind: 'reset', pattern: '*' })
    stage.mark()
    await stage.hears('+switch-master', 60_000)
    expect(stage.count('-failover-abort-no-good-slave')).toBe(0)
  })

  scenario('does not make the replicas too old that lost it when it died', { seed: 222 }, async (stage) => {
    const replicas = ['r1', 'r2'].map((name) => stage.cluster.node(name))
    for (const replica of replicas) replica.priority = 0
    await stage.run(11_000)
    stage.cluster.node('m').kill()
    await stage.hears('-failover-abort-no-good-slave', 10_000)
    await stage.run(60_000)
    for (const { name } of stage.cluster.sentinels) await stage.cluster.operate(name, { kind: 'reset', pattern: '*' })
    for (const replica of replicas) replica.priority = 100
    await stage.hears('+switch-master', 60_000)
  })
})

describe('REMOVE followed by MONITOR', () => {
  scenario('forgets a master and monitors it again', { seed: 95 }, async (stage) => {
    expect(await stage.cluster.operate('s1', { kind: 'remove', name: 'mymaster' })).toEqual({ kind: 'ok' })
    expect(stage.cluster.sentinel('s1').disk.content.masters).toEqual([])
    await stage.run(5000)
    expect(stage.cluster.sentinel('s1').view?.masterNames()).toEqual([])
    expect(await stage.cluster.operate('s1', {
      kind: 'monitor', name: 'mymaster', host: '10.0.1.1', port: 6379, quorum: 2,
    })).toEqual({ kind: 'ok' })
    await stage.rests(15_000)
    expect(stage.names('s1').slice(0, 2)).toEqual(['-monitor', '+monitor'])
  })

  scenario('does not allow a second vote in one epoch', { seed: 96 }, async (stage) => {
    const ask = { kind: 'is-master-down', host: '10.0.1.1', port: 6379, epoch: 3n } as const
    await stage.cluster.operate('s1', { ...ask, candidate: 'f'.repeat(40) })
    await stage.cluster.operate('s1', { kind: 'remove', name: 'mymaster' })
    await stage.cluster.operate('s1', { kind: 'monitor', name: 'mymaster', host: '10.0.1.1', port: 6379, quorum: 2 })
    expect(await stage.cluster.operate('s1', { ...ask, candidate: 'e'.repeat(40) })).toMatchObject({ leader: undefined })
  })

  scenario('is needed before a name can be used again', { seed: 97 }, async (stage) => {
    expect(await stage.cluster.operate('s1', {
      kind: 'monitor', name: 'mymaster', host: '10.0.1.2', port: 6379, quorum: 2,
    })).toEqual({ kind: 'refused', error: 'duplicate-master' })
  })
})

describe('SET', () => {
  scenario('changes down-after at once, for replicas and sentinels too', { seed: 98 }, async (stage) => {
    for (const sentinel of ['s1', 's2', 's3']) {
      await stage.cluster.operate(sentinel, {
        kind: 'set', name: 'mymaster', changes: [{ option: 'down-after-milliseconds', kind: 'time', setting: 'downAfterMs', value: 500 }],
      })
    }
    await stage.run(2000)
    stage.mark()
    const killedAt = stage.cluster.nowMs
    stage.cluster.node('m').kill()
    await stage.hears('+failover-end', 5000)
    expect(stage.at('+sdown') - killedAt).toBeLessThan(600)
    expect(stage.cluster.sentinel('s2').view?.replicas('mymaster', stage.cluster.sentinel('s2').now())[0]?.downAfterMs).toBe(500)
  })

  scenario('changes the quorum while the master is down', { seed: 99, groups: [{ quorum: 4 }] }, async (stage) => {
    stage.cluster.node('m').kill()
    await stage.run(10_000)
    expect(stage.count('+odown')).toBe(0)
    for (const sentinel of ['s1', 's2', 's3']) {
      await stage.cluster.operate(sentinel, {
        kind: 'set', name: 'mymaster', changes: [{ option: 'quorum', kind: 'count', setting: 'quorum', value: 2 }],
      })
    }
    await stage.hears('+failover-end', 10_000)
  })

  scenario('has changed the file, so that a restart keeps the value', { seed: 100 }, async (stage) => {
    await stage.cluster.operate('s1', {
      kind: 'set', name: 'mymaster', changes: [{ option: 'parallel-syncs', kind: 'count', setting: 'parallelSyncs', value: 7 }],
    })
    const s1 = stage.cluster.sentinel('s1')
    s1.kill()
    s1.start()
    expect(s1.disk.content.masters[0]?.settings.parallelSyncs).toBe(7)
    await stage.run(1000)
    expect(s1.view?.master('mymaster', s1.now())?.settings.parallelSyncs).toBe(7)
  })
})

describe('two masters with the same sentinels', () => {
  const groups = [{}, { name: 'second' }]

  scenario('share the links between these sentinels', { seed: 101, groups }, async (stage) => {
    await stage.run(1000)
    const s1 = stage.cluster.sentinel('s1')
    expect(s1.view?.peers('mymaster', s1.now()).map(({ linkRefcount }) => linkRefcount)).toEqual([2, 2])
    expect(s1.view?.peers('second', s1.now()).map(({ linkRefcount }) => linkRefcount)).toEqual([2, 2])
  })

  scenario('that die together are both replaced', { seed: 102, groups }, async (stage) => {
    stage.cluster.node('m').kill()
    stage.cluster.node('second-m').kill()
    await stage.until('both are replaced', () => stage.masterOf('s1') !== 'm' && stage.masterOf('s1', 'second') !== 'second-m', 10_000)
    await stage.run(5000)
    stage.cluster.node('m').start()
    stage.cluster.node('second-m').start()
    await stage.rests(40_000)
  })

  scenario("do not lose each other's sentinels when one is removed", { seed: 103, groups }, async (stage) => {
    await stage.cluster.operate('s1', { kind: 'remove', name: 'second' })
    await stage.run(10_000)
    expect(stage.names('s1')).toEqual(['-monitor'])
    stage.cluster.node('m').kill()
    await stage.hears('+failover-end', 10_000)
  })

  for (let seed = 1; seed <= 10; seed += 1) {
    scenario(`that die within one second get leaders of different epochs (${seed})`, { seed, groups }, async (stage) => {
      stage.cluster.node('m').kill()
      await stage.run(seed * 100)
      stage.cluster.node('second-m').kill()
      await stage.until('both are replaced', () => stage.masterOf('s1') !== 'm' && stage.masterOf('s1', 'second') !== 'second-m', 30_000)
    })
  }
})
