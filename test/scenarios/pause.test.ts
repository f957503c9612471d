/** Failovers that operators pause: whether they are impossible, as the reply says, and what ends a pause. */
import { describe, expect, it } from 'vitest'
import type { Operation, OperationResult } from '../../src/core/index.ts'
import { playOn, scenario, type Stage } from './support/stage.ts'

const PAUSED = { kind: 'paused', name: 'mymaster' } as const
const RESUME = { kind: 'resume', name: 'mymaster' } as const
const FAILOVER = { kind: 'failover', name: 'mymaster' } as const
const MINUTE = 60_000

function pause(forMs = 10 * MINUTE): Operation {
  return { kind: 'pause', name: 'mymaster', forMs, reason: 'maintenance' }
}

type Paused = Extract<OperationResult, { kind: 'paused' }>

async function pauseOn(stage: Stage, names: readonly string[], forMs?: number): Promise<Paused> {
  let last: OperationResult | undefined
  for (const name of names) last = await stage.cluster.operate(name, pause(forMs))
  if (last?.kind !== 'paused') throw new Error(`the answer is ${last?.kind}`)
  return last
}

function named(count: number): string[] {
  return Array.from({ length: count }, (_, at) => `s${at + 1}`)
}

/** Sentinels, quorum, and how many are paused. */
const FLEETS = [[2, 1], [2, 2], [3, 1], [3, 2], [3, 3], [4, 2], [5, 2], [5, 3], [5, 4]] as const
const TABLE = FLEETS.flatMap(([sentinels, quorum]) => (
  Array.from({ length: sentinels }, (_, at) => [sentinels, quorum, at + 1] as const)
))

describe('a pause on some sentinels', () => {
  it.each(TABLE)('of %i with quorum %i, here %i, prevents a failover if its reply contains "effective"', async (sentinels, quorum, paused) => {
    const options = { seed: 70, sentinels, groups: [{ quorum, downAfterMs: 1000, failoverTimeoutMs: 5000 }] }
    await playOn(options, async (stage) => {
      const reply = await pauseOn(stage, named(paused))
      const votes = Math.max(Math.floor(sentinels / 2) + 1, quorum)
      const needed = sentinels - votes + 1
      expect(reply).toMatchObject({ paused, known: sentinels, needed, effective: paused >= needed })
      const { until: _until, ...claim } = reply
      expect(await stage.cluster.operate('s1', PAUSED)).toMatchObject(claim)
      stage.cluster.node('m').kill()
      if (!reply.effective) return stage.hears('+switch-master', 3000)
      await stage.run(20_000)
      expect(stage.count('+promoted-slave')).toBe(0)
      for (const name of named(paused)) expect(stage.names(name)).not.toContain('+try-failover')
      stage.mark()
      for (const name of named(paused)) await stage.cluster.operate(name, RESUME)
      await stage.hears('+switch-master', 1500)
    })
  })
})

