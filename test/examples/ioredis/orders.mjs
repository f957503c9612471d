// An application: it keeps orders in Redis and finds the master through Sentinel.
import { Redis } from 'ioredis'

/** @param {readonly { host: string, port: number }[]} sentinels */
export function openOrders(sentinels) {
  const redis = new Redis({
    sentinels: [...sentinels],
    name: 'mymaster',
    sentinelRetryStrategy: () => 100,
    retryStrategy: () => 100,
    autoResendUnfulfilledCommands: false,
    connectTimeout: 1_000,
    commandTimeout: 2_000,
  })
  redis.on('error', () => {}) // It connects again by itself.
  return {
    /**
     * An order is placed when a replica has it too: then the next master has it. It goes by its id, so that placing
     * it again does no harm.
     * @param {string} id
     * @param {string} text
     */
    async place(id, text) {
      for (let attempt = 1; attempt <= 600; attempt++) {
        const replies = await redis.pipeline().hset('orders', id, text).wait(1, 500).exec().catch(() => null)
        if (replies !== null && replies.every(([error]) => error === null) && Number(replies[1]?.[1]) >= 1) return
        await new Promise((resolve) => setTimeout(resolve, 50))
      }
      throw new Error(`order ${id} could not be placed`)
    },
    count: () => redis.hlen('orders'),
    close: () => { redis.disconnect() },
  }
}
