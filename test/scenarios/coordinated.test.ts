/** SENTINEL FAILOVER ... COORDINATED (docs/decisions/0051-coordinated-failover.md). */
import { describe, expect } from 'vitest'
import type { CoreEventName } from '../../src/core/index.ts'
import { EVENTS_OF_THE_LEADER, isFree, lost, ORDER, write } from './support/handovers.ts'
import { scenario, type Stage } from './support/stage.ts'

function to(host: string): typeof ORDER & { readonly coordinated: { readonly to: { host: string, port: number } } } {
  return { ...ORDER, coordinated: { to: { host, port: 6379 } } }
}

describe('a coordinated failover', () => {
  scenario('hands over with the events of any failover, and loses no write', { seed: 11 }, async (stage) => {
    const writer = write(stage)
    await stage.run(2000)
    expect(await stage.cluster.operate('s1', ORDER)).toEqual({ kind: 'ok' })
    await stage.hears('+switch-master', 1000, 's1')
    expect(stage.names('s1').filter((name) => !name.startsWith('+slave'))).toEqual(EVENTS_OF_THE_LEADER)
    await stage.run(2000)
    writer.stop()
    await stage.rests(20_000)
    expect(stage.agreedMaster).not.toBe('m')
    expect(lost(stage, writer)).toBe(0)
    expect(isFree(stage)).toBe(true)
  })

  scenario('moves the master to the replica that the operator names', { seed: 12 }, async (stage) => {
    const writer = write(stage)
    await stage.run(1000)
    const target = stage.cluster.node('r1')
    target.priority = 100
    stage.cluster.node('r2').priority = 1
    await stage.run(12_000)
    expect(await stage.cluster.operate('s2', to(target.ip))).toEqual({ kind: 'ok' })
    await stage.rests(20_000)
    writer.stop()
    expect(stage.agreedMaster).toBe('r1')
    expect(lost(stage, writer)).toBe(0)
  })

  scenario('is refused for a target that cannot take over, with the reason', { seed: 13 }, async (stage) => {
    stage.cluster.node('r1').priority = 0
    await stage.run(12_000)
    expect(await stage.cluster.operate('s1', to('10.0.1.2'))).toEqual({
      kind: 'refused', error: 'no-good-replica', why: { replica: '10.0.1.2:6379', why: 'priority-zero' },
    })
    expect(await stage.cluster.operate('s1', to('10.0.1.9'))).toEqual({
      kind: 'refused', error: 'no-good-replica', why: { replica: '10.0.1.9:6379', why: 'unknown' },
    })
  })

  scenario('is refused while the master is down', { seed: 14, groups: [{ downAfterMs: 60_000 }] }, async (stage) => {
    stage.cluster.node('m').kill()
    await stage.run(500)
    expect(await stage.cluster.operate('s1', ORDER)).toEqual({ kind: 'refused', error: 'primary-not-ready' })
  })

  scenario('is refused while another one runs', { seed: 15 }, async (stage) => {
    expect(await stage.cluster.operate('s1', ORDER)).toEqual({ kind: 'ok' })
    expect(await stage.cluster.operate('s1', ORDER)).toEqual({ kind: 'refused', error: 'failover-in-progress' })
    await stage.rests(20_000)
  })

  scenario('does not happen without the votes of a majority', { seed: 16 }, async (stage) => {
    stage.cluster.sentinel('s2').pause()
    stage.cluster.sentinel('s3').pause()
    expect(await stage.cluster.operate('s1', ORDER)).toEqual({ kind: 'ok' })
    await stage.hears('-failover-abort-not-elected', 3000, 's1')
    expect(stage.count('+elected-leader')).toBe(0)
    expect(stage.agreedMaster).toBe('m')
  })

  scenario('ends without effect when the replica does not catch up, and the master works on', { seed: 17, groups: [{ replicas: 1 }] }, async (stage) => {
    const writer = write(stage)
    await stage.run(1000)
    stage.do({ kind: 'slow-network', machine: 'r1', delayMs: 3000, jitterMs: 1, ms: 20_000 })
    expect(await stage.cluster.operate('s1', { ...ORDER, coordinated: { timeoutMs: 2500 } })).toEqual({ kind: 'ok' })
    await stage.hears('-failover-abort-master-timeout', 4000, 's1')
    expect(stage.count('+promoted-slave')).toBe(0)
    await stage.until('nobody is paused', () => isFree(stage), 1000)
    const written = writer.acknowledged.length
    await stage.run(3000)
    writer.stop()
    expect(writer.acknowledged.length).toBeGreaterThan(written)
    await stage.rests(60_000)
    expect(stage.agreedMaster).toBe('m')
    expect(lost(stage, writer)).toBe(0)
  })
})

describe('a coordinated failover to a replica that is stopped for some seconds', () => {
  scenario('goes on once the replica does, also where it counted as down', { seed: 18, groups: [{ downAfterMs: 1000 }] }, async (stage) => {
    const writer = write(stage)
    await stage.run(12_000)
    stage.cluster.node('r1').pause()
    expect(await stage.cluster.operate('s1', to('10.0.1.2'))).toEqual({ kind: 'ok' })
    await stage.hears('+sdown', 3000, 's1')
    await stage.run(2000)
    stage.cluster.node('r1').resume()
    await stage.hears('+switch-master', 1000, 's1')
    expect(stage.count('-failover-abort-master-timeout')).toBe(0)
    await stage.rests(20_000)
    writer.stop()
    expect(stage.agreedMaster).toBe('r1')
    expect(lost(stage, writer)).toBe(0)
  })
})

