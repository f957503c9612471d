/** Clients for Node.js with their own defaults. */
import { Queue, Worker } from 'bullmq'
import { Redis } from 'ioredis'
import { createClient } from 'redis'

import { messageOf } from '../../../src/harness/index.ts'
import { pause } from '../../chaos/pacing.ts'
import { PAUSE_MS, type PlainClient } from './plain-client.ts'

export const IOREDIS: PlainClient = {
  name: 'ioredis', waitMs: 50,
  start: (port, key, report) => {
    const client = new Redis({ port })
    client.on('error', () => undefined)
    const end = repeat(report, (value) => client.rpush(key, value))
    return Promise.resolve({
      stop: async () => {
        client.disconnect()
        await end()
      },
    })
  },
}

export const NODE_REDIS: PlainClient = {
  // 50 ms, and up to 200 ms at random.
  name: 'node-redis', waitMs: 250,
  start: async (port, key, report) => {
    const client = createClient({ url: `redis://127.0.0.1:${port}` })
    client.on('error', () => undefined)
    await client.connect()
    const end = repeat(report, (value) => client.rPush(key, value))
    return {
      stop: async () => {
        client.destroy()
        await end()
      },
    }
  },
}

/** An attempt is a job: it begins in the worker, and is acknowledged when the queue has it as completed. */
export const BULLMQ: PlainClient = {
  name: 'BullMQ worker', waitMs: 1_000,
  start: async (port, key, report) => {
    const connection = { host: '127.0.0.1', port }
    const queue = new Queue(key, { connection })
    const began = new Map<string, number>()
    const worker = new Worker(key, (job) => {
      began.set(job.name, Date.now())
      return Promise.resolve()
    }, { connection: { ...connection, maxRetriesPerRequest: null } })
    const done = (value: string, problem: string | undefined): void => {
      report({ value, began: began.get(value) ?? Date.now(), ended: Date.now(), problem })
      began.delete(value)
    }
    worker.on('completed', (job) => { done(job.name, undefined) })
    worker.on('failed', (job, error) => { done(job?.name ?? '', error.message) })
    queue.on('error', () => undefined)
    worker.on('error', () => undefined)
    await queue.waitUntilReady()
    const end = repeat(() => undefined, (value) => queue.add(value, {}, { attempts: 10, jobId: `job-${value}` }))
    return {
      stop: async () => {
        const ended = end()
        await worker.close(true)
        await queue.disconnect()
        await ended
      },
      stored: async (node) => {
        const ids = await node.call(['ZRANGE', `bull:${key}:completed`, '0', '-1']) as string[]
        return ids.map((id) => id.replace('job-', ''))
      },
    }
  },
}

/** Writes 1, 2, 3 ... one at a time. Returns what ends it, and resolves when the last write has been answered. */
function repeat(
  report: Parameters<PlainClient['start']>[2], write: (value: string) => Promise<unknown>,
): () => Promise<void> {
  let isStopped = false
  const done = (async () => {
    for (let value = 1; !isStopped; value += 1) {
      const began = Date.now()
      const problem = await write(String(value)).then(() => undefined, messageOf)
      if (!isStopped) report({ value: String(value), began, ended: Date.now(), problem })
      await pause(PAUSE_MS)
    }
  })()
  return () => {
    isStopped = true
    return done
  }
}
