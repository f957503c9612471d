/** Masters that restart without their data, and others that look like them (docs/decisions/0049-empty-master.md). */
import { appendFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

import { eventually, notYet, withDeployment, type Deployment, type DeploymentOptions } from '../../src/harness/index.ts'
import {
  copied, infoOf, infoShows, keysOf, restartMaster, restartSeen, synchroniseBy, withFastInfo, writeKeys,
} from './support/empty-master.ts'
import { OldMasterWriters } from '../bench/old-master-writers.ts'
import { report } from './support/figures.ts'
import { fleet, limitFor, rounds } from './support/settings.ts'
import { takeSnapshot } from './support/snapshot.ts'

const KEYS = 300
const DOWN_AFTER_MS = 5000
const LIMIT_MS = 90_000

function withFleet(use: (deployment: Deployment) => Promise<void>, more: DeploymentOptions = {}): Promise<void> {
  return withDeployment({ sentinels: fleet(3), replicas: 2, downAfterMs: DOWN_AFTER_MS, ...more }, use)
}

/** No sentinel has taken the master for down, or for one that lost its data. */
function expectNothing({ timeline }: Deployment, after: number): void {
  const events = timeline.all({ event: /^(\+lost-data|\+sdown|\+odown|\+try-failover|\+switch-master)$/, text: /^master |^mymaster /, after })
  expect(events.map(({ source, event, text }) => `${source} ${event} ${text}`)).toEqual([])
}

describe('a master without persistence that is killed and started again at once', () => {
  const count = rounds(1)

  it('is replaced, and no key is lost, with the diskless synchronisation of redis-server', async () => {
    for (let round = 1; round <= count; round++) {
      await withFleet(async (deployment) => {
        const { timeline, sentinels, group } = deployment
        await writeKeys(deployment, KEYS)
        synchroniseBy('diskless', group.nodes)
        const fault = await restartMaster(deployment)
        const lost = await Promise.all(sentinels.map(({ name }) => (
          timeline.waitFor({ source: name, event: '+lost-data', after: fault.position })
        )))
        expect(new Set(lost.map(({ text }) => text.slice(text.indexOf('#'))))).toEqual(new Set(['#restarted empty, a replica has the data']))
        await deployment.waitUntilSettled({ awayFrom: fault.node.address })
        const switched = timeline.first({ event: '+switch-master', after: fault.position })
        report({ scenario: 'empty master, diskless', round, values: { switchMs: (switched?.at ?? Number.NaN) - fault.at } })
        await copied(deployment, await deployment.currentMaster())
        expect(await Promise.all(group.nodes.map(keysOf))).toEqual([KEYS, KEYS, KEYS])
      })
    }
  }, limitFor(count, LIMIT_MS))

  it('is replaced without loss of the former keys although clients write to it at once', async () => {
    await withFleet(async (deployment) => {
      await writeKeys(deployment, KEYS)
      synchroniseBy('diskless', deployment.group.nodes)
      const load = new OldMasterWriters(deployment.node(0).address, 4)
      try {
        const fault = await restartMaster(deployment)
        await deployment.timeline.waitFor({ event: '+switch-master', after: fault.position })
      } finally {
        await load.stop()
      }
      await deployment.waitUntilSettled({ awayFrom: deployment.node(0).address })
      await copied(deployment, await deployment.currentMaster())
      expect(await Promise.all(deployment.group.nodes.map(keysOf))).toEqual([KEYS, KEYS, KEYS])
    })
  }, LIMIT_MS)

  it('is left alone if it was a cache without keys before', async () => {
    await withFleet(async (deployment) => {
      await infoShows(deployment, /# Keyspace\r\n(?!db)/)
      synchroniseBy('disk', deployment.group.nodes)
      const fault = await restartMaster(deployment)
      await restartSeen(deployment, fault)
      await copied(deployment, fault.node)
      await infoShows(deployment, new RegExp(`master_replid:${await replidOf(fault.node)}`))
      expectNothing(deployment, fault.position)
    })
  }, LIMIT_MS)

  it('is left alone if FLUSHALL had emptied it before', async () => {
    await withFleet(async (deployment) => {
      await writeKeys(deployment, KEYS)
      synchroniseBy('diskless', deployment.group.nodes)
      // The last INFO of the sentinels still shows the keys.
      await (await deployment.currentMaster()).call(['FLUSHALL'])
      await copied(deployment, deployment.node(0))
      const fault = await restartMaster(deployment)
      await restartSeen(deployment, fault)
      await copied(deployment, fault.node)
      expectNothing(deployment, fault.position)
    })
  }, LIMIT_MS)
})

describe('sentinels that see no lost data', () => {
  it('leave a master alone after FLUSHALL', async () => {
    await withFleet(async (deployment) => {
      await writeKeys(deployment, KEYS)
      const { position } = deployment.timeline
      await (await deployment.currentMaster()).call(['FLUSHALL'])
      await infoShows(deployment, /# Keyspace\r\n(?!db)/)
      expectNothing(deployment, position)
    })
  }, LIMIT_MS)

  it('leave a restarted master alone while it loads its data for some seconds', async () => {
    await withFleet(async (deployment) => {
      const { sentinels, group } = deployment
      await writeKeys(deployment, KEYS)
      const master = await deployment.currentMaster()
      await takeSnapshot(master)
      // 10 ms for each key, and the server answers meanwhile.
      appendFileSync(master.configFile, 'key-load-delay 10000\nloading-process-events-interval-bytes 1024\n')
      const fault = await restartMaster(deployment)
      await withFastInfo(sentinels, () => eventually('every sentinel to see it load', async () => {
        for (const sentinel of sentinels) {
          const [info = ''] = await infoOf(sentinel, group.name)
          if (!/^loading:1\r$/m.test(info)) throw notYet(`INFO that ${sentinel.name} has does not show it`)
        }
      }, { everyMs: 20 }))
      await copied(deployment, fault.node)
      await infoShows(deployment, new RegExp(`db0:keys=${KEYS},`))
      expectNothing(deployment, fault.position)
    }, { persistence: 'rdb' })
  }, LIMIT_MS)

  it.each([
    ['stays one until they correct it', false], ['is restarted then', true],
  ])('leave the master alone where a replica is promoted by hand and %s', async (_what, isRestarted) => {
    await withFleet(async (deployment) => {
      const { timeline, sentinels } = deployment
      await writeKeys(deployment, KEYS)
      const { position } = timeline
      const replica = deployment.node(1)
      await replica.call(['REPLICAOF', 'NO', 'ONE'])
      await withFastInfo(sentinels, () => Promise.all(sentinels.map(({ name }) => (
        timeline.waitFor({ source: name, event: '-role-change', after: position })
      ))))
      // Without persistence it is empty then, and follows the master by its configuration file.
      if (isRestarted) await replica.restart()
      await copied(deployment, deployment.node(0))
      expect(await Promise.all(deployment.group.nodes.map(keysOf))).toEqual([KEYS, KEYS, KEYS])
      expectNothing(deployment, position)
      expect(timeline.all({ event: '+convert-to-slave', after: position }).length > 0).toBe(!isRestarted)
    })
  }, LIMIT_MS)
})

async function replidOf(node: { info(section: string): Promise<Readonly<Record<string, string>>> }): Promise<string> {
  return (await node.info('replication'))['master_replid'] ?? ''
}