describe('a pause', () => {
  scenario('that expires while the master is down is followed by the failover at once', { seed: 71 }, async (stage) => {
    await pauseOn(stage, named(3), 15_000)
    const until = stage.cluster.nowMs + 15_000
    stage.cluster.node('m').kill()
    await stage.hears('-paused', 16_000)
    expect(stage.count('+try-failover')).toBe(0)
    await stage.hears('+switch-master', 1000)
    expect(stage.at('+switch-master')).toBeGreaterThan(until - 100)
    expect(stage.at('+switch-master')).toBeLessThan(until + 1000)
    stage.cluster.node('m').start()
    await stage.rests(60_000)
  })

  scenario('that expires at different times is followed by the failover after the last one', { seed: 72 }, async (stage) => {
    for (const [at, name] of named(3).entries()) await pauseOn(stage, [name], 8000 + 4000 * at)
    stage.cluster.node('m').kill()
    const until = stage.cluster.nowMs + 12_000
    await stage.hears('+promoted-slave', 20_000)
    // Two of three suffice.
    expect(Math.abs(stage.at('+promoted-slave') - until)).toBeLessThan(1500)
    await stage.run(10_000)
    expect(stage.count('-paused')).toBe(3)
  })

  scenario('goes on when its sentinels are restarted, and ends at its time', { seed: 73 }, async (stage) => {
    await pauseOn(stage, ['s2'], 30_000)
    const { until } = await pauseOn(stage, ['s1'], 30_000)
    await stage.run(3000)
    stage.mark()
    for (const name of ['s1', 's2']) stage.cluster.sentinel(name).kill()
    await stage.run(500)
    for (const name of ['s1', 's2']) stage.cluster.sentinel(name).start()
    await stage.run(5000)
    expect(stage.log('s1')).toContain(`+paused master mymaster 10.0.1.1 6379 until ${until} maintenance`)
    expect(await stage.cluster.operate('s1', PAUSED)).toEqual({ kind: 'paused', until, paused: 2, known: 3, needed: 2, effective: true })
    stage.cluster.node('m').kill()
    await stage.run(15_000)
    expect(stage.count('+promoted-slave')).toBe(0)
    await stage.hears('+switch-master', 10_000)
    expect(stage.log('s1').filter((line) => line.startsWith('-paused'))).toEqual(['-paused master mymaster 10.0.1.1 6379 #expired'])
  })

  scenario('that is repeated has the new time', { seed: 74 }, async (stage) => {
    const first = await pauseOn(stage, ['s1'], 60_000)
    const second = await pauseOn(stage, ['s1'], 2000)
    expect(second.until).toBeLessThan(first.until)
    await stage.hears('-paused', 2100)
    expect(await stage.cluster.operate('s1', PAUSED)).toEqual({ kind: 'not-paused' })
  })

  scenario('outlives RESET, and ends with REMOVE', { seed: 75 }, async (stage) => {
    const { until } = await pauseOn(stage, ['s1'])
    await stage.cluster.operate('s1', { kind: 'reset', pattern: '*' })
    expect(await stage.cluster.operate('s1', PAUSED)).toMatchObject({ until, paused: 1, known: 3 })
    await stage.cluster.operate('s1', { kind: 'remove', name: 'mymaster' })
    await stage.cluster.operate('s1', { kind: 'monitor', name: 'mymaster', host: '10.0.1.1', port: 6379, quorum: 2 })
    expect(await stage.cluster.operate('s1', PAUSED)).toEqual({ kind: 'not-paused' })
  })

  scenario('outlives an ordered failover, which happens on a paused sentinel', { seed: 76 }, async (stage) => {
    await pauseOn(stage, named(3))
    expect(await stage.cluster.operate('s1', FAILOVER)).toEqual({ kind: 'ok' })
    await stage.hears('+switch-master', 1500, 's3')
    expect(stage.count('+vote-for-leader', 's2')).toBe(1)
    expect(stage.cluster.sentinel('s1').view?.currentEpoch).toBe(1n)
    await stage.run(20_000)
    expect(await stage.cluster.operate('s2', PAUSED)).toMatchObject({ paused: 3, effective: true })
  })

  scenario('does not stop a coordinated failover, not even one whose leader dies after its order', { seed: 80 }, async (stage) => {
    const order = { ...FAILOVER, coordinated: {} }
    await pauseOn(stage, named(3))
    expect(await stage.cluster.operate('s1', order)).toEqual({ kind: 'ok' })
    await stage.run(10_000)
    const first = stage.agreedMaster
    expect(first).not.toBe('m')
    expect(stage.count('-failover-abort-not-elected')).toBe(0)
    stage.mark()
    await stage.run(15_000)
    expect(await stage.cluster.operate('s1', order)).toEqual({ kind: 'ok' })
    await stage.hears('+failover-state-wait-promotion', 3000, 's1')
    await stage.until('the replica takes over', () => stage.cluster.nodes.some(({ isMaster, name }) => isMaster && name !== first), 3000)
    stage.cluster.sentinel('s1').kill()
    await stage.until('the others announce it', () => stage.agreedMaster !== first && stage.agreedMaster !== undefined, 30_000)
  })

  scenario('on the others does not stop a failover that is ordered on a sentinel without one', { seed: 77 }, async (stage) => {
    await pauseOn(stage, ['s2', 's3'])
    await stage.cluster.operate('s1', FAILOVER)
    await stage.hears('+promoted-slave', 1000, 's1')
  })

  scenario('is not effective while a vote from before may still elect a leader', { seed: 78 }, async (stage) => {
    stage.cluster.node('m').kill()
    const votes = () => stage.lines().flatMap(({ event, who }) => event?.name === '+vote-for-leader' ? [{ who, leader: event.leader }] : [])
    await stage.until('a sentinel votes for another', () => new Set(votes().map(({ who }) => who)).size > 1, 20_000)
    const candidate = votes()[0]?.who ?? ''
    const others = named(3).filter((name) => name !== candidate)
    const replies: OperationResult[] = []
    for (const name of others) stage.cluster.sentinel(name).operate(pause(), (result) => { replies.push(result) })
    await stage.hears('+switch-master', 3000, candidate)
    expect(replies.map((reply) => reply.kind === 'paused' && reply.effective)).toEqual([false, false])
  })

  scenario('ends the election of the sentinel itself', { seed: 79 }, async (stage) => {
    stage.cluster.node('m').kill()
    await stage.hears('+try-failover', 20_000)
    const { who = '' } = stage.lines().find(({ event }) => event?.name === '+try-failover') ?? {}
    for (const name of named(3)) stage.cluster.sentinel(name).operate(pause(5000))
    await stage.hears('-paused', 6000, who)
    expect(stage.names(who)).toContain('-failover-abort-not-elected')
    expect(stage.count('+elected-leader')).toBe(0)
    await stage.hears('+switch-master', 1000)
  })
})
