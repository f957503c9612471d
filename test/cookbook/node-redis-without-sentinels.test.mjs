import { once } from 'node:events'
import { createSentinel } from 'redis' // 6.3
import { createSentinel as createSentinel5 } from 'redis-5' // 5.0
import { expect } from 'vitest'
import { eventually, failoverTest } from 'ts-sentinel/harness/vitest'

const test = failoverTest({ replicas: 1 })

test('node-redis writes to a healthy master when all sentinels are gone', async ({ deployment, onTestFinished }) => {
  const options = deployment.connection('node-redis')
  const clients = {
    'node-redis 5': createSentinel5({ ...options, maxCommandRediscovers: 0 }),
    'node-redis 6': createSentinel(options),
    'node-redis 6, maxCommandRediscovers': createSentinel({ ...options, maxCommandRediscovers: 0 }),
  }
  for (const client of Object.values(clients)) {
    client.on('error', () => {})
    onTestFinished(() => { client.destroy() })
    await client.connect()
  }
  const noticed = Object.values(clients).map((client) => once(client, 'error').catch(() => {}))
  await Promise.all([...deployment.sentinels.map((sentinel) => sentinel.kill()), ...noticed])
  const written = new Set()
  for (const name of ['node-redis 5', 'node-redis 6']) void clients[name].set('k', 'v').then(() => { written.add(name) }, () => {})
  await eventually('a write', () => clients['node-redis 6, maxCommandRediscovers'].set('k', 'v'))
  expect(written).toEqual(new Set()) // The others hang, although the master is well.
})
