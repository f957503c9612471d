import { appendFileSync } from 'node:fs'
import { Redis } from 'ioredis'
import { expect } from 'vitest'
import { eventually, failoverTest, killMaster } from 'ts-sentinel/harness/vitest'

// As pods: every node listens on all addresses and announces its own.
const test = failoverTest({ replicas: 1, redisConfig: ['bind 0.0.0.0', 'protected-mode no'] })

test('a replica that returns with another address can become master', async ({ deployment, onTestFinished }) => {
  const replica = deployment.node(1)
  const { port } = replica.address
  await replica.kill()
  appendFileSync(replica.configFile, 'replica-announce-ip 127.0.0.2\n') // The pod is on another machine now.
  await replica.start()
  const known = (sentinel) => sentinel.replicas('mymaster').then((replicas) => replicas.map(({ ip }) => ip))
  for (const sentinel of deployment.sentinels) {
    await sentinel.call(['SENTINEL', 'DEBUG', 'info-period', '200']) // Instead of 10 s.
    await eventually('the new address', async () => { expect(await known(sentinel)).toContain('127.0.0.2') })
  }

  await killMaster(deployment)
  const redis = new Redis(deployment.connection('ioredis'))
  redis.on('error', () => {})
  onTestFinished(() => { redis.disconnect() })
  await eventually('the new master', async () => {
    expect(await deployment.sentinel(0).masterAddress('mymaster')).toEqual({ host: '127.0.0.2', port })
  })
  await eventually('a write', async () => { expect(await redis.set('after', 'x')).toBe('OK') })
})
