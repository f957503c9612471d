/** A master that was replaced and runs again as a master (docs/decisions/0045-returned-master.md). */
import { describe, expect } from 'vitest'
import { scenario, type Stage } from './support/stage.ts'

/** How long the node was a master since this moment, in milliseconds. */
async function mastership(stage: Stage, name: string, withinMs: number): Promise<number> {
  const from = stage.cluster.nowMs
  await stage.until(`${name} follows the new master`, () => stage.cluster.node(name).replication.master !== undefined, withinMs)
  return stage.cluster.nowMs - from
}

describe('a master that was replaced', () => {
  scenario('and is started again is demoted at once by a majority', { seed: 4501 }, async (stage) => {
    stage.cluster.node('m').kill()
    await stage.hears('+failover-end', 10_000)
    await stage.run(20_000)
    stage.mark()
    stage.cluster.node('m').start()
    expect(await mastership(stage, 'm', 10_000)).toBeLessThan(200)
    expect(stage.count('+convert-to-slave')).toBeGreaterThan(0)
    await stage.rests(30_000)
    expect(stage.agreedMaster).not.toBe('m')
  })

  scenario('and is started again is demoted after 4 publish periods where no majority is left', { seed: 4502 }, async (stage) => {
    stage.cluster.node('m').kill()
    await stage.hears('+failover-end', 10_000)
    await stage.run(5000)
    stage.cluster.sentinel('s1').kill()
    stage.cluster.sentinel('s2').kill()
    await stage.run(2000)
    stage.cluster.node('m').start()
    expect(await mastership(stage, 'm', 30_000)).toBeGreaterThanOrEqual(8000)
  })

  scenario('in an ordered failover follows the new master as soon as that is promoted', { seed: 4503 }, async (stage) => {
    await stage.cluster.operate('s1', { kind: 'failover', name: 'mymaster' })
    await stage.hears('+promoted-slave', 5000)
    expect(await mastership(stage, 'm', 1000)).toBeLessThan(20)
    await stage.hears('+switch-master', 5000, 's1')
    await stage.rests(30_000)
    expect(stage.count('+try-failover')).toBe(1)
  })

  scenario('in an ordered failover with one replica follows it, too', { seed: 4504, groups: [{ replicas: [{}] }] }, async (stage) => {
    await stage.cluster.operate('s1', { kind: 'failover', name: 'mymaster' })
    await stage.hears('+promoted-slave', 5000)
    expect(await mastership(stage, 'm', 1000)).toBeLessThan(20)
    await stage.rests(30_000)
  })

  scenario('behind a partition is demoted at once when it heals', { seed: 4505 }, async (stage) => {
    stage.do({ kind: 'partition', side: ['m'], isOneWay: false, ms: 25_000 })
    await stage.hears('+failover-end', 10_000)
    await stage.run(10_000)
    await stage.until('the partition has healed', () => stage.lines().some(({ text }) => text.startsWith('end of partition')), 30_000)
    expect(await mastership(stage, 'm', 10_000)).toBeLessThan(1500)
    await stage.rests(60_000)
  })

  scenario('is left alone for 4 publish periods while a later candidate may have been elected', { seed: 4506 }, async (stage) => {
    stage.cluster.node('m').kill()
    await stage.hears('+failover-end', 10_000)
    await stage.run(5000)
    // A candidate of a later epoch got two votes and has vanished: it may have promoted any node.
    const { host = '', port = 0 } = stage.cluster.sentinel('s1').view?.clientAddress('mymaster') ?? {}
    const candidate = 'f'.repeat(40)
    for (const voter of ['s1', 's2']) {
      await stage.cluster.operate(voter, { kind: 'is-master-down', host, port, epoch: 9n, candidate })
    }
    stage.cluster.node('m').start()
    expect(await mastership(stage, 'm', 30_000)).toBeGreaterThanOrEqual(7900)
  })
})

describe('a replica that was promoted by hand', () => {
  scenario('in the same life of its process is left alone for 4 publish periods', { seed: 4507 }, async (stage) => {
    stage.cluster.node('r1').replicaOf('NO', 'ONE')
    expect(await mastership(stage, 'r1', 30_000)).toBeGreaterThanOrEqual(8000)
  })
})
