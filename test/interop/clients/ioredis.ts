import { Redis } from 'ioredis'

import type { Address, WriterClient } from '../../../src/harness/index.ts'

/** ioredis as a writer, with its own defaults. */
export function ioredisClient(masterName: string, sentinels: readonly Address[], protocol: 2 | 3): WriterClient {
  const client = new Redis({
    sentinels: sentinels.map(({ host, port }) => ({ host, port })),
    name: masterName,
    protocol,
  })
  client.on('error', () => undefined)
  return {
    async write(key, value) {
      return { length: await client.rpush(key, value) }
    },
    close: () => { client.disconnect() },
  }
}
