import assert from 'node:assert/strict'
import test from 'node:test'
import { eventually, killMaster, withDeployment } from 'ts-sentinel/harness'
import { openMail } from './worker.mjs'

test('the worker does every job although the master dies', { timeout: 120_000 }, async () => {
  // BullMQ wants maxmemory-policy noeviction, which is the default.
  await withDeployment({ replicas: 2, sentinels: 3 }, async (deployment) => {
    const mail = openMail(deployment.sentinelAddresses)
    try {
      const ids = Array.from({ length: 200 }, (_, at) => `mail-${at}`)
      for (const id of ids.slice(0, 100)) mail.send(id)
      await eventually('the first jobs to be done', () => { assert.ok(mail.done.size >= 10) })
      const fault = await killMaster(deployment)
      for (const id of ids.slice(100)) mail.send(id)

      await deployment.waitUntilSettled({ awayFrom: fault.node.address })
      await eventually('all jobs to be done', () => {
        assert.deepEqual(ids.filter((id) => !mail.done.has(id)), [])
      }, { timeoutMs: 60_000 })
    } finally {
      await mail.close()
    }
  })
})
