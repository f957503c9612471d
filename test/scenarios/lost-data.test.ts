/** A master that restarts without its data, faster than it is found down (docs/decisions/0049-empty-master.md). */
import { describe, expect } from 'vitest'
import { Writer } from '../simulator/index.ts'
import { scenario, type Stage } from './support/stage.ts'

/** Replicas begin their full synchronisation with the empty master in these milliseconds. */
const slow = [{ downAfterMs: 5000, nodes: { fullSyncMs: 5500 } }]
const fast = [{ downAfterMs: 5000, nodes: { fullSyncMs: 50 } }]

async function writeFor(stage: Stage, ms: number): Promise<number> {
  const writer = new Writer(stage.cluster, { name: 'w', ip: '10.0.9.1', group: 'mymaster', everyMs: 50, firstId: 1 })
  await stage.run(ms)
  writer.stop()
  await stage.run(100)
  return stage.cluster.node('m').dataset.writes.length
}

async function restartEmpty(stage: Stage): Promise<void> {
  stage.cluster.node('m').kill()
  await stage.run(200)
  stage.cluster.node('m').start({ withData: false })
}

describe('a master that restarts without its data', () => {
  scenario('is replaced within 300 ms, and no key is lost', { seed: 301, groups: slow }, async (stage) => {
    const keys = await writeFor(stage, 2000)
    stage.mark()
    const diedAt = stage.cluster.nowMs
    await restartEmpty(stage)
    await stage.hears('+promoted-slave', 2000)
    expect(stage.at('+promoted-slave') - diedAt).toBeLessThan(500)
    await stage.rests(60_000)
    const master = stage.cluster.node(stage.agreedMaster ?? '')
    expect(master.dataset.writes).toHaveLength(keys)
    for (const { dataset } of stage.cluster.nodes) expect(dataset.writes).toHaveLength(keys)
  })

  scenario('is replaced although a client has written to it before the sentinels see it', { seed: 308, groups: slow }, async (stage) => {
    const keys = await writeFor(stage, 2000)
    stage.mark()
    await restartEmpty(stage)
    stage.cluster.node('m').dataset.append(1_000_000)
    await stage.hears('+promoted-slave', 2000)
    await stage.rests(60_000)
    for (const { dataset } of stage.cluster.nodes) expect(dataset.writes).toHaveLength(keys)
  })

  scenario('stays the master when its replicas have copied it before', { seed: 302, groups: fast }, async (stage) => {
    await writeFor(stage, 2000)
    await stage.run(12_000)
    stage.mark()
    for (const { name } of stage.cluster.sentinels) {
      stage.do({ kind: 'pause-sentinel', sentinel: name, ms: 1800 })
    }
    await restartEmpty(stage)
    await stage.hears('+lost-data', 5000)
    await stage.run(20_000)
    expect(stage.names('s1').filter((name) => name === '+lost-data')).toEqual(['+lost-data'])
    expect(stage.count('+sdown')).toBe(0)
    expect(stage.log('s1').find((text) => text.startsWith('+lost-data'))).toContain('no replica has the data')
  })

  scenario('is only reported with empty-master report', { seed: 303, groups: slow, protection: { emptyMaster: 'report' } }, async (stage) => {
    await writeFor(stage, 2000)
    stage.mark()
    await restartEmpty(stage)
    await stage.run(20_000)
    expect(stage.count('+lost-data', 's1')).toBe(1)
    expect(stage.count('+sdown')).toBe(0)
  })

  scenario('stays the master with empty-master off, as with the original', { seed: 304, groups: slow, protection: { emptyMaster: 'off' } }, async (stage) => {
    await writeFor(stage, 2000)
    stage.mark()
    await restartEmpty(stage)
    await stage.run(20_000)
    expect(stage.names('s1')).toEqual(['+reboot'])
    expect(stage.cluster.node('r1').dataset.writes).toHaveLength(0)
  })

  scenario('waits for a second sentinel that sees the same', { seed: 305, groups: slow }, async (stage) => {
    await writeFor(stage, 2000)
    stage.mark()
    for (const name of ['s2', 's3']) stage.cluster.sentinel(name).kill()
    await restartEmpty(stage)
    await stage.run(4000)
    expect(stage.names('s1').filter((name) => name === '+lost-data' || name === '+odown')).toEqual(['+lost-data'])
    await stage.run(20_000)
    // Its replicas are empty by then.
    expect(stage.names('s1').filter((name) => name === '+lost-data')).toEqual(['+lost-data', '+lost-data'])
    expect(stage.flags('s1', 'm')).toBe('master')
    expect(stage.count('+odown')).toBe(0)
  })

  scenario('and again at once is replaced once', { seed: 306, groups: slow }, async (stage) => {
    const keys = await writeFor(stage, 2000)
    stage.mark()
    await restartEmpty(stage)
    await stage.run(20)
    await restartEmpty(stage)
    await stage.rests(60_000)
    expect(stage.count('+elected-leader')).toBe(1)
    expect(stage.cluster.node(stage.agreedMaster ?? '').dataset.writes).toHaveLength(keys)
  })
})

describe('a master that restarts with its data', () => {
  scenario('stays the master', { seed: 307, groups: slow }, async (stage) => {
    await writeFor(stage, 2000)
    stage.mark()
    stage.cluster.node('m').kill()
    await stage.run(200)
    stage.cluster.node('m').start()
    await stage.run(20_000)
    expect(stage.names('s1')).toEqual(['+reboot'])
  })
})
