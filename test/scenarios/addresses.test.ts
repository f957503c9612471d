/** One server under two addresses or names. That no server is told to follow itself is checked in every scenario. */
import { describe, expect } from 'vitest'
import { scenario, type Stage } from './support/stage.ts'

const OTHER_OF_R1 = '10.128.1.2:6379'

function replicasOf(stage: Stage, sentinel = 's1'): string[] {
  const { view } = stage.cluster.sentinel(sentinel)
  return view?.replicas('mymaster', stage.cluster.sentinel(sentinel).now()).map(({ name }) => name).sort() ?? []
}

function corrections(stage: Stage): number {
  return stage.count('+convert-to-slave') + stage.count('+fix-slave-config')
}

describe('a replica that announces another address', () => {
  scenario('is known once, under the address that its master lists', { seed: 401 }, async (stage) => {
    stage.do({ kind: 'announce-address', node: 'r1', as: 'other' })
    await stage.hears('+slave', 15_000)
    await stage.run(12_000)
    for (const sentinel of ['s1', 's2', 's3']) {
      expect(replicasOf(stage, sentinel)).toEqual([OTHER_OF_R1, '10.0.1.3:6379'].sort())
    }
    expect(stage.lines('s1').map(({ text }) => text)).toContain('(10.0.1.2:6379 is the same server as 10.128.1.2:6379)')
    // Back to the first address.
    stage.do({ kind: 'announce-address', node: 'r1', as: 'seen' })
    await stage.run(25_000)
    expect(replicasOf(stage)).toEqual(['10.0.1.2:6379', '10.0.1.3:6379'])
  })

  scenario(
    'stays the master after it was promoted',
    { seed: 402, groups: [{ replicas: 1, failoverTimeoutMs: 5000 }] },
    async (stage) => {
      stage.do({ kind: 'announce-address', node: 'r1', as: 'other' })
      await stage.hears('+slave', 15_000)
      stage.cluster.node('m').kill()
      await stage.hears('+switch-master', 10_000)
      await stage.run(60_000)
      expect(stage.cluster.node('r1').isMaster).toBe(true)
      expect(corrections(stage)).toBe(0)
      expect(replicasOf(stage)).toEqual(['10.0.1.1:6379'])
      stage.cluster.node('m').start()
      await stage.rests(30_000)
      expect(stage.agreedMaster).toBe('r1')
    },
  )

  scenario(
    'in the moment in which the master dies is not ordered to follow itself',
    { seed: 403, groups: [{ replicas: 2, failoverTimeoutMs: 5000 }] },
    async (stage) => {
      stage.do({ kind: 'announce-address', node: 'r1', as: 'other' })
      // As soon as one sentinel has both addresses.
      await stage.hears('+slave', 15_000)
      stage.cluster.node('r2').kill()
      stage.cluster.node('m').kill()
      await stage.hears('+switch-master', 10_000)
      await stage.run(60_000)
      expect(stage.cluster.node('r1').isMaster).toBe(true)
    },
  )
})

describe('a replica that is listed under its name', () => {
  scenario('is known once where names are announced', { seed: 404, names: 'announced' }, async (stage) => {
    stage.do({ kind: 'announce-address', node: 'r1', as: 'name' })
    await stage.hears('+slave', 15_000)
    await stage.run(12_000)
    expect(replicasOf(stage)).toEqual(['10.0.1.3:6379', 'r1.test:6379'])
    stage.cluster.node('m').kill()
    await stage.hears('+switch-master', 10_000)
    await stage.run(30_000)
    expect(corrections(stage)).toBe(0)
    expect(replicasOf(stage)).toHaveLength(2)
  })

  scenario(
    'and under its address in the file is known once',
    { seed: 405, names: 'resolved', knownReplicas: { mymaster: ['r1.test', '10.128.1.3'] } },
    (stage) => {
      expect(replicasOf(stage)).toEqual(['10.0.1.2:6379', '10.0.1.3:6379'])
      return Promise.resolve()
    },
  )
})

describe('a master that is named as its own replica', () => {
  scenario('by its address in the file stays the master', { seed: 406, knownReplicas: { mymaster: ['10.0.1.1'] } }, async (stage) => {
    await stage.run(30_000)
    expect(stage.cluster.node('m').isMaster).toBe(true)
    expect(replicasOf(stage)).toEqual(['10.0.1.2:6379', '10.0.1.3:6379'])
    expect(stage.names()).toEqual([])
  })

  scenario(
    'by another address or name in the file stays the master',
    { seed: 407, names: 'announced', knownReplicas: { mymaster: ['10.128.1.1', 'm.test'] } },
    async (stage) => {
      await stage.run(30_000)
      expect(stage.cluster.node('m').isMaster).toBe(true)
      expect(replicasOf(stage)).toEqual(['10.0.1.2:6379', '10.0.1.3:6379'])
      expect(corrections(stage)).toBe(0)
    },
  )

  scenario('by its own INFO stays the master', { seed: 408, groups: [{ failoverTimeoutMs: 5000 }] }, async (stage) => {
    // A replica that announces the master's address instead of its own.
    const replica = stage.cluster.node('r1')
    replica.announceIp = '10.0.1.1'
    replica.replication.reconnect()
    await stage.run(20_000)
    replica.announceIp = '10.128.1.1'
    replica.replication.reconnect()
    await stage.run(60_000)
    expect(stage.cluster.node('m').isMaster).toBe(true)
    expect(replicasOf(stage)).toEqual(['10.0.1.2:6379', '10.0.1.3:6379'])
    expect(corrections(stage)).toBe(0)
  })
})
