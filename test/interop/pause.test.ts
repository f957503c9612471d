/** Pauses of failovers beside genuine sentinels, which cannot be paused and are not disturbed. */
import { describe, expect, it } from 'vitest'

import { killMaster, pairs, withDeployment, type SentinelProcess } from '../../src/harness/index.ts'

const SENTINELS = ['ours', 'ours', 'genuine'] as const

async function pause(sentinel: SentinelProcess): Promise<Readonly<Record<string, string>>> {
  return pairs(await sentinel.call(['SENTINEL', 'PAUSE', 'mymaster', 'FOR', '600000']))
}

describe('a pause beside a genuine sentinel', () => {
  it('on two of three prevents a failover, and the genuine one counts no error of a command', async () => {
    await withDeployment({ sentinels: SENTINELS, replicas: 1 }, async (deployment) => {
      const [first, second, genuine] = [0, 1, 2].map((at) => deployment.sentinel(at))
      if (first === undefined || second === undefined || genuine === undefined) throw new Error('three sentinels')
      expect(await pause(first)).toMatchObject({ paused: '1', known: '3', needed: '2', effective: 'no' })
      expect(await pause(second)).toMatchObject({ paused: '2', known: '3', needed: '2', effective: 'yes' })
      expect(String(await genuine.call(['INFO', 'everything']))).not.toContain('errorstat_ERR')

      const after = deployment.timeline.position
      const fault = await killMaster(deployment)
      await deployment.timeline.waitFor({ event: '-failover-abort-not-elected', source: genuine.name, after }, 40_000)
      expect(deployment.timeline.all({ event: '+elected-leader', after })).toEqual([])
      for (const sentinel of [first, second]) await sentinel.call(['SENTINEL', 'RESUME', 'mymaster'])
      await deployment.waitUntilSettled({ awayFrom: fault.node.address })
    })
  }, 120_000)

  it('on one of three leaves the failover to the two others', async () => {
    await withDeployment({ sentinels: SENTINELS, replicas: 1 }, async (deployment) => {
      const paused = deployment.sentinel(0)
      expect(await pause(paused)).toMatchObject({ effective: 'no' })
      const after = deployment.timeline.position
      const fault = await killMaster(deployment)
      await deployment.waitUntilSettled({ awayFrom: fault.node.address })
      expect(deployment.timeline.all({ event: /^\+(?:try-failover|vote-for-leader)$/, source: paused.name, after })).toEqual([])
    })
  }, 120_000)
})
