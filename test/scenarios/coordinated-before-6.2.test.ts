/**
 * SENTINEL FAILOVER ... COORDINATED of servers without the command FAILOVER
 * (docs/decisions/0051-coordinated-failover.md, "Servers before 6.2").
 */
import { describe, expect } from 'vitest'
import type { CoreEventName } from '../../src/core/index.ts'
import { EVENTS_OF_THE_LEADER, isFree, lost, ORDER, write } from './support/handovers.ts'
import { scenario, type Stage } from './support/stage.ts'

const OLD = { groups: [{ nodes: { version: '5.0.14' } }] } as const

function masters({ cluster: { nodes } }: Stage): string[] {
  return nodes.filter(({ isMaster }) => isMaster).map(({ name }) => name)
}

describe('a coordinated failover before Redis 6.2', () => {
  scenario('moves the master with the events of any failover, and loses no write', { seed: 11, ...OLD }, async (stage) => {
    const writers = [0, 1, 2, 3, 4].map((at) => write(stage, at))
    await stage.run(2000)
    expect(await stage.cluster.operate('s1', ORDER)).toEqual({ kind: 'ok' })
    await stage.hears('+switch-master', 2000, 's1')
    expect(stage.names('s1').filter((name) => !name.startsWith('+slave'))).toEqual(EVENTS_OF_THE_LEADER)
    await stage.run(2000)
    for (const writer of writers) writer.stop()
    await stage.rests(20_000)
    expect(stage.agreedMaster).not.toBe('m')
    expect(stage.count('+sdown')).toBe(0)
    expect(lost(stage, ...writers)).toBe(0)
    expect(isFree(stage)).toBe(true)
  })

  scenario('is refused before Redis 4.0, which has no replication id', { seed: 12, groups: [{ nodes: { version: '3.2.13' } }] }, async (stage) => {
    expect(await stage.cluster.operate('s1', ORDER)).toEqual({ kind: 'refused', error: 'primary-too-old' })
  })

  scenario('ends without effect when the replica is not up to date within the pause', { seed: 13, groups: [{ ...OLD.groups[0], replicas: 1 }] }, async (stage) => {
    const writers = [write(stage)]
    await stage.run(1000)
    stage.do({ kind: 'slow-network', machine: 'r1', delayMs: 3000, jitterMs: 1, ms: 20_000 })
    await stage.run(100)
    expect(await stage.cluster.operate('s1', { ...ORDER, coordinated: { timeoutMs: 8000 } })).toEqual({ kind: 'ok' })
    await stage.hears('-failover-abort-master-timeout', 9000, 's1')
    expect(stage.count('+promoted-slave')).toBe(0)
    await stage.until('nobody is paused', () => isFree(stage), 1000)
    const written = writers[0]?.acknowledged.length
    await stage.run(3000)
    for (const writer of writers) writer.stop()
    expect(writers[0]?.acknowledged.length).toBeGreaterThan(written ?? 0)
    expect(masters(stage)).toEqual(['m'])
    await stage.rests(60_000)
    expect(lost(stage, ...writers)).toBe(0)
  })
})

describe('a coordinated failover before Redis 6.2, when something comes between its pause and its order,', () => {
  scenario('takes back a master that accepted a write, and loses none', { seed: 14, ...OLD }, async (stage) => {
    await stage.cluster.operate('s1', ORDER)
    await stage.hears('+failover-state-wait-promotion', 2000, 's1')
    stage.cluster.node('m').dataset.append(7)
    await stage.hears('-failover-abort-master-timeout', 2000, 's1')
    await stage.rests(20_000)
    expect(masters(stage)).toEqual(['m'])
    expect(stage.agreedMaster).toBe('m')
    expect(stage.cluster.node('r1').dataset.writes.map(({ id }) => id)).toEqual([7])
  })

  scenario('takes no notice of keys that expired', { seed: 15, ...OLD }, async (stage) => {
    await stage.cluster.operate('s1', ORDER)
    await stage.hears('+failover-state-wait-promotion', 2000, 's1')
    stage.cluster.node('m').dataset.offset += 40
    await stage.hears('+switch-master', 2000, 's1')
    await stage.rests(20_000)
    expect(masters(stage)).toEqual([stage.agreedMaster])
    expect(stage.agreedMaster).not.toBe('m')
  })

  scenario('takes back the master where its leader died and a write came', { seed: 16, ...OLD }, async (stage) => {
    await stage.cluster.operate('s1', ORDER)
    await stage.hears('+failover-state-wait-promotion', 2000, 's1')
    stage.cluster.node('m').dataset.append(7)
    await stage.until('the master has become a replica', () => !stage.cluster.node('m').isMaster, 1000)
    stage.cluster.sentinel('s1').kill()
    await stage.until('it is a master again', () => stage.cluster.node('m').isMaster, 10_000)
    stage.cluster.sentinel('s1').start()
    await stage.rests(30_000)
    expect(masters(stage)).toEqual(['m'])
    expect(stage.cluster.node('r1').dataset.writes.map(({ id }) => id)).toEqual([7])
  })
})

const STEPS: readonly CoreEventName[] = [
  '+try-failover', '+elected-leader', '+selected-slave', '+failover-state-send-slaveof-noone',
  '+failover-state-wait-promotion', '+promoted-slave', '+failover-state-reconf-slaves', '+failover-end',
]

describe('a coordinated failover before Redis 6.2 whose leader dies', () => {
  for (const event of STEPS) {
    for (const delayMs of [0, 1, 3, 100, 190, 200, 210, 250]) {
      scenario(`ends with one master and loses no write: ${delayMs} ms after ${event}`, { seed: 40 + delayMs, ...OLD }, async (stage) => {
        const writers = [0, 1, 2].map((at) => write(stage, at))
        await stage.run(2000)
        stage.do({ kind: 'ambush', event, delayMs, strike: 'kill the speaker', ms: 60_000 })
        await stage.cluster.operate('s1', ORDER).catch(() => undefined)
        await stage.run(15_000)
        expect(stage.cluster.sentinel('s1').isUp).toBe(false)
        expect(isFree(stage)).toBe(true)
        expect(masters(stage), stage.tail()).toEqual([stage.masterOf('s2')])
        expect(stage.masterOf('s3')).toBe(stage.masterOf('s2'))
        for (const writer of writers) writer.stop()
        expect(lost(stage, ...writers)).toBe(0)
        stage.cluster.sentinel('s1').start()
        await stage.rests(30_000)
      })
    }
  }
})
