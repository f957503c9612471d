import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { deploymentFixture, failoverTest, killMaster, type Deployment, type Hook } from '../../src/harness/vitest.ts'

const test = failoverTest({ replicas: 1, sentinels: 3 })
const shared = failoverTest({ replicas: 1, sentinels: 1, scope: 'file' })
const seen = new Set<Deployment>()

// What ts-sentinel/harness/vitest gives to a test.
test('a test receives a deployment and a writer', async ({ deployment, writer }) => {
  seen.add(deployment)
  const fault = await killMaster(deployment)
  const { master } = await deployment.waitUntilSettled({ awayFrom: fault.node.address })
  const { tried, acknowledged, outageMs } = await writer.verify(master, { requireRecovery: true })
  expect(tried).toBeGreaterThan(acknowledged)
  expect(outageMs).toBeGreaterThan(900)
})

test('the next test receives its own deployment, and the first one has been removed', async ({ deployment }) => {
  const [first] = seen
  expect(first).not.toBe(deployment)
  expect(first?.nodes.map((node) => node.running)).toEqual([false, false])
  expect((await deployment.currentMaster()).name).toBe('redis-0')
})

test('a test that uses no fixture starts no deployment', ({ task }) => {
  // Longer than any wait inside.
  expect(task.timeout).toBe(90_000)
})

test('a wait that is as long as the time limit of the test ends before it, and reports the last state', { timeout: 15_000 }, async ({ deployment }) => {
  const { address } = await deployment.currentMaster()
  await expect(deployment.waitUntilSettled({ awayFrom: address })).rejects.toThrow(/to settle; last seen: the master is still/)
})

describe('tests that share a deployment', () => {
  let first: Deployment

  shared('leave it with a dead master and a paused sentinel', async ({ deployment, writer }) => {
    first = deployment
    const { node } = await killMaster(deployment)
    await deployment.waitUntilSettled({ awayFrom: node.address })
    deployment.sentinel(0).pause()
    expect(writer.report().acknowledged).toBeGreaterThan(0)
  })

  shared('find it restored', async ({ deployment, writer }) => {
    expect(deployment).toBe(first)
    expect(deployment.nodes.every((node) => node.running)).toBe(true)
    const master = await deployment.currentMaster()
    expect(master.name).toBe('redis-1')
    expect((await writer.verify(master)).unacknowledgedButStored).toBe(0)
  })
})

describe('tests that require another server', () => {
  const later = failoverTest({ requires: 'redis>=99' })

  later('are skipped with the reason, as this one always is', ({ deployment }) => {
    throw new Error(`${deployment.folder} was started`)
  })
})

describe('a fixture for other test libraries', () => {
  const deployment = deploymentFixture({ before: beforeAll, after: afterAll, replicas: 0, sentinels: 1 })

  it('gives each test the deployment that the hook has started', async () => {
    expect((await deployment().currentMaster()).name).toBe('redis-0')
  })

  it('skips the tests of mocha, whose hooks can do so, and fails elsewhere, when the servers are others', async () => {
    const seen: string[] = []
    let run: (() => Promise<void>) | undefined
    const before: Hook = (work) => { run = work }
    const unstarted = deploymentFixture({ before, after: () => undefined, requires: 'redis>=99' })
    expect(unstarted).toThrow('the deployment does not run: call this function inside of a test')
    await expect(run?.()).rejects.toThrow(/^this deployment requires redis>=99, and /)
    const mocha = {
      timeout: (ms: number) => { seen.push(`timeout ${ms}`) },
      skip: () => { throw new Error('sync skip') },
    }
    await expect(run?.call(mocha)).rejects.toThrow('sync skip')
    expect(seen).toEqual(['timeout 90000'])
  })
})
