import assert from 'node:assert/strict'
import test from 'node:test'
import { formatWriterReport, killMaster, withDeployment } from 'ts-sentinel/harness'
import { openOrders } from './orders.mjs'

test('no order is lost when the master dies', { timeout: 120_000 }, async (t) => {
  await withDeployment({ replicas: 2, sentinels: 3 }, async (deployment) => {
    const orders = openOrders(deployment.sentinelAddresses)
    const writer = await deployment.startWriter()
    try {
      for (let id = 1; id <= 10; id++) await orders.place(`order-${id}`, 'before')
      const fault = await killMaster(deployment)
      for (let id = 11; id <= 20; id++) await orders.place(`order-${id}`, 'meanwhile')

      const { master } = await deployment.waitUntilSettled({ awayFrom: fault.node.address })
      assert.equal(await master.call(['HLEN', 'orders']), 20)
      assert.equal(await orders.count(), 20)
      t.diagnostic(formatWriterReport(await writer.verify(master, { requireRecovery: true })))
    } finally {
      orders.close()
    }
  })
})
