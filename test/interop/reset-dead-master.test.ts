/** RESET on every sentinel while the master is dead (docs/decisions/0054-forgetting.md), beside the original. */
import { describe, expect, it } from 'vitest'

import { eventually, killMaster, notYet, withDeployment, type Deployment } from '../../src/harness/index.ts'

const DOWN_AFTER_MS = 2000
const OPTIONS = { replicas: 2, downAfterMs: DOWN_AFTER_MS, failoverTimeoutMs: 6000 } as const

function fleet(kind: 'ours' | 'genuine') {
  return [kind, kind, kind]
}

/** Kills the master and resets every sentinel within a moment, before one of them has found it down. */
async function resetAll(deployment: Deployment) {
  await deployment.waitUntilFormed()
  const fault = await killMaster(deployment)
  await Promise.all(deployment.sentinels.map((sentinel) => eventually('the lost connection', async () => {
    const { flags = '' } = await sentinel.master('mymaster')
    if (!flags.includes('disconnected')) throw notYet(flags)
  }, { everyMs: 5 })))
  await Promise.all(deployment.sentinels.map((sentinel) => sentinel.call(['SENTINEL', 'RESET', 'mymaster'])))
  return fault
}

describe('RESET on all sentinels while the master is dead', () => {
  it('keeps the replicas, the log reports it, and the failover follows', async () => {
    await withDeployment({ ...OPTIONS, sentinels: fleet('ours') }, async (deployment) => {
      const { node } = await resetAll(deployment)
      await eventually('the line in each log', () => {
        for (const sentinel of deployment.sentinels) {
          if (!sentinel.logLines().some((line) => line.includes('RESET of mymaster kept its 2 replicas'))) throw notYet(sentinel.name)
        }
      })
      await deployment.waitUntilSettled({ awayFrom: node.address })
    })
  }, 90_000)

  it('makes the original forget them, and no failover is possible', async () => {
    await withDeployment({ ...OPTIONS, sentinels: fleet('genuine') }, async (deployment) => {
      const { position } = await resetAll(deployment)
      await eventually('the master to be down for long', async () => {
        for (const sentinel of deployment.sentinels) {
          const master = await sentinel.master('mymaster')
          expect([master['num-slaves'], master['num-other-sentinels']]).toEqual(['0', '0'])
          if (!(Number(master['s-down-time']) > 5 * DOWN_AFTER_MS)) throw notYet(`s-down-time ${master['s-down-time']}`)
        }
      })
      expect(deployment.timeline.all({ event: '+switch-master', after: position })).toEqual([])
    })
  }, 90_000)
})
