/** A master that restarts is one of ours whatever it keeps (docs/decisions/0048-lineage-and-foreign-nodes.md). */
import { describe, expect, it } from 'vitest'

import {
  eventually, killMaster, notYet, withDeployment, type Deployment, type DeploymentOptions, type RedisProcess,
} from '../../src/harness/index.ts'
import { failoverRound } from './scenarios/failover-round.ts'
import { hurry } from './scenarios/foreign-nodes.ts'

const KEPT: readonly (readonly [string, DeploymentOptions])[] = [
  ['an RDB file', { persistence: 'rdb' }],
  ['an append-only file', { persistence: 'aof' }],
  ['both', { persistence: 'aof', redisConfig: ['save 1 1'] }],
  ['an append-only file without an RDB preamble', { persistence: 'aof', redisConfig: ['aof-use-rdb-preamble no'] }],
  ['nothing', {}],
]

/** A restart takes a fraction of it. */
const COMMON = { downAfterMs: 1500, folderPrefix: 'ts-sentinel-restarts' } as const

describe('a master that is killed and restarted', () => {
  it.each(KEPT)('with %s is never called foreign, at once nor after its failover', async (_kept, options) => {
    await withDeployment({ ...COMMON, ...options }, async (deployment) => {
      await hurry(deployment)
      await restartAtOnce(deployment)
      const { fault, settled } = await failoverRound(deployment, 'kill')
      expect(settled.master).not.toBe(fault.node)
      expect(await fault.node.replication()).toMatchObject({ role: 'slave', linkUp: true, master: settled.master.address })
      expectNoStranger(deployment)
    })
  })

  it('after a full synchronisation is never called foreign, in two failovers', async () => {
    await withDeployment({ ...COMMON, persistence: 'rdb', replicas: 1 }, async (deployment) => {
      await hurry(deployment)
      for (let round = 0; round < 2; round++) {
        const { fault, settled } = await failoverRound(deployment, 'kill')
        expect(await fault.node.replication()).toMatchObject({ role: 'slave', master: settled.master.address })
        await copyEverything(deployment, settled.master)
      }
      expectNoStranger(deployment)
    })
  })
})

/** Within down-after. A master without its data is replaced all the same (docs/decisions/0049-empty-master.md). */
async function restartAtOnce(deployment: Deployment): Promise<void> {
  const fault = await killMaster(deployment)
  await fault.node.start()
  await eventually('its new process to be known', async () => {
    const { run_id: runId } = await fault.node.info('server')
    for (const sentinel of deployment.sentinels) {
      const records = [await sentinel.master('mymaster'), ...await sentinel.replicas('mymaster')]
      if (!records.some(({ runid }) => runid === runId)) throw notYet(`${sentinel.name} has not read INFO`)
    }
  })
  await deployment.waitUntilSettled()
  await deployment.waitUntilFormed()
}

/**
 * Gives the data of the master a fresh id and no second one, as a restart does, so that its replica copies them. No
 * connection ends, so the sentinels read the id with their next ordinary INFO.
 */
async function copyEverything(deployment: Deployment, master: RedisProcess): Promise<void> {
  const before = Number((await master.info('stats'))['sync_full'])
  await master.call(['DEBUG', 'CHANGE-REPL-ID'])
  const changedAt = performance.now()
  await master.call(['CLIENT', 'KILL', 'TYPE', 'replica'])
  await eventually('a full synchronisation', async () => {
    const { sync_full: copies } = await master.info('stats')
    if (!(Number(copies) > before)) throw notYet(`${copies} so far`)
  })
  await eventually('its new id to be known', async () => {
    for (const sentinel of deployment.sentinels) {
      const { 'info-refresh': age } = await sentinel.master('mymaster')
      if (!(Number(age) < performance.now() - changedAt)) throw notYet(`${sentinel.name} read INFO ${age} ms ago`)
    }
  }, { timeoutMs: 15_000 })
  await deployment.waitUntilSettled()
  await deployment.waitUntilFormed()
}

function expectNoStranger({ timeline }: Deployment): void {
  expect(timeline.all({ event: '+foreign-node' })).toEqual([])
}
