import { Redis } from 'ioredis'
import { expect } from 'vitest'
import { demoteMaster, failoverTest } from 'ts-sentinel/harness/vitest'

const test = failoverTest({ replicas: 1 })

test('a client that connects again at READONLY repeats the write until a master takes it', async ({ deployment, onTestFinished }) => {
  const connection = { ...deployment.connection('ioredis'), maxRetriesPerRequest: null }
  const plain = new Redis(connection)
  // 2: connect again, and repeat the command.
  const handling = new Redis({ ...connection, reconnectOnError: ({ message }) => message.startsWith('READONLY') ? 2 : false })
  for (const client of [plain, handling]) {
    client.on('error', () => {})
    onTestFinished(() => { client.disconnect() })
    await client.set('before', 'x')
  }
  const fault = await demoteMaster(deployment)
  await expect(plain.set('after', 'x')).rejects.toThrow(/^READONLY/)
  const written = handling.set('after', 'x')
  await fault.end() // The operator corrects the mistake; else the sentinels do so after some 30 s.
  expect(await written).toBe('OK')
})
