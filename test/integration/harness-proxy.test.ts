/** A deployment with a proxy: plain clients of it, its process, and what an application learns of it. */
import { Redis } from 'ioredis'
import { describe, expect, it } from 'vitest'

import { applicationEnvironment, eventually, formatAddress, killMaster, withDeployment } from '../../src/harness/index.ts'

describe('a deployment with a proxy', () => {
  it('leads a plain client to the new master after a kill, and restores the proxy after it was killed', async () => {
    await withDeployment({ proxy: { config: ['max-clients 123'] }, replicas: 1, password: 'a "b"', sentinelPassword: 'c d' }, async (deployment) => {
      const { proxy } = deployment
      if (proxy === undefined) throw new Error('there is no proxy')
      expect(await proxy.metric('ts_sentinel_proxy_clients_max')).toBe(123)
      expect(applicationEnvironment(deployment)).toMatchObject({
        REDIS_PROXY: `127.0.0.1:${proxy.port}`, REDIS_PROXY_URL: deployment.connection('proxy-url'),
      })
      const client = new Redis(deployment.connection('proxy'))
      client.on('error', () => undefined)
      await client.set('order', 'before')
      await killMaster(deployment)
      await client.set('order', 'after')
      expect(await deployment.node(1).call(['GET', 'order'])).toBe('after')
      expect(await proxy.call(['GET', 'order'])).toBe('after')
      expect(await proxy.master()).toBe(formatAddress(deployment.node(1).address))
      await proxy.kill()
      await deployment.restore()
      expect(await eventually('the client to be back', () => client.get('order'))).toBe('after')
      client.disconnect()
    })
  })

  it('has TLS on all sides of the proxy', async () => {
    await withDeployment({ proxy: true, replicas: 0, sentinels: 1, tls: true }, async (deployment) => {
      const client = new Redis(deployment.connection('proxy'))
      expect(await client.set('a', '1')).toBe('OK')
      client.disconnect()
    })
  })
})
