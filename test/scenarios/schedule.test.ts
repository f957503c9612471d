/** SENTINEL FAILOVER ... COORDINATED AT (docs/decisions/0053-schedule.md). */
import { describe, expect } from 'vitest'
import { WALL_START_MS } from '../simulator/index.ts'
import { scenario, type Stage } from './support/stage.ts'

const ALL = ['s1', 's2', 's3']
const CANCEL = { kind: 'cancel-failover', name: 'mymaster' } as const

/** Orders it on these sentinels, to begin after `ms`. Returns its time in the run. */
async function schedule(stage: Stage, names: readonly string[], ms: number): Promise<number> {
  const dueMs = Math.round(stage.cluster.nowMs) + ms
  const order = { kind: 'failover', name: 'mymaster', coordinated: { at: WALL_START_MS + dueMs } } as const
  for (const name of names) expect(await stage.cluster.operate(name, order)).toEqual({ kind: 'ok' })
  return dueMs
}

function ends(stage: Stage): string[] {
  return stage.log().filter((line) => line.startsWith('-scheduled')).map((line) => line.split('#')[1] ?? '')
}

describe('a scheduled failover', () => {
  scenario('is carried out at its time by one of the sentinels that hold it', { seed: 90 }, async (stage) => {
    const dueMs = await schedule(stage, ALL, 20_000)
    await stage.run(19_900)
    expect(stage.names()).toEqual(['+scheduled', '+scheduled', '+scheduled'])
    await stage.rests(30_000)
    expect(stage.at('+try-failover')).toBeGreaterThanOrEqual(dueMs)
    expect(stage.at('+promoted-slave') - dueMs).toBeLessThan(1000)
    expect(ends(stage).sort()).toEqual(['another sentinel begins it', 'another sentinel begins it', 'started'])
    await stage.run(90_000)
    expect(stage.count('+promoted-slave')).toBe(1)
  })

  scenario('is carried out once where the clocks of the sentinels differ by seconds', {
    seed: 91, clock: (index) => ({ monoStart: 1000 * (index + 1), wallOffset: [-2500, 0, 3000][index] ?? 0 }),
  }, async (stage) => {
    await schedule(stage, ALL, 10_000)
    await stage.rests(60_000)
    await stage.run(70_000)
    expect(stage.count('+promoted-slave')).toBe(1)
    expect(ends(stage)).toHaveLength(3)
  })

  scenario('needs a single sentinel that holds it', { seed: 92 }, async (stage) => {
    await schedule(stage, ['s2'], 5000)
    await stage.hears('+promoted-slave', 6000, 's2')
    await stage.rests(30_000)
  })

  scenario('does not happen once it is cancelled', { seed: 93 }, async (stage) => {
    await schedule(stage, ALL, 5000)
    for (const name of ALL) expect(await stage.cluster.operate(name, CANCEL)).toEqual({ kind: 'ok' })
    expect(await stage.cluster.operate('s1', CANCEL)).toEqual({ kind: 'refused', error: 'no-schedule' })
    await stage.run(20_000)
    expect(stage.count('+try-failover')).toBe(0)
    expect(ends(stage)).toEqual(['cancelled', 'cancelled', 'cancelled'])
  })

  scenario('stays over restarts and RESET', { seed: 94 }, async (stage) => {
    const dueMs = await schedule(stage, ALL, 30_000)
    await stage.run(3000)
    for (const name of ALL) stage.cluster.sentinel(name).kill()
    await stage.run(1000)
    for (const name of ALL) stage.cluster.sentinel(name).start()
    await stage.run(8000)
    for (const name of ALL) await stage.cluster.operate(name, { kind: 'reset', pattern: '*' })
    await stage.run(10_000)
    expect(stage.count('+try-failover')).toBe(0)
    await stage.hears('+promoted-slave', 12_000)
    expect(stage.at('+promoted-slave') - dueMs).toBeLessThan(1000)
  })

  scenario('begins up to a minute late where the sentinels were down at its time', { seed: 95 }, async (stage) => {
    await schedule(stage, ALL, 5000)
    await stage.run(3000)
    for (const name of ALL) stage.cluster.sentinel(name).kill()
    await stage.run(30_000)
    for (const name of ALL) stage.cluster.sentinel(name).start()
    await stage.hears('+promoted-slave', 10_000)
  })

  scenario('is dropped where they were down for longer', { seed: 96 }, async (stage) => {
    await schedule(stage, ALL, 5000)
    await stage.run(3000)
    for (const name of ALL) stage.cluster.sentinel(name).kill()
    await stage.run(70_000)
    for (const name of ALL) stage.cluster.sentinel(name).start()
    await stage.rests(30_000)
    await stage.run(10_000)
    expect(stage.count('+try-failover')).toBe(0)
    expect(ends(stage)).toEqual(Array(3).fill('it could not begin within a minute'))
  })

  scenario('is dropped when the master is replaced before', { seed: 97 }, async (stage) => {
    await schedule(stage, ALL, 60_000)
    stage.cluster.node('m').kill()
    await stage.hears('+switch-master', 30_000)
    stage.cluster.node('m').start()
    await stage.rests(60_000)
    expect(ends(stage)).toEqual(Array(3).fill('the master was replaced'))
    await stage.run(90_000)
    expect(stage.count('+promoted-slave')).toBe(1)
  })

  scenario('is not repeated by a sentinel that was killed before it had saved that it ended', { seed: 101 }, async (stage) => {
    await schedule(stage, ALL, 5000)
    await stage.run(3000)
    for (const name of ALL) {
      await stage.hears('+switch-master', 10_000, name)
      stage.cluster.sentinel(name).kill()
      stage.cluster.sentinel(name).start()
    }
    await stage.rests(30_000)
    await stage.run(70_000)
    expect(stage.count('+promoted-slave')).toBe(1)
    expect(ends(stage)).toContain('the master was replaced')
  })

  scenario('is carried out while failovers are paused', { seed: 98 }, async (stage) => {
    await schedule(stage, ALL, 5000)
    const pause = { kind: 'pause', name: 'mymaster', forMs: 15_000, reason: undefined } as const
    for (const name of ALL) await stage.cluster.operate(name, pause)
    await stage.hears('+promoted-slave', 6000)
    await stage.rests(60_000)
    expect(stage.count('+promoted-slave')).toBe(1)
  })

  scenario('is refused for a time that has passed or is too far away', { seed: 99 }, async (stage) => {
    const day = 24 * 3600 * 1000
    const order = (ms: number) => (
      { kind: 'failover', name: 'mymaster', coordinated: { at: WALL_START_MS + Math.round(stage.cluster.nowMs) + ms } } as const
    )
    expect(await stage.cluster.operate('s1', order(-1))).toEqual({ kind: 'refused', error: 'time-has-passed' })
    expect(await stage.cluster.operate('s1', order(31 * day))).toEqual({ kind: 'refused', error: 'time-too-far' })
  })

  scenario('is replaced by a later order', { seed: 100 }, async (stage) => {
    await schedule(stage, ALL, 5000)
    const dueMs = await schedule(stage, ALL, 15_000)
    await stage.hears('+promoted-slave', 20_000)
    expect(stage.at('+promoted-slave')).toBeGreaterThan(dueMs)
  })
})
