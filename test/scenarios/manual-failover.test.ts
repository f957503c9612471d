/** SENTINEL FAILOVER: votes are asked for and not needed; refused without a replica to promote (behaviour.md 8.7). */
import { describe, expect } from 'vitest'
import { scenario } from './support/stage.ts'

const FAILOVER = { kind: 'failover', name: 'mymaster' } as const

describe('SENTINEL FAILOVER', () => {
  scenario('replaces a healthy master at once, without SDOWN or ODOWN', { seed: 31 }, async (stage) => {
    expect(await stage.cluster.operate('s1', FAILOVER)).toEqual({ kind: 'ok' })
    await stage.hears('+switch-master', 3000, 's1')
    const names = stage.names('s1')
    expect(names.filter((name) => !name.startsWith('+slave'))).toEqual([
      '+new-epoch', '+try-failover', '+vote-for-leader', '+elected-leader', '+failover-state-select-slave',
      '+selected-slave', '+failover-state-send-slaveof-noone', '+failover-state-wait-promotion', '+promoted-slave',
      '+failover-state-reconf-slaves', '+failover-end', '+switch-master',
    ])
    for (const follower of ['s2', 's3']) {
      expect(stage.names(follower)).toEqual([
        '+new-epoch', '+vote-for-leader', '+config-update-from', '+switch-master', '+slave', '+slave',
      ])
    }
    await stage.rests(20_000)
    expect(stage.agreedMaster).not.toBe('m')
    // The old master was ordered to follow together with the promotion.
    expect(stage.count('+convert-to-slave')).toBe(0)
  })

  scenario('is refused while a failover runs', { seed: 32, groups: [{ parallelSyncs: 1, nodes: { fullSyncMs: 5500 } }] }, async (stage) => {
    stage.cluster.node('r1').pause()
    await stage.cluster.operate('s1', FAILOVER)
    expect(await stage.cluster.operate('s1', FAILOVER)).toEqual({ kind: 'refused', error: 'failover-in-progress' })
  })

  scenario('is refused without a good replica', { seed: 33, groups: [{ nodes: { priority: 0 } }] }, async (stage) => {
    expect(await stage.cluster.operate('s1', FAILOVER)).toEqual({ kind: 'refused', error: 'no-good-replica' })
    expect(stage.log()).toEqual([])
  })

  scenario('is refused for a master that is not monitored', { seed: 34 }, async (stage) => {
    expect(await stage.cluster.operate('s1', { kind: 'failover', name: 'nobody' })).toEqual({
      kind: 'refused', error: 'no-such-master',
    })
  })

  scenario('waits for the end of TILT, with its epoch already durable', { seed: 35 }, async (stage) => {
    stage.do({ kind: 'pause-sentinel', sentinel: 's1', ms: 3000 })
    await stage.hears('+tilt', 5000, 's1')
    await stage.cluster.operate('s1', FAILOVER)
    await stage.run(5000)
    expect(stage.cluster.sentinel('s1').disk.content.currentEpoch).toBe(1n)
    expect(stage.count('+elected-leader')).toBe(0)
    await stage.hears('+elected-leader', 30_000, 's1')
    await stage.rests(30_000)
  })

  scenario('can be repeated, also back to an earlier master', { seed: 36 }, async (stage) => {
    for (const sentinel of ['s1', 's2', 's3', 's1']) {
      const before = stage.agreedMaster
      expect(await stage.cluster.operate(sentinel, FAILOVER)).toEqual({ kind: 'ok' })
      await stage.rests(40_000)
      expect(stage.agreedMaster).not.toBe(before)
    }
    expect(stage.cluster.sentinel('s2').view?.currentEpoch).toBe(4n)
  })
})

describe('SIMULATE-FAILURE', () => {
  scenario('crash-after-election ends the leader, and another one leads after 2x failover-timeout', {
    seed: 37, groups: [{ failoverTimeoutMs: 5000 }],
  }, async (stage) => {
    for (const name of ['s1', 's2', 's3']) {
      await stage.cluster.operate(name, { kind: 'simulate-failure', failure: { crashAfterElection: true, crashAfterPromotion: false } })
    }
    stage.cluster.node('m').kill()
    await stage.hears('+elected-leader', 5000)
    const { leader, followers } = stage
    expect(stage.cluster.sentinel(leader).isUp).toBe(false)
    expect(stage.lines(leader).at(-1)?.text).toBe('left with status 99')
    expect(stage.count('+selected-slave')).toBe(0)
    for (const name of followers) {
      await stage.cluster.operate(name, { kind: 'simulate-failure', failure: { crashAfterElection: false, crashAfterPromotion: false } })
    }
    stage.mark()
    const crashedAt = stage.cluster.nowMs
    await stage.hears('+failover-end', 20_000)
    expect(stage.cluster.nowMs - crashedAt).toBeGreaterThan(9000)
    stage.cluster.sentinel(leader).start()
    stage.cluster.node('m').start()
    await stage.rests(30_000)
  })

  scenario('crash-after-promotion ends the leader, which announces the new configuration after its restart', {
    seed: 38, groups: [{ failoverTimeoutMs: 5000 }],
  }, async (stage) => {
    await stage.cluster.operate('s2', { kind: 'simulate-failure', failure: { crashAfterElection: false, crashAfterPromotion: true } })
    await stage.cluster.operate('s2', FAILOVER)
    await stage.hears('+promoted-slave', 5000)
    expect(stage.cluster.sentinel('s2').isUp).toBe(false)
    expect(stage.count('+switch-master')).toBe(0)
    stage.cluster.sentinel('s2').start()
    await stage.hears('+switch-master', 5000, 's1')
    await stage.rests(60_000)
    expect(stage.agreedMaster).not.toBe('m')
  })
})
