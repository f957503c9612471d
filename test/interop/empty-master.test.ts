/** A master that restarts empty, watched by sentinels of both programs (docs/decisions/0049-empty-master.md). */
import { describe, expect, it } from 'vitest'

import { withDeployment, type Deployment, type SentinelKind } from '../../src/harness/index.ts'
import { copied, keysOf, restartMaster, synchroniseBy, writeKeys } from '../integration/support/empty-master.ts'
import { kindUnderTest, limitFor } from '../integration/support/settings.ts'

const KEYS = 300
const OURS = kindUnderTest()

/** `use` gets the deployment after the restart of the master, and the position in the timeline before it. */
function afterRestart(
  sentinels: readonly SentinelKind[], quorum: number, use: (deployment: Deployment, after: number) => Promise<void>,
): Promise<void> {
  return withDeployment({ sentinels, quorum, replicas: 2, downAfterMs: 5000 }, async (deployment) => {
    await writeKeys(deployment, KEYS)
    synchroniseBy('diskless', deployment.group.nodes)
    const fault = await restartMaster(deployment)
    await use(deployment, fault.position)
  })
}

async function expectKept(deployment: Deployment): Promise<void> {
  await deployment.waitUntilSettled({ awayFrom: deployment.node(0).address })
  await copied(deployment, await deployment.currentMaster())
  expect(await Promise.all(deployment.group.nodes.map(keysOf))).toEqual([KEYS, KEYS, KEYS])
}

async function expectLost(deployment: Deployment, after: number): Promise<void> {
  await copied(deployment, deployment.node(0))
  expect(await Promise.all(deployment.group.nodes.map(keysOf))).toEqual([0, 0, 0])
  expect(deployment.timeline.all({ event: /^(\+odown|\+try-failover)$/, after })).toEqual([])
}

describe('a master that restarts empty', () => {
  it('is replaced without loss by two of ours beside a genuine sentinel', async () => {
    await afterRestart([OURS, OURS, 'genuine'], 2, expectKept)
  }, limitFor(1, 60_000))

  it('is reported by one of ours beside two genuine sentinels, which is no quorum', async () => {
    await afterRestart([OURS, 'genuine', 'genuine'], 2, async (deployment, after) => {
      await expectLost(deployment, after)
      const reported = deployment.timeline.all({ source: 'sentinel-0', event: '+lost-data', after })
      expect(reported[0]?.text).toContain('#restarted empty, a replica has the data')
    })
  }, limitFor(1, 60_000))

  it('is replaced without loss by one of ours and the votes of two genuine sentinels where the quorum is 1', async () => {
    await afterRestart([OURS, 'genuine', 'genuine'], 1, expectKept)
  }, limitFor(1, 60_000))

  it('is copied by its replicas where all sentinels are genuine', async () => {
    await afterRestart(['genuine', 'genuine', 'genuine'], 2, expectLost)
  }, limitFor(1, 60_000))
})
