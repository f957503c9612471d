import { Redis } from 'ioredis'
import { createSentinel } from 'redis'
import { describe, expect, it } from 'vitest'

import { eventually, messageOf, startDeployment, withDeployment, type Deployment } from '../../src/harness/index.ts'

describe('named clients of a relayed deployment', () => {
  it('are cut off alone, with the ready-made options of ioredis and of node-redis and with TLS', async () => {
    const options = { replicas: 0, sentinels: 1, network: 'relayed', clients: ['app-1', 'app-2'], tls: true, password: 'secret' } as const
    await withDeployment(options, async (deployment) => {
      const { network } = deployment
      const one = new Redis({ ...deployment.connection('ioredis', { client: 'app-1' }), ...IMPATIENT })
      const { nodeClientOptions, ...rest } = deployment.connection('node-redis', { client: 'app-2' })
      const two = createSentinel({ ...rest, nodeClientOptions: { ...nodeClientOptions, name: 'second' } })
      const other = new Redis({ ...deployment.connection('ioredis'), ...IMPATIENT })
      for (const client of [one, two, other]) client.on('error', () => undefined)
      try {
        await two.connect()
        await Promise.all([one.set('a', '1'), two.set('b', '2'), other.set('c', '3')])
        expect(await clientList(deployment)).toContain('name=second')
        network?.cut('app-1', 'redis-0')
        await eventually('app-1 to be cut off', async () => { expect(await reason(one.get('a'))).not.toBe('') })
        expect(await Promise.all([two.get('b'), other.get('c')])).toEqual(['2', '3'])
        network?.heal()
        network?.cut('app-2', 'redis-0')
        await eventually('app-1 to be back', async () => { expect(await one.get('a')).toBe('1') })
        expect(await other.get('c')).toBe('3')
        await eventually('app-2 to be cut off', async () => {
          expect(await clientList(deployment)).not.toContain('name=second')
        })
        network?.heal()
        await eventually('app-2 to be back', async () => { expect(await clientList(deployment)).toContain('name=second') })
        expect(await two.get('b')).toBe('2')
      } finally {
        for (const client of [one, other]) client.disconnect()
        void two.destroy()
      }
    })
  })
})

describe('a deployment that is only partly up', () => {
  it('is formed without the processes that a test leaves out, and is stopped at the end of the block', async () => {
    let stopped: Deployment
    {
      await using deployment = await startDeployment({ replicas: 2, sentinels: 3, started: false, redisConfig: ['appendonly no'] })
      stopped = deployment
      const names = ['sentinel-2', 'redis-2']
      for (const one of [...deployment.nodes, ...deployment.sentinels]) if (!names.includes(one.name)) await one.start()
      await deployment.waitUntilFormed({ without: names })
      await expect(deployment.waitUntilFormed(300)).rejects.toThrow(/has num-(?:other-sentinels|slaves) 1, not 2/)
      await expect(deployment.waitUntilFormed({ without: ['redis-3'] })).rejects.toThrow('without: there is no redis-3 (did you mean redis-0?)')
      expect(() => deployment.clientAddress('app')).toThrow('no client named app (option clients: it has none)')
    }
    expect(stopped.nodes.some((node) => node.running)).toBe(false)
  })
})

const IMPATIENT = {
  maxRetriesPerRequest: 0, disconnectTimeout: 50, retryStrategy: () => 20, sentinelRetryStrategy: () => 20,
}

/** Why it failed; empty when it did not. */
function reason(work: Promise<unknown>): Promise<string> {
  return work.then(() => '', messageOf)
}

/** The clients of the data node, with the names that they gave themselves. */
async function clientList(deployment: Deployment): Promise<string> {
  return String(await deployment.node(0).call(['CLIENT', 'LIST']))
}
