import { Redis } from 'ioredis'
import { expect } from 'vitest'
import { expireCertificate, failoverTest } from 'ts-sentinel/harness/vitest'

const test = failoverTest({ replicas: 1, tls: true })

test('a new certificate takes effect without a restart', async ({ deployment, onTestFinished }) => {
  const open = () => {
    const redis = new Redis({ ...deployment.connection('ioredis'), maxRetriesPerRequest: 0 })
    redis.on('error', () => {})
    onTestFinished(() => { redis.disconnect() })
    return redis
  }
  const before = open()
  await before.set('a', '1')
  const fault = await expireCertificate(deployment, await deployment.currentMaster())
  expect(await before.get('a')).toBe('1') // Open connections continue.
  await expect(open().get('a')).rejects.toThrow() // New ones fail.
  await fault.end() // The rotation: a new certificate in the file, and CONFIG SET tls-cert-file.
  expect(await open().get('a')).toBe('1')
  deployment.timeline.end()
  expect(deployment.timeline.story()).not.toContain('+switch-master')
})
