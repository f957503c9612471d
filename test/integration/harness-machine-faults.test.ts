import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import {
  clockJump, ControlService, deploymentFixture, diskFull, eventually, messageOf, notYet, RedisProcess, slowDisk,
  withDeployment, type ActiveFault, type NodeProcess, type SentinelProcess,
} from '../../src/harness/index.ts'
import { takeSnapshot } from './support/snapshot.ts'

const deployment = deploymentFixture({
  before: beforeAll, after: afterAll,
  replicas: 0, sentinels: ['ours', 'genuine'], downAfterMs: 60_000, persistence: 'rdb',
  clockFaults: true, resolver: true,
  sentinelConfig: ['sentinel resolve-hostnames yes'],
})

describe('faults of the machine', () => {
  it('fill the disk of one process of every kind, and give the space back at their end', async () => {
    const node = deployment().node(0)
    {
      await using full = await diskFull(deployment(), node)
      expect(full.at).toBeGreaterThan(0)
      await eventually('writes to be refused', async () => {
        const answer = await node.call(['SET', 'a', '1']).catch(messageOf)
        expect(answer).toMatch(/^MISCONF /)
      }, { everyMs: 10 })
    }
    expect(await node.call(['SET', 'a', '1'])).toBe('OK')
    for (const sentinel of deployment().sentinels) {
      const full = await diskFull(deployment(), sentinel)
      await expect(save(sentinel)).rejects.toThrow('Failed to save config file')
      await full.end()
      expect(await save(sentinel)).toBe('OK')
    }
  })

  it('change the addresses of host names', async () => {
    const { resolver } = deployment()
    if (resolver === undefined) throw new Error('no resolver')
    const [node, sentinel] = [deployment().node(0), deployment().sentinel(0)]
    const moved = resolver.move('db.example', '127.0.0.1')
    const failing = resolver.fail('db.example')
    const monitor = () => sentinel.call(['SENTINEL', 'MONITOR', 'named', 'db.example', String(node.address.port), '1'])
    await expect(monitor()).rejects.toThrow('ERR Invalid IP address or hostname specified')
    await failing.end()
    await eventually('a lookup that succeeds', async () => { expect(await monitor()).toBe('OK') })
    expect(await sentinel.masterAddress('named')).toEqual(node.address)
    expect(await sentinel.call(['SENTINEL', 'REMOVE', 'named'])).toBe('OK')
    await moved.end()
  })

  it('make the disk of every kind slow', async ({ skip }) => {
    for (const process of [deployment().node(0), ...deployment().sentinels]) {
      const slow = await unlessUnavailable(skip, slowDisk(deployment(), process, 200), /strace, which (is not|may not)/)
      const start = performance.now()
      await save(process)
      expect(performance.now() - start).toBeGreaterThan(199)
      await slow.end()
    }
  })

  it('change the clock of our sentinels', async () => {
    const sentinel = deployment().sentinel(0)
    await jumpAndReturn(sentinel, await clockJump(deployment(), sentinel, 3_600_000))
  })

  it('change the clock of other programs', async ({ skip }) => {
    for (const process of [deployment().node(0), deployment().sentinel(1)]) {
      const jump = await unlessUnavailable(skip, clockJump(deployment(), process, 3_600_000), /libfaketime, which is not/)
      await jumpAndReturn(process, jump)
    }
  })

  it('are caused and ended from outside', async () => {
    const service = new ControlService()
    service.add('machine', deployment())
    const cause = async (name: string, given: object): Promise<void> => {
      const { fault } = await service.run(name, undefined, given) as { readonly fault: string }
      await service.run('end-fault', undefined, { fault })
    }
    const after = deployment().timeline.position
    await cause('disk-full', { process: 'redis-0' })
    await cause('clock-jump', { process: 'sentinel-0', jumpMs: -60_000, monotonic: false })
    await cause('resolver-fail', { name: 'db.example', how: 'EAI_AGAIN' })
    await cause('resolver-move', { name: 'db.example', address: '127.0.0.2' })
    const { story } = await service.run('story', undefined, { after }) as { readonly story: string }
    expect(story.split('\n').filter((line) => / fault: /.test(line) && !line.includes('end of'))).toEqual([
      'redis-0 fault: disk full',
      'sentinel-0 fault: clock jumps by -60000 ms',
      'resolver fault: lookups of db.example fail with EAI_AGAIN',
      'resolver fault: db.example moves to 127.0.0.2',
    ])
  })

  it('name the option that they need', async () => {
    await withDeployment({ replicas: 0, sentinels: 1 }, async (plain) => {
      await expect(clockJump(plain, plain.sentinel(0), 1)).rejects.toThrow('clockFaults: true')
      await plain.sentinel(0).stop()
      await expect(diskFull(plain, plain.sentinel(0))).rejects.toThrow('sentinel-0 does not run')
    })
  })
})

/** Skips the test where a program is not installed or a right is missing, with the message that says so. */
async function unlessUnavailable(
  skip: (reason: string) => never, fault: Promise<ActiveFault>, problem: RegExp,
): Promise<ActiveFault> {
  try {
    return await fault
  } catch (error) {
    const reason = messageOf(error)
    if (!problem.test(reason)) throw error
    return skip(reason)
  }
}

async function jumpAndReturn(process: NodeProcess, jumped: ActiveFault): Promise<void> {
  expect(await clockOf(process)).toBeGreaterThan(Date.now() + 3_000_000)
  await jumped.end()
  expect(Math.abs(await clockOf(process) - Date.now())).toBeLessThan(60_000)
}

let saves = 0

/** A snapshot of a node, or a new setting that a sentinel writes into its file. */
function save(process: RedisProcess | SentinelProcess): Promise<unknown> {
  if (process instanceof RedisProcess) return takeSnapshot(process)
  saves += 1
  return process.call(['SENTINEL', 'SET', 'mymaster', 'parallel-syncs', String(1 + saves % 5)], 10_000)
}

async function clockOf(process: NodeProcess): Promise<number> {
  const info = String(await process.call(['INFO', 'server']))
  const [, microseconds] = /^server_time_usec:(\d+)/m.exec(info) ?? []
  if (microseconds === undefined) throw notYet('no time')
  return Number(microseconds) / 1_000
}
