import { expect } from 'vitest'
import { failoverTest } from 'ts-sentinel/harness/vitest'

const test = failoverTest({ replicas: [{ priority: 10 }, {}] })

test('a coordinated switchover loses no write', async ({ deployment, writer }) => {
  const after = deployment.timeline.position
  const { address } = await deployment.currentMaster()
  await deployment.sentinel(0).call(['SENTINEL', 'FAILOVER', 'mymaster', 'COORDINATED'])
  const { master } = await deployment.waitUntilSettled({ awayFrom: address })

  await writer.verify(master, { requireRecovery: true, maxLost: 0, maxOutageMs: 5_000, expectFailovers: 1 })
  expect(deployment.timeline.story({ after })).toContain('+switch-master mymaster redis-0 redis-1')
})
