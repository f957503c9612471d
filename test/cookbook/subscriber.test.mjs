import { Redis } from 'ioredis'
import { expect } from 'vitest'
import { eventually, failoverTest, killMaster } from 'ts-sentinel/harness/vitest'

const test = failoverTest({ replicas: 1 })

test('a reader of a stream misses no message of a failover, a subscriber does', async ({ deployment, onTestFinished }) => {
  const connection = { ...deployment.connection('ioredis'), maxRetriesPerRequest: null, retryStrategy: () => 50 }
  const [sender, reader, subscriber] = [connection, connection, connection].map((options) => new Redis(options))
  for (const client of [sender, reader, subscriber]) {
    client.on('error', () => {})
    onTestFinished(() => { client.disconnect() })
  }
  const received = []
  subscriber.on('message', (_channel, text) => { received.push(Number(text)) })
  await subscriber.subscribe('news')
  const send = (number) => sender.multi().publish('news', number).xadd('news', '*', 'number', number).exec()

  await send(1)
  await killMaster(deployment)
  subscriber.disconnect() // It is slower than the sender.
  await send(2)
  await subscriber.connect()
  await subscriber.subscribe('news')
  await eventually('the subscriber to be back', async () => { expect(await sender.publish('news', 3)).toBe(1) })
  expect(received).not.toContain(2)
  // XREAD starts after the last message that was handled, wherever the reader is connected.
  const [[, messages]] = await reader.xread('BLOCK', 5_000, 'STREAMS', 'news', '0')
  expect(messages.map(([, [, number]]) => number)).toEqual(['1', '2'])
})
