/** Who may fail over: quorum to agree, majority to authorise (behaviour.md 7.1, 8.4, 16.1). */
import { describe, expect } from 'vitest'
import { scenario } from './support/stage.ts'

describe('a minority', () => {
  scenario('never fails over, and does so when it is a majority again', { seed: 11 }, async (stage) => {
    stage.cluster.sentinel('s2').kill()
    stage.cluster.sentinel('s3').kill()
    await stage.run(3000)
    stage.cluster.node('m').kill()
    // Replicas that have been without a master for much longer would be too old for a sentinel that just came.
    await stage.run(12_000)
    expect(stage.count('+sdown', 's1')).toBeGreaterThan(0)
    expect(stage.count('+odown')).toBe(0)
    expect(stage.count('+elected-leader')).toBe(0)
    expect(stage.masterOf('s1')).toBe('m')
    stage.cluster.sentinel('s2').start()
    await stage.hears('+switch-master', 10_000)
    expect(stage.agreedMaster).not.toBe('m')
  })

  const loneQuorum = { seed: 12, sentinels: 5, groups: [{ quorum: 1 }] }
  scenario('that reaches the quorum reports +odown, asks for votes, and is not elected', loneQuorum, async (stage) => {
    for (const name of ['s3', 's4', 's5']) stage.cluster.sentinel(name).kill()
    await stage.run(3000)
    stage.mark()
    stage.cluster.node('m').kill()
    await stage.run(60_000)
    expect(stage.count('+odown')).toBeGreaterThan(0)
    expect(stage.count('+elected-leader')).toBe(0)
    expect(stage.count('+selected-slave')).toBe(0)
    expect(stage.agreedMaster).toBe('m')
  })

  const split = { seed: 13, sentinels: 5 }
  scenario('behind a partition starts no failover, and adopts that of the majority afterwards', split, async (stage) => {
    stage.do({ kind: 'partition', side: ['s1', 's2', 'm'], isOneWay: false, ms: 30_000 })
    await stage.hears('+failover-end', 10_000)
    expect(['s3', 's4', 's5']).toContain(stage.leader)
    await stage.run(15_000)
    expect(stage.masterOf('s1')).toBe('m')
    expect(stage.masterOf('s3')).not.toBe('m')
    await stage.run(15_000)
    await stage.rests(60_000)
    expect(stage.agreedMaster).not.toBe('m')
  })
})

describe('the quorum', () => {
  scenario('of more sentinels than exist is never reached', { seed: 14, groups: [{ quorum: 4 }] }, async (stage) => {
    stage.cluster.node('m').kill()
    await stage.run(60_000)
    expect(stage.count('+sdown')).toBeGreaterThan(0)
    expect(stage.count('+odown')).toBe(0)
    expect(stage.agreedMaster).toBe('m')
  })

  scenario('of all sentinels is reached when all are up', { seed: 15, groups: [{ quorum: 3 }] }, async (stage) => {
    stage.cluster.node('m').kill()
    await stage.hears('+failover-end', 10_000)
    expect(stage.lines(stage.leader).find(({ event }) => event?.name === '+odown')?.text).toContain('#quorum 3/3')
  })

  scenario('of all sentinels is not reached while one is dead', { seed: 16, groups: [{ quorum: 3 }] }, async (stage) => {
    stage.cluster.sentinel('s3').kill()
    await stage.run(3000)
    stage.cluster.node('m').kill()
    await stage.run(30_000)
    expect(stage.count('+odown')).toBe(0)
    stage.cluster.sentinel('s3').start()
    await stage.hears('+failover-end', 10_000)
  })

  scenario('of one sentinel does not replace the majority of votes', { seed: 17, groups: [{ quorum: 1 }] }, async (stage) => {
    stage.cluster.node('m').kill()
    await stage.hears('+elected-leader', 5000)
    const votes = stage.lines().filter(({ event }) => event?.name === '+vote-for-leader')
    expect(new Set(votes.map(({ who }) => who)).size).toBeGreaterThanOrEqual(2)
  })

  scenario('of one sentinel is reached by it alone, and the others report no SDOWN', { seed: 18, groups: [{ quorum: 1 }] }, async (stage) => {
    // Only s1 cannot reach the master.
    stage.cluster.network.block('10.0.0.1', '10.0.1.1')
    stage.cluster.network.block('10.0.1.1', '10.0.0.1')
    await stage.hears('+odown', 10_000, 's1')
    expect(stage.count('+sdown', 's2') + stage.count('+sdown', 's3')).toBe(0)
  })
})

describe('a single sentinel', () => {
  scenario('is its own majority and fails over', { seed: 19, sentinels: 1 }, async (stage) => {
    stage.cluster.node('m').kill()
    await stage.hears('+switch-master', 10_000)
    expect(stage.leader).toBe('s1')
  })
})
