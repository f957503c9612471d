import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { expect, vi } from 'vitest'
import { failoverTest, killMaster } from 'ts-sentinel/harness/vitest'

const test = failoverTest({ replicas: 1 })

test('one query goes to the database while the cache is away', async ({ deployment, onTestFinished }) => {
  const cache = new Redis({ ...deployment.connection('ioredis'), maxRetriesPerRequest: 0, enableOfflineQueue: false })
  cache.on('error', () => {})
  onTestFinished(() => { cache.disconnect() })
  const database = vi.fn(() => sleep(100, 'value'))
  const cached = async () => await cache.get('key').catch(() => null) ?? database()
  const loading = new Map()
  const shared = () => {
    if (!loading.has('key')) loading.set('key', cached().finally(() => loading.delete('key')))
    return loading.get('key')
  }
  await once(cache, 'ready')
  await cache.set('key', 'value')
  expect(await cached()).toBe('value')

  await killMaster(deployment)
  await Promise.all(Array.from({ length: 100 }, cached))
  expect(database).toHaveBeenCalledTimes(100) // A stampede.
  await Promise.all(Array.from({ length: 100 }, shared))
  expect(database).toHaveBeenCalledTimes(101)
})