describe('a coordinated failover whose master is started again while the replica is stopped', () => {
  scenario('is given up at once, and no write of the master is lost', { seed: 18, groups: [{ downAfterMs: 5000 }] }, async (stage) => {
    const { cluster } = stage
    await stage.run(12_000)
    expect(await cluster.operate('s1', to('10.0.1.2'))).toEqual({ kind: 'ok' })
    await stage.hears('+selected-slave', 1000, 's1')
    await stage.run(19)
    cluster.node('r1').pause()
    await stage.until('m waits for r1 to take over', () => cluster.node('m').handover.state === 'failover-in-progress', 100)
    cluster.node('m').kill()
    await stage.run(20)
    cluster.node('m').start({ withData: true })
    const writer = write(stage)
    await stage.hears('-failover-abort-master-timeout', 1000, 's1')
    await stage.run(3000)
    cluster.node('r1').resume()
    await stage.rests(30_000)
    writer.stop()
    expect(stage.count('+promoted-slave')).toBe(0)
    expect(stage.agreedMaster).toBe('m')
    expect(writer.acknowledged.length).toBeGreaterThan(500)
    expect(lost(stage, writer)).toBe(0)
    expect(isFree(stage)).toBe(true)
  })
})

/** The master is to hand over to r1, which loads its data again for so long. */
async function orderWhileLoading(stage: Stage, ms: number): Promise<void> {
  await stage.run(12_000)
  stage.do({ kind: 'loading-node', node: 'r1', ms })
  expect(await stage.cluster.operate('s1', to('10.0.1.2'))).toEqual({ kind: 'ok' })
}

/** The same, and the leader dies after its order. */
async function loseLeaderWhileLoading(stage: Stage, ms: number): Promise<void> {
  await orderWhileLoading(stage, ms)
  await stage.hears('+failover-state-wait-promotion', 1000, 's1')
  await stage.run(1000)
  stage.cluster.sentinel('s1').kill()
}

describe('a coordinated failover to a replica that loads its data again', () => {
  const given = { seed: 19, groups: [{ downAfterMs: 1000, failoverTimeoutMs: 10_000 }] }

  scenario('is ended by its leader, and no other sentinel promotes the replica beside the master', given, async (stage) => {
    const writer = write(stage)
    await orderWhileLoading(stage, 9800)
    await stage.hears('-failover-abort-master-timeout', 11_000, 's1')
    await stage.run(3000)
    expect(stage.count('+promoted-slave')).toBe(0)
    await stage.rests(30_000)
    writer.stop()
    expect(stage.agreedMaster).toBe('m')
    expect(lost(stage, writer)).toBe(0)
  })
})

describe('a coordinated failover whose leader dies while the replica loads its data again', () => {
  const given = { groups: [{ downAfterMs: 1000, failoverTimeoutMs: 10_000 }] }

  scenario('ends at that replica once it has loaded, and loses no write', { ...given, seed: 20 }, async (stage) => {
    const writer = write(stage)
    await loseLeaderWhileLoading(stage, 9000)
    await stage.run(60_000)
    stage.cluster.sentinel('s1').start()
    await stage.rests(30_000)
    writer.stop()
    expect(stage.agreedMaster).toBe('r1')
    expect(lost(stage, writer)).toBe(0)
    expect(isFree(stage)).toBe(true)
  })

  scenario('ends with one master where that replica dies as well', { ...given, seed: 21 }, async (stage) => {
    await loseLeaderWhileLoading(stage, 9000)
    stage.cluster.node('r1').kill()
    await stage.run(90_000)
    expect(['m', 'r2']).toContain(stage.agreedMaster)
    stage.cluster.sentinel('s1').start()
    stage.cluster.node('r1').start()
    await stage.rests(60_000)
    expect(isFree(stage)).toBe(true)
  })
})

const STEPS: readonly CoreEventName[] = [
  '+try-failover', '+elected-leader', '+selected-slave', '+failover-state-wait-promotion', '+promoted-slave',
  '+failover-state-reconf-slaves', '+failover-end',
]

describe('a coordinated failover whose leader dies', () => {
  for (const event of STEPS) {
    for (const delayMs of [0, 1, 3]) {
      scenario(`ends with one master and loses no write: ${delayMs} ms after ${event}`, { seed: 40 + delayMs }, async (stage) => {
        const writer = write(stage)
        await stage.run(2000)
        stage.do({ kind: 'ambush', event, delayMs, strike: 'kill the speaker', ms: 60_000 })
        await stage.cluster.operate('s1', ORDER).catch(() => undefined)
        await stage.run(15_000)
        expect(stage.cluster.sentinel('s1').isUp).toBe(false)
        expect(isFree(stage)).toBe(true)
        const masters = stage.cluster.nodes.filter(({ isMaster }) => isMaster).map(({ name }) => name)
        expect(masters, stage.tail()).toEqual([stage.masterOf('s2')])
        expect(stage.masterOf('s3')).toBe(stage.masterOf('s2'))
        writer.stop()
        expect(lost(stage, writer)).toBe(0)
        stage.cluster.sentinel('s1').start()
        await stage.rests(30_000)
      })
    }
  }
})
