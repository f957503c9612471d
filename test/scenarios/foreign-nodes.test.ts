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
