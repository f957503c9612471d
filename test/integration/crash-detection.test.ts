/**
 * Crash detection with real processes and sockets: a master that was killed or stopped is replaced long before
 * down-after, and one that is only silent, cut off, full or restarted is not.
 */
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'

import {
  isolateMaster, killMaster, pauseMaster, type Deployment, type DeploymentOptions, type Fault,
} from '../../src/harness/index.ts'
import { report } from './support/figures.ts'
import { withSettings } from './support/settings-file.ts'

const DOWN_AFTER_MS = 30_000
const LOG = 'crash.log'
const CRASH_DETECTION_MS = 200

/** Many times what a replacement needs here, and far below down-after, also on a busy machine. */
const WELL_BELOW_MS = DOWN_AFTER_MS / 3

/** How long a master that must stay is watched: several times crash-detection, with many attempts. */
const WATCH_MS = 20 * CRASH_DETECTION_MS

async function withFleet(
  use: (deployment: Deployment) => Promise<void>, more: DeploymentOptions = {}, crashDetectionMs = CRASH_DETECTION_MS,
): Promise<void> {
  const settings = ['[protection]', `crash-detection = ${crashDetectionMs}`]
  await withSettings({ downAfterMs: DOWN_AFTER_MS, ...more }, () => settings, async ({ deployment }) => {
    // INFO has been read, and the links to the replicas are established.
    await delay(2_000)
    await use(deployment)
  })
}

async function replacedOnAllAfter({ timeline, sentinels }: Deployment, fault: Fault): Promise<number> {
  const switches = await Promise.all(sentinels.map(({ name }) => (
    timeline.waitFor({ source: name, event: '+switch-master', after: fault.position }, DOWN_AFTER_MS)
  )))
  return Math.max(...switches.map(({ at }) => at)) - fault.at
}

async function expectToStay(deployment: Deployment, position: number): Promise<void> {
  await delay(WATCH_MS)
  expect(deployment.timeline.all({ event: '+sdown', text: /^master /, after: position })).toEqual([])
}

async function endMaster(deployment: Deployment): Promise<Fault> {
  const node = await deployment.currentMaster()
  const { position } = deployment.timeline
  const { at } = deployment.timeline.mark(node.name, 'fault: SIGTERM to the master')
  await node.stop()
  return { node, at, position }
}

describe('a master whose process ends', () => {
  it.each([['SIGKILL', killMaster], ['SIGTERM', endMaster]] as const)('by %s is replaced on all sentinels well below down-after', async (signal, end) => {
    await withFleet(async (deployment) => {
      const ms = await replacedOnAllAfter(deployment, await end(deployment))
      report({ scenario: `crash detection, ${signal}`, round: 1, values: { replacedOnAllMs: ms } })
      expect(ms).toBeLessThan(WELL_BELOW_MS)
      const logs = deployment.sentinels.map(({ configFile }) => readFileSync(join(dirname(configFile), LOG), 'utf8'))
      expect(logs.join('\n')).toContain('has ended, so it counts as down before down-after-milliseconds (30000)')
    }, { sentinelConfig: [`logfile ${LOG}`] })
  }, 90_000)
})

describe('a master is not taken for crashed', () => {
  it('when its process is stopped', async () => {
    await withFleet(async (deployment) => {
      const { node, position } = await pauseMaster(deployment)
      await expectToStay(deployment, position)
      node.resume()
    })
  }, 60_000)

  it('when its process is started again within crash-detection', async () => {
    await withFleet(async (deployment) => {
      const { node, position } = await killMaster(deployment)
      await node.start()
      await expectToStay(deployment, position)
    // A server starts in some 100 ms, on a busy machine in more.
    }, { persistence: 'aof' }, 10 * CRASH_DETECTION_MS)
  }, 60_000)

  it('when maxclients is reached and its clients are dropped', async () => {
    await withFleet(async (deployment) => {
      const node = await deployment.currentMaster()
      const { position } = deployment.timeline
      await node.call(['CONFIG', 'SET', 'maxclients', '1'])
      await node.call(['CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes'])
      await node.call(['CLIENT', 'KILL', 'TYPE', 'pubsub'])
      await expectToStay(deployment, position)
      await node.call(['CONFIG', 'SET', 'maxclients', '10000'])
    })
  }, 60_000)

  it('when relays reset its connections, and accept and reset new ones', async () => {
    await withFleet(async (deployment) => {
      const { position } = await isolateMaster(deployment)
      await expectToStay(deployment, position)
      deployment.network?.heal()
    }, { network: 'relayed' })
  }, 60_000)

  it('when packets between it and all others are lost', async () => {
    await withFleet(async (deployment) => {
      const node = await deployment.currentMaster()
      const { position } = deployment.timeline
      for (const { name } of deployment.sentinels) deployment.network?.silence(name, node.name)
      await expectToStay(deployment, position)
      deployment.network?.heal()
    }, { network: 'relayed' })
  }, 60_000)
})

describe('without crash-detection', () => {
  it('a master that was killed is up until down-after', async () => {
    await withSettings({ downAfterMs: DOWN_AFTER_MS }, () => [], async ({ deployment }) => {
      const { position } = await killMaster(deployment)
      await expectToStay(deployment, position)
    })
  }, 60_000)
})
