import { describe, expect, it } from 'vitest'

import { orderFailover, withDeployment, type Deployment } from '../../src/harness/index.ts'
import { clientToolsHere } from '../../src/cli/system-packages.ts'
import { limitFor } from '../integration/support/settings.ts'
import { masked, scrape } from './clients/exporter.ts'

// protocol.md 1.4: what INFO, CLIENT LIST and CONFIG say is what dashboards and alerts are made of.
describe.runIf(clientToolsHere().includes('prometheus-redis-exporter'))('prometheus-redis-exporter', () => {
  for (const [title, sentinelPassword] of [['without a password', undefined], ['with a password', 'secret']] as const) {
    it(`makes the same metrics with the same labels of ours as of the original, ${title}`, async () => {
      const password = sentinelPassword === undefined ? {} : { sentinelPassword }
      await withDeployment({ sentinels: ['genuine', 'ours', 'ours'], ...password }, async (deployment) => {
        await expectSame(deployment, 'before the failover')
        const fault = await orderFailover(deployment)
        await deployment.waitUntilSettled({ awayFrom: fault.node.address })
        await expectSame(deployment, 'after the failover')
      })
    }, limitFor(1, 60_000))
  }
})

async function expectSame(deployment: Deployment, moment: string): Promise<void> {
  const password = deployment.sentinelPassword
  const genuine = (await scrape(deployment.sentinel(0), password)).map(masked).sort()
  const ours = (await scrape(deployment.sentinel(1), password)).map(masked).sort()
  expect(genuine.filter((line) => line.startsWith('redis_sentinel_')).length, 'metrics of sentinels').toBeGreaterThan(8)
  expect(genuine, 'what the original says').toContain('redis_up 1')
  expect(ours, moment).toEqual(genuine)
}
