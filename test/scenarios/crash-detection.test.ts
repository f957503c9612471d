/** A master whose process has ended is down at once; every other kind of silence waits for down-after. */
import { describe, expect } from 'vitest'
import type { ClusterOptions } from '../simulator/index.ts'
import { scenario, type Stage } from './support/stage.ts'

const DOWN_AFTER_MS = 30_000
const CRASH_MS = 200

/** Long enough for several attempts beyond crash-detection, and far from down-after. */
const LONG_MS = 10_000

function fleet(seed: number, more: ClusterOptions = {}): ClusterOptions {
  return { seed, groups: [{ downAfterMs: DOWN_AFTER_MS }], protection: { crashDetectionMs: CRASH_MS }, ...more }
}

const sentinelIps = (stage: Stage) => stage.cluster.sentinels.map(({ host }) => host.ip)

/** Everything between the sentinels and the first master replies in its place, and the connections break. */
function intercept(stage: Stage, how: 'refused' | 'unreachable' | 'reset'): void {
  const { network } = stage.cluster
  const { ip } = stage.cluster.node('m')
  for (const sentinel of sentinelIps(stage)) {
    network.route(sentinel, ip).interception = how
    network.cut(sentinel, ip)
  }
}

async function staysUp(stage: Stage): Promise<void> {
  await stage.run(LONG_MS)
  expect(stage.count('+sdown'), stage.tail()).toBe(0)
  expect(stage.agreedMaster).toBe('m')
}

/** Milliseconds from now until all sentinels name another master. */
async function replacedAfter(stage: Stage, withinMs: number): Promise<number> {
  const from = stage.cluster.nowMs
  await stage.until('all name another master', () => ![undefined, 'm'].includes(stage.agreedMaster), withinMs)
  return stage.cluster.nowMs - from
}

describe('a master whose process ends', () => {
  scenario('is replaced long before down-after', fleet(1), async (stage) => {
    stage.cluster.node('m').kill()
    expect(await replacedAfter(stage, 1000)).toBeLessThan(350)
    expect(stage.lines().filter(({ text }) => text.startsWith('(mymaster has crashed')).map(({ text }) => text).at(0))
      .toMatch(/^\(mymaster has crashed: [3-6] refusals, 2 of 2 replicas lost it\)$/)
  })

  scenario('is replaced early when no replica but the one to promote is left', fleet(2), async (stage) => {
    stage.cluster.node('r2').kill()
    await stage.run(DOWN_AFTER_MS + 2000)
    stage.cluster.node('m').kill()
    expect(await replacedAfter(stage, 1000)).toBeLessThan(400)
  })

  scenario('is found down with the reason in the explanation', fleet(3), async (stage) => {
    stage.cluster.node('m').kill()
    await stage.hears('+sdown', 1000, 's1')
    const sentinel = stage.cluster.sentinel('s1')
    expect(sentinel.view?.explain('mymaster', sentinel.now())?.crash).toMatchObject({ reachable: 2, lost: 2 })
  })

  scenario('is down again early after it has come back', fleet(4), async (stage) => {
    stage.cluster.node('m').kill()
    await replacedAfter(stage, 1000)
    stage.cluster.node('m').start()
    await stage.rests(30_000)
    await stage.run(3000)
    const master = stage.agreedMaster ?? ''
    const from = stage.cluster.nowMs
    // The attempt before blocks this one for twice failover-timeout.
    await stage.run(20_000)
    stage.cluster.node(master).kill()
    await stage.until('it is replaced again', () => ![undefined, master].includes(stage.agreedMaster), 1000)
    expect(stage.cluster.nowMs - from).toBeLessThan(21_000)
  })

  scenario('is up for this sentinel as soon as it answers', fleet(5, { groups: [{ downAfterMs: DOWN_AFTER_MS, quorum: 3 }], sentinels: 2 }), async (stage) => {
    stage.cluster.node('m').kill()
    await stage.until('both see it down', () => stage.count('+sdown') === 2, 1000)
    stage.cluster.node('m').start()
    await stage.until('both see it up', () => stage.count('-sdown') === 2, 2000)
    expect(stage.agreedMaster).toBe('m')
  })
})

describe('a master is not taken for crashed', () => {
  scenario('when crash detection is not set', { seed: 1, groups: [{ downAfterMs: DOWN_AFTER_MS }] }, async (stage) => {
    stage.cluster.node('m').kill()
    await staysUp(stage)
  })

  scenario('when its process is started again within crash-detection', fleet(1), async (stage) => {
    stage.cluster.node('m').kill()
    await stage.run(100)
    stage.cluster.node('m').start()
    await staysUp(stage)
  })

  scenario('when its process is stopped', fleet(2), async (stage) => {
    stage.cluster.node('m').pause()
    await staysUp(stage)
  })

  scenario('when its machine loses its power', fleet(3), async (stage) => {
    stage.cluster.node('m').powerOff()
    await staysUp(stage)
  })

  scenario('when packets to it are dropped', fleet(4), async (stage) => {
    const side = ['m']
    stage.do({ kind: 'partition', side, isOneWay: false, ms: LONG_MS })
    await staysUp(stage)
  })

  scenario('when packets are dropped after its connections were cut', fleet(5), async (stage) => {
    const { ip } = stage.cluster.node('m')
    for (const sentinel of sentinelIps(stage)) stage.cluster.network.cut(sentinel, ip)
    stage.do({ kind: 'partition', side: ['m'], isOneWay: false, ms: LONG_MS })
    await staysUp(stage)
  })

  scenario('when it is slow', fleet(6), async (stage) => {
    stage.do({ kind: 'slow-network', machine: 'm', delayMs: 3000, jitterMs: 500, ms: LONG_MS })
    await staysUp(stage)
  })

  scenario('when maxclients is reached', fleet(7), async (stage) => {
    const node = stage.cluster.node('m')
    node.isFull = true
    for (const sentinel of sentinelIps(stage)) stage.cluster.network.cut(sentinel, node.ip)
    await staysUp(stage)
  })

  scenario('when a relay accepts connections and resets them, also where the process has ended', fleet(8), async (stage) => {
    intercept(stage, 'reset')
    stage.cluster.node('m').kill()
    await staysUp(stage)
  })

  scenario('when its machine cannot be reached, also where the process has ended', fleet(9), async (stage) => {
    intercept(stage, 'unreachable')
    stage.cluster.node('m').kill()
    await staysUp(stage)
  })

  scenario('when a firewall refuses the sentinels, because replicas still follow it', fleet(10), async (stage) => {
    intercept(stage, 'refused')
    await staysUp(stage)
  })

  scenario('when most of the reachable replicas have not lost it', fleet(11, {
    groups: [{ downAfterMs: DOWN_AFTER_MS, replicas: 3 }],
  }), async (stage) => {
    intercept(stage, 'refused')
    stage.cluster.network.block(stage.cluster.ipOf('r1'), stage.cluster.ipOf('m'))
    stage.cluster.network.block(stage.cluster.ipOf('m'), stage.cluster.ipOf('r1'))
    stage.cluster.network.cut(stage.cluster.ipOf('r1'), stage.cluster.ipOf('m'))
    await staysUp(stage)
  })

  scenario('when its last attempt was refused before a silence', fleet(12), async (stage) => {
    stage.cluster.node('m').kill()
    await stage.run(120)
    stage.do({ kind: 'partition', side: ['m'], isOneWay: false, ms: LONG_MS })
    await staysUp(stage)
  })
})
