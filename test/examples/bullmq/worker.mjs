// A producer and a worker of BullMQ that lose no job when the master dies.
import { Queue, Worker } from 'bullmq'

/** How often jobs that are not known to be done are handed in again. */
const AGAIN_MS = 500

/** @param {readonly { host: string, port: number }[]} sentinels */
export function openMail(sentinels) {
  const connection = {
    sentinels: [...sentinels], name: 'mymaster', maxRetriesPerRequest: null,
    retryStrategy: () => 100, sentinelRetryStrategy: () => 100, connectTimeout: 1_000,
  }
  const queue = new Queue('mail', { connection })
  /** @type {Map<string, number>} how often each job was done */
  const done = new Map()
  const worker = new Worker('mail', (job) => {
    done.set(String(job.id), (done.get(String(job.id)) ?? 0) + 1)
    return Promise.resolve()
  }, { connection, lockDuration: 5_000, stalledInterval: 2_000 })
  for (const one of [queue, worker]) one.on('error', () => {}) // They connect again by themselves.

  // Replication is asynchronous: a job that was accepted can be gone with the old master. So the producer keeps each
  // job until it is done, and hands it in again under the same id, which BullMQ takes only once while it knows it.
  /** @type {Set<string>} */
  const open = new Set()
  const handIn = (/** @type {string} */ id) => queue.add('mail', { id }, { jobId: id, removeOnComplete: true }).catch(() => undefined)
  const again = setInterval(() => {
    for (const id of open) {
      if (done.has(id)) open.delete(id)
      else void handIn(id)
    }
  }, AGAIN_MS)
  return {
    done,
    /** @param {string} id */
    send(id) {
      open.add(id)
      void handIn(id)
    },
    async close() {
      clearInterval(again)
      await Promise.all([worker.close(true), queue.close()])
    },
  }
}
