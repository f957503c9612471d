/** Masters that die together share an epoch (docs/decisions/0009-shared-epoch-of-masters-lost-together.md). */
import { describe, expect, it } from 'vitest'
import { Cluster } from '../simulator/index.ts'

const NAMES = Array.from({ length: 12 }, (_, at) => `m${at}`)

describe('twelve masters that die in the same moment', () => {
  it('are all replaced in the first round of their elections, in few epochs', async () => {
    const cluster = new Cluster({ seed: 5, sentinels: 3, groups: NAMES.map((name) => ({ name, downAfterMs: 1000 })) })
    await cluster.runFor(30_000)
    const masters = NAMES.map((name) => cluster.nodeAt(cluster.sentinels[0]?.view?.clientAddress(name)?.host ?? ''))
    const addresses = () => cluster.sentinels.map(({ view }) => NAMES.map((name) => view?.clientAddress(name)?.host))
    const before = addresses()
    for (const master of masters) master?.kill()
    const isReplaced = () => addresses().every((seen, sentinel) => (
      seen.every((host, at) => host !== undefined && host !== before[sentinel]?.[at])
    ))
    expect(await cluster.reaches(isReplaced, 5000, { everyMs: 20 })).toBe(true)
    const events = cluster.trace.lines.map(({ event }) => event?.name)
    expect(events.filter((name) => name === '-failover-abort-not-elected')).toEqual([])
    expect(events.filter((name) => name === '+elected-leader')).toHaveLength(NAMES.length)
    const [first] = cluster.sentinels
    if (first === undefined) throw new Error('three sentinels were asked for')
    const epochs = new Set(NAMES.map((name) => first.view?.master(name, first.now())?.configEpoch))
    expect(epochs.size).toBeLessThanOrEqual(3)
  })
})
