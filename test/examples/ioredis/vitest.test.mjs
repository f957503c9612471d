import { expect } from 'vitest'
import { failoverTest, failoverTimes, killMaster } from 'ts-sentinel/harness/vitest'
import { openOrders } from './orders.mjs'

const test = failoverTest({ replicas: 2, sentinels: 3 })

test('no order is lost when the master dies', async ({ deployment, writer }) => {
  const orders = openOrders(deployment.sentinelAddresses)
  try {
    for (let id = 1; id <= 10; id++) await orders.place(`order-${id}`, 'before')
    const fault = await killMaster(deployment)
    for (let id = 11; id <= 20; id++) await orders.place(`order-${id}`, 'meanwhile')

    const { master } = await deployment.waitUntilSettled({ awayFrom: fault.node.address })
    expect(await master.call(['HLEN', 'orders'])).toBe(20)
    expect(await orders.count()).toBe(20)
    expect(failoverTimes(deployment.timeline, fault).switchedMs).toBeLessThan(10_000)
    await writer.verify(master, { requireRecovery: true, maxOutageMs: 15_000 })
  } finally {
    orders.close()
  }
})
