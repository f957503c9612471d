import { failoverTest } from 'ts-sentinel/harness/vitest'

const test = failoverTest({ replicas: 2, persistence: 'aof' })

test('a rolling upgrade costs one switchover and no write', async ({ deployment, writer }) => {
  const upgrade = async (process) => {
    await process.stop()
    // Install the new release here, or name its path: process.swap(path).
    await process.start()
    await deployment.waitUntilFormed()
  }
  for (const sentinel of deployment.sentinels) await upgrade(sentinel)
  const old = await deployment.currentMaster()
  for (const node of deployment.nodes) if (node !== old) await upgrade(node)

  await deployment.sentinel(0).call(['SENTINEL', 'FAILOVER', 'mymaster', 'COORDINATED'])
  await deployment.waitUntilSettled({ awayFrom: old.address })
  await upgrade(old)
  const { master } = await deployment.waitUntilSettled({ awayFrom: old.address })
  await writer.verify(master, { requireRecovery: true, maxLost: 0, maxOutageMs: 5_000, expectFailovers: 1 })
})
