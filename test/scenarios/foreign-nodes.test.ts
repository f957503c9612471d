/** Nodes that hold another deployment's data (docs/decisions/0048-lineage-and-foreign-nodes.md). */
import { describe, expect } from 'vitest'
import { scenario, type Stage } from './support/stage.ts'

function groups(persistence: 'rdb' | 'aof' | 'none' = 'aof') {
  const replicas = [{ priority: 10 }, { priority: 100 }]
  return [{ downAfterMs: 2000, replicas, nodes: { persistence, fullSyncMs: 200 } }]
}

async function killMaster(stage: Stage): Promise<void> {
  stage.cluster.node('m').kill()
  await stage.hears('+failover-end', 15_000)
  await stage.until('all agree', () => stage.agreedMaster !== undefined, 5000)
}

describe('a replica that was pointed to another deployment', () => {
  scenario('is not promoted, also when the master dies at once', { seed: 311, groups: groups(), hasStrangers: true }, async (stage) => {
    stage.do({ kind: 'misdirect-node', node: 'r1', to: 'x-m' })
    await stage.run(500)
    await killMaster(stage)
    expect(stage.masterOf('s1')).toBe('r2')
    await stage.run(60_000)
    expect(stage.cluster.node('r1').replication.master?.host).toBe(stage.cluster.node('x-m').ip)
  })

  scenario('gets no orders', { seed: 312, groups: groups(), hasStrangers: true }, async (stage) => {
    stage.do({ kind: 'misdirect-node', node: 'r1', to: 'x-m' })
    await stage.run(60_000)
    expect(stage.count('+foreign-node', 's1')).toBe(1)
    expect(stage.count('+fix-slave-config')).toBe(0)
  })

  scenario('is ours again when an operator points it back', { seed: 313, groups: groups(), hasStrangers: true }, async (stage) => {
    stage.do({ kind: 'misdirect-node', node: 'r1', to: 'x-m' })
    await stage.hears('+foreign-node', 15_000, 's1')
    stage.cluster.node('r1').replicaOf(stage.cluster.node('m').ip, '6379')
    await stage.run(15_000)
    await killMaster(stage)
    expect(stage.masterOf('s1')).toBe('r1')
  })
})

describe('an address that another deployment uses', () => {
  scenario('is not promoted', { seed: 314, groups: groups(), hasStrangers: true }, async (stage) => {
    stage.do({ kind: 'reuse-address', node: 'r1', as: 'replica' })
    await stage.run(2000)
    await killMaster(stage)
    expect(stage.masterOf('s1')).toBe('r2')
    await stage.run(30_000)
    expect(stage.cluster.node('r1').dataset.origin).toBe('x')
  })
})

describe('an address that a master of another deployment uses, which has loaded an RDB file', () => {
  const reuse = (stage: Stage, node: string) => { stage.do({ kind: 'reuse-address', node, as: 'loaded-master' }) }

  scenario('follows our master once a server without data is there', { seed: 325, groups: groups(), hasStrangers: true }, async (stage) => {
    const r1 = stage.cluster.node('r1')
    reuse(stage, 'r1')
    await stage.hears('+foreign-node', 30_000, 's1')
    r1.kill()
    await stage.run(3000)
    r1.start({ withData: false })
    await stage.until('it follows our master', () => r1.replication.master?.host === stage.cluster.node('m').ip, 60_000)
    expect(stage.count('+convert-to-slave')).toBeGreaterThan(0)
  })

  scenario('gets no orders, is reported, and is not promoted', { seed: 317, groups: groups(), hasStrangers: true }, async (stage) => {
    reuse(stage, 'r1')
    await stage.hears('+foreign-node', 30_000, 's1')
    await stage.run(30_000)
    await killMaster(stage)
    expect(stage.masterOf('s1')).toBe('r2')
    await stage.run(30_000)
    expect(stage.count('+foreign-node', 's1')).toBe(1)
    expect(stage.count('+convert-to-slave')).toBe(0)
    expect(stage.cluster.node('r1').dataset.origin).toBe('x')
  })

  scenario('is ours once an operator points it to our master', { seed: 318, groups: groups(), hasStrangers: true }, async (stage) => {
    reuse(stage, 'r1')
    await stage.hears('+foreign-node', 30_000, 's1')
    stage.cluster.node('r1').replicaOf(stage.cluster.node('m').ip, '6379')
    await stage.run(15_000)
    await killMaster(stage)
    expect(stage.masterOf('s1')).toBe('r1')
  })

  scenario('is no old master that came back', { seed: 319, groups: groups(), hasStrangers: true }, async (stage) => {
    await killMaster(stage)
    reuse(stage, 'm')
    await stage.run(60_000)
    expect(stage.count('+convert-to-slave')).toBe(0)
    expect(stage.count('+foreign-node', 's1')).toBe(1)
    expect(stage.cluster.node('m').dataset.origin).toBe('x')
  })
})

