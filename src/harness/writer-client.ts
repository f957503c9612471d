import { Socket } from 'node:net'

import { Redis } from 'ioredis'

import type { Address } from './address.ts'
import type { WriterClient, WriterOptions } from './writer.ts'

/** Pause before the client asks the sentinels again. Short, because the outage it sees is what is measured. */
const RECONNECT_MS = 20

/** ioredis in sentinel mode, set up to follow a failover as fast as it can and never to repeat a write. */
export function sentinelWriterClient(options: WriterOptions): WriterClient {
  const client = new Redis({
    sentinels: options.sentinels.map(({ host, port }) => ({ host, port })),
    name: options.masterName,
    ...(options.password !== undefined && { password: options.password }),
    ...(options.sentinelPassword !== undefined && { sentinelPassword: options.sentinelPassword }),
    connectTimeout: 1_000,
    sentinelCommandTimeout: 1_000,
    failoverDetector: true,
    retryStrategy: () => RECONNECT_MS,
    sentinelRetryStrategy: () => RECONNECT_MS,
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    reconnectOnError: (error) => error.message.startsWith('READONLY'),
  })
  client.on('error', () => undefined)
  return {
    async write(key, value) {
      await client.rpush(key, value)
      return serverOf(client)
    },
    close: () => { client.disconnect() },
  }
}

function serverOf(client: Redis): Address | undefined {
  const { stream } = client
  if (!(stream instanceof Socket) || stream.remoteAddress === undefined) return undefined
  return { host: stream.remoteAddress, port: stream.remotePort ?? 0 }
}
