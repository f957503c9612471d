import { createSentinel } from 'redis'

import type { Address, WriterClient } from '../../../src/harness/index.ts'

/** node-redis as a writer, with its own ways to follow a failover. */
export async function nodeRedisClient(
  masterName: string,
  sentinels: readonly Address[],
  protocol: 2 | 3,
): Promise<WriterClient> {
  const sentinelRootNodes = sentinels.map(({ host, port }) => ({ host, port }))
  const client = protocol === 2
    ? createSentinel({ name: masterName, sentinelRootNodes, RESP: 2 })
    : createSentinel({ name: masterName, sentinelRootNodes, RESP: 3 })
  client.on('error', () => undefined)
  await client.connect()
  return {
    async write(key, value) {
      return { length: await client.rPush(key, String(value)) }
    },
    close: () => client.destroy(),
  }
}