describe('a master of another deployment at the address of an old master, with replicas of its own', () => {
  const deposed = async (stage: Stage) => {
    await killMaster(stage)
    stage.do({ kind: 'reuse-address', node: 'm', as: 'followed-master' })
  }

  scenario('is not demoted before its own sentinels could speak', { seed: 320, groups: groups(), hasStrangers: true }, async (stage) => {
    await deposed(stage)
    await stage.run(7900)
    expect(stage.count('+convert-to-slave')).toBe(0)
  })

  scenario('is not demoted once one of them has', { seed: 321, groups: groups(), hasStrangers: true }, async (stage) => {
    await deposed(stage)
    await stage.run(2000)
    const { ip } = stage.cluster.node('m')
    stage.cluster.node('m').publish('__sentinel__:hello', `10.9.0.1,26379,${'e'.repeat(40)},9,mymaster,${ip},6379,9`)
    await stage.run(60_000)
    expect(stage.count('+foreign-node', 's1')).toBe(1)
    expect(stage.count('+convert-to-slave')).toBe(0)
    expect(stage.count('+switch-master', 's1')).toBe(1)
    expect(stage.count('+sentinel')).toBe(0)
  })
})

describe('a sentinel that missed two failovers', () => {
  const deployment = {
    groups: [{ downAfterMs: 2000, replicas: [{ priority: 10 }, { priority: 20 }], nodes: { fullSyncMs: 200 } }],
  }

  scenario('follows its peers to a master whose ids it does not know', { seed: 322, ...deployment }, async (stage) => {
    stage.cluster.sentinel('s3').kill()
    await stage.run(1000)
    for (let at = 0; at < 2; at += 1) {
      stage.mark()
      const name = stage.masterOf('s1') ?? ''
      stage.cluster.node(name).kill()
      await stage.hears('+failover-end', 30_000)
      await stage.run(5000)
      if (at > 0) continue
      stage.cluster.node(name).start()
      await stage.run(20_000)
    }
    const present = stage.masterOf('s1')
    for (const node of stage.cluster.nodes) if (node.name !== present) node.kill()
    await stage.run(1000)
    stage.mark()
    stage.cluster.sentinel('s3').start()
    await stage.hears('+switch-master', 5000, 's3')
    expect(stage.masterOf('s3')).toBe(present)
    expect(stage.count('+foreign-node')).toBe(0)
  })
})

describe('a replica that follows a wrong node of its own deployment', () => {
  scenario('is corrected as ever', { seed: 315, groups: groups(), hasStrangers: true }, async (stage) => {
    stage.do({ kind: 'misdirect-node', node: 'r1', to: 'r2' })
    await stage.hears('+fix-slave-config', 30_000)
    expect(stage.count('+foreign-node')).toBe(0)
  })
})

describe.each(['rdb', 'aof', 'none'] as const)('a master with the persistence %s', (persistence) => {
  scenario('that restarts is never foreign: as the master, and as the old one', { seed: 316, groups: groups(persistence) }, async (stage) => {
    stage.cluster.node('m').kill()
    await stage.run(300)
    stage.cluster.node('m').start()
    await stage.rests(60_000)
    await killMaster(stage)
    stage.cluster.node('m').start()
    await stage.rests(60_000)
    expect(stage.count('+convert-to-slave')).toBeGreaterThan(0)
    expect(stage.count('+foreign-node')).toBe(0)
  })
})
