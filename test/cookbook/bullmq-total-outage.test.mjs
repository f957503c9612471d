import * as now from 'bullmq' // 6.7
import * as old from 'bullmq-5' // 5.58
import { expect } from 'vitest'
import { eventually, failoverTest, outage } from 'ts-sentinel/harness/vitest'

const test = failoverTest({ replicas: 1, persistence: 'aof' })

test('a BullMQ worker continues after an outage of everything', async ({ deployment, onTestFinished }) => {
  const connection = deployment.connection('ioredis')
  const done = new Set()
  const versions = { now, old1: old, old2: old, old3: old, old4: old }
  const queues = Object.entries(versions).map(([name, { Queue, Worker }]) => {
    const queue = new Queue(name, { connection })
    const worker = new Worker(name, async ({ data }) => { done.add(`${name} ${data}`) }, { connection, drainDelay: 1 })
    for (const one of [queue, worker]) one.on('error', () => {})
    onTestFinished(() => { void Promise.allSettled([worker.close(true), queue.close()]) })
    return queue
  })
  await Promise.all(queues.map((queue) => queue.add('mail', 'before')))
  await eventually('all workers to work', () => { expect(done.size).toBe(5) })

  await (await outage(deployment, 3_000, { sentinels: true })).over
  await Promise.all(queues.map((queue) => queue.add('mail', 'after')))
  await eventually('the worker of 6.7 to continue', () => { expect(done).toContain('now after') })
  await queues[0]?.add('mail', 'again')
  await eventually('the worker of 6.7 to work', () => { expect(done).toContain('now again') })
  // Connections of 5.58 have ended for good: of all that waited for a job at the beginning of the outage.
  expect([...done].filter((job) => job.endsWith('after')).length).toBeLessThan(5)
})
