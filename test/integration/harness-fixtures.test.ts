import { expect } from 'vitest'

import { failoverTest, killMaster, type Deployment } from '../../src/harness/vitest.ts'

const test = failoverTest({ replicas: 1, sentinels: 3 })
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
