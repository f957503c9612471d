/** Failovers that operators order on several sentinels at once, and two addresses under one config-epoch. */
import { describe, expect, it } from 'vitest'
import { playOn, scenario, type Stage } from './support/stage.ts'

const FAILOVER = { kind: 'failover', name: 'mymaster' } as const
const RESET = { kind: 'reset', pattern: '*' } as const
/** Epochs that belong to one sentinel are above it. */
const OWN_FROM = 2n ** 24n

function configEpochs(stage: Stage): (bigint | undefined)[] {
  return stage.cluster.sentinels.map((sentinel) => sentinel.view?.master('mymaster', sentinel.now())?.configEpoch)
}

/** Cuts s1 and its own replica off from the rest. */
function divide(stage: Stage, ms: number): void {
  stage.do({ kind: 'partition', side: ['s1', 'r1'], isOneWay: false, ms })
}

describe('two orders for a failover in one moment', () => {
  it.each([0, 1, 4, 20, 60])('lead to one failover and two answers OK when they are %i ms apart', async (gapMs) => {
    for (let seed = 1; seed <= 5; seed += 1) {
      await playOn({ seed }, async (stage) => {
        const first = stage.cluster.operate('s1', FAILOVER)
        await stage.run(gapMs)
        const second = stage.cluster.operate('s2', FAILOVER)
        await stage.hears('+switch-master', 3000, 's3')
        expect([await first, await second]).toEqual([{ kind: 'ok' }, { kind: 'ok' }])
        await stage.rests(40_000)
        expect(stage.count('+promoted-slave'), stage.tail()).toBe(1)
        expect(stage.agreedMaster).not.toBe('m')
      })
    }
  })

  scenario('lead to one failover with five sentinels as well', { seed: 61, sentinels: 5 }, async (stage) => {
    for (const { name } of stage.cluster.sentinels) void stage.cluster.operate(name, FAILOVER)
    await stage.run(1)
    await stage.hears('+promoted-slave', 5000)
    await stage.rests(40_000)
    expect(stage.count('+promoted-slave')).toBe(1)
  })

  scenario('never lead to two leaders of one epoch after RESET on both sentinels', { seed: 62 }, async (stage) => {
    for (const name of ['s1', 's2']) {
      void stage.cluster.operate(name, RESET)
      void stage.cluster.operate(name, FAILOVER)
    }
    await stage.run(5000)
    for (const name of ['s1', 's2']) void stage.cluster.operate(name, FAILOVER)
    await stage.rests(60_000)
  })

  scenario('use different config-epochs on both sides of a partition', { seed: 63, sentinels: 5 }, async (stage) => {
    divide(stage, 20_000)
    await stage.run(12_000)
    void stage.cluster.operate('s1', FAILOVER)
    void stage.cluster.operate('s2', FAILOVER)
    await stage.run(3000)
    await stage.rests(90_000)
  })
})

describe('an order for a failover', () => {
  scenario('is carried out at once when all other sentinels are down', { seed: 64 }, async (stage) => {
    for (const name of ['s2', 's3']) stage.cluster.sentinel(name).kill()
    await stage.run(6000)
    stage.mark()
    const orderedAt = stage.cluster.nowMs
    expect(await stage.cluster.operate('s1', FAILOVER)).toEqual({ kind: 'ok' })
    await stage.hears('+promoted-slave', 1000, 's1')
    expect(stage.cluster.nowMs - orderedAt).toBeLessThan(500)
    expect(stage.count('-failover-abort-not-elected')).toBe(0)
    for (const name of ['s2', 's3']) stage.cluster.sentinel(name).start()
    await stage.rests(40_000)
    for (const epoch of configEpochs(stage)) expect(epoch).toBeGreaterThan(OWN_FROM)
  })

  scenario('is carried out after a second when the other sentinels hang', { seed: 65, groups: [{ downAfterMs: 5000 }] }, async (stage) => {
    for (const name of ['s2', 's3']) stage.cluster.sentinel(name).pause()
    await stage.cluster.operate('s1', FAILOVER)
    await stage.hears('+promoted-slave', 1500, 's1')
    for (const name of ['s2', 's3']) stage.cluster.sentinel(name).resume()
    await stage.rests(90_000)
  })

  scenario('uses the next epoch when there is a single sentinel', { seed: 66, sentinels: 1, groups: [{ quorum: 1 }] }, async (stage) => {
    await stage.cluster.operate('s1', FAILOVER)
    await stage.hears('+switch-master', 3000)
    expect(configEpochs(stage)).toEqual([1n])
  })

  scenario('starts no second failover while another sentinel fails over', { seed: 67 }, async (stage) => {
    void stage.cluster.operate('s1', FAILOVER)
    await stage.run(1)
    await stage.hears('+vote-for-leader', 1000, 's2')
    expect(await stage.cluster.operate('s2', FAILOVER)).toEqual({ kind: 'ok' })
    await stage.rests(40_000)
    expect(stage.count('+promoted-slave')).toBe(1)
  })
})

describe('events of an attempt', () => {
  it.each(['+new-epoch', '+try-failover', '+vote-for-leader'])('are reported when their epoch is durable: %s', async (event) => {
    for (const cause of ['order', 'death'] as const) {
      await playOn({ seed: 68, disk: { writeMin: 20_000, writeJitter: 0 } }, async (stage) => {
        if (cause === 'order') void stage.cluster.operate('s1', FAILOVER)
        else stage.cluster.node('m').kill()
        await stage.hears(event, 10_000)
        const speaker = stage.lines().find((line) => line.event?.name === event)?.who ?? ''
        const sentinel = stage.cluster.sentinel(speaker)
        sentinel.kill()
        expect(sentinel.disk.content.currentEpoch, cause).toBe(1n)
        sentinel.start()
        expect(sentinel.view?.currentEpoch).toBe(1n)
        stage.cluster.node('m').start()
        await stage.rests(120_000)
      })
    }
  })
})

describe('a hello message with another address under the same config-epoch', () => {
  async function failOver(stage: Stage): Promise<{ master: string, other: string }> {
    await stage.cluster.operate('s1', FAILOVER)
    await stage.rests(40_000)
    const master = stage.agreedMaster ?? ''
    const other = stage.cluster.nodes.find(({ name }) => name !== master && name !== 'm')
    return { master, other: other?.ip ?? '' }
  }

  async function claim(stage: Stage, host: string): Promise<void> {
    const { id } = stage.cluster.sentinel('s3')
    await stage.cluster.operate('s1', { kind: 'hello', payload: `10.0.0.3,26379,${id},1,mymaster,${host},6379,1` })
  }

  scenario('makes this sentinel use a new epoch, which all adopt within 3 s', { seed: 69 }, async (stage) => {
    const { master, other } = await failOver(stage)
    await claim(stage, other)
    await stage.until('all hold one newer config-epoch', () => {
      const [first = 0n, ...rest] = configEpochs(stage)
      return first > OWN_FROM && rest.every((epoch) => epoch === first)
    }, 3000)
    expect(stage.agreedMaster).toBe(master)
    await stage.rests(20_000)
  })

  scenario('changes nothing when the address is unknown', { seed: 70 }, async (stage) => {
    await failOver(stage)
    await claim(stage, '10.9.9.9')
    await stage.run(3000)
    expect(configEpochs(stage)).toEqual([1n, 1n, 1n])
  })
})
