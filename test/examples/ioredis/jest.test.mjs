// jest runs modules with: NODE_OPTIONS=--experimental-vm-modules npx jest
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { killMaster, startDeployment } from 'ts-sentinel/harness'
import { openOrders } from './orders.mjs'

/** @type {import('ts-sentinel/harness').Deployment} */
let deployment
beforeAll(async () => { deployment = await startDeployment({ replicas: 2, sentinels: 3 }) }, 120_000)
afterAll(() => deployment?.stop())

test('no order is lost when the master dies', async () => {
  const orders = openOrders(deployment.sentinelAddresses)
  try {
    for (let id = 1; id <= 10; id++) await orders.place(`order-${id}`, 'before')
    const fault = await killMaster(deployment)
    for (let id = 11; id <= 20; id++) await orders.place(`order-${id}`, 'meanwhile')
    const { master } = await deployment.waitUntilSettled({ awayFrom: fault.node.address })
    expect(await master.call(['HLEN', 'orders'])).toBe(20)
  } finally {
    orders.close()
  }
}, 120_000)
