/**
 * Crash detection with real processes and sockets: a master that was killed or stopped is replaced long before
 * down-after, and one that is only silent, cut off, full or restarted is not.
 */
import { existsSync, readFileSync, readlinkSync, symlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'

import {
  clock, eventually, isolateMaster, killMaster, notYet, pauseMaster,
  type Deployment, type DeploymentOptions, type FaultPoint, type RedisProcess,
} from '../../src/harness/index.ts'
import { report } from './support/figures.ts'
import { rounds } from './support/settings.ts'
import { withSettings } from './support/settings-file.ts'

const DOWN_AFTER_MS = 30_000
const LOG = 'crash.log'
const CRASH_DETECTION_MS = 200

/** Many times what a replacement needs here, and far below down-after, also on a busy machine. */
const WELL_BELOW_MS = DOWN_AFTER_MS / 3

/** How long a master that must stay is silent: several times crash-detection, with many attempts. */
const SILENT_MS = 20 * CRASH_DETECTION_MS

/** Every sentinel has read INFO of all nodes when this calls `use`, so it is connected to them. */
function withFleet(
  use: (deployment: Deployment) => Promise<void>, more: DeploymentOptions = {}, crashDetectionMs = CRASH_DETECTION_MS,
): Promise<void> {
  const settings = ['[protection]', `crash-detection = ${crashDetectionMs}`]
  return withSettings({ downAfterMs: DOWN_AFTER_MS, ...more }, () => settings, ({ deployment }) => use(deployment))
}

async function replacedOnAllAfter({ timeline, sentinels }: Deployment, fault: FaultPoint): Promise<number> {
  const switches = await Promise.all(sentinels.map(({ name }) => (
    timeline.waitFor({ source: name, event: '+switch-master', after: fault.position }, DOWN_AFTER_MS)
  )))
  return Math.max(...switches.map(({ at }) => at)) - fault.at
}

/** By the account of every sentinel, the master gives no answer for a long time, and it is not found down. */
async function staysUpThoughSilent(deployment: Deployment, position: number): Promise<void> {
  await eventually(`no answer of the master for ${SILENT_MS} ms`, async () => {
    for (const sentinel of deployment.sentinels) {
      const { 'last-ok-ping-reply': silent } = await sentinel.master(deployment.group.name)
      if (!(Number(silent) >= SILENT_MS)) throw notYet(`${sentinel.name}: last-ok-ping-reply is ${silent}`)
    }
  })
  expect(foundDown(deployment, position)).toEqual([])
}

/** Every sentinel has had an answer of the master after this call. */
async function answersAll({ sentinels, group }: Deployment): Promise<void> {
  const since = clock()
  await eventually('every sentinel to have an answer of the master', async () => {
    for (const sentinel of sentinels) {
      const { flags, 'last-ok-ping-reply': age } = await sentinel.master(group.name)
      if (flags !== 'master' || !(Number(age) < clock() - since)) throw notYet(`${sentinel.name}: ${flags}, last answer ${age} ms ago`)
    }
  })
}

/** The server ends its connections and executes its program again. Returns how long it took until it answered. */
async function executeAnew(node: RedisProcess): Promise<number> {
  const program = join(node.folder, 'redis-server')
  // The server looks for itself there, because it was found through PATH.
  if (!existsSync(program)) symlinkSync(readlinkSync(`/proc/${node.process.pid}/exe`), program)
  const { run_id: before } = await node.info('server')
  const since = clock()
  await expect(node.call(['DEBUG', 'CRASH-AND-RECOVER', '0'])).rejects.toThrow()
  await eventually('it to answer', () => node.call(['PING']), { everyMs: 2 })
  const tookMs = clock() - since
  expect((await node.info('server'))['run_id']).not.toBe(before)
  return tookMs
}

function foundDown({ timeline }: Deployment, position: number) {
  return timeline.all({ event: '+sdown', text: /^master /, after: position })
}

async function endMaster(deployment: Deployment): Promise<FaultPoint> {
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
      await staysUpThoughSilent(deployment, position)
      node.resume()
      await answersAll(deployment)
    })
  }, 60_000)

  it('when it is slow: a command blocks it while its connections stay', async () => {
    await withFleet(async (deployment) => {
      const node = await deployment.currentMaster()
      const { position } = deployment.timeline
      const blocked = node.call(['DEBUG', 'SLEEP', String(2 * SILENT_MS / 1000)], 4 * SILENT_MS)
      await staysUpThoughSilent(deployment, position)
      await blocked
      await answersAll(deployment)
      expect(foundDown(deployment, position)).toEqual([])
    })
  }, 60_000)

  it('when it answers late', async () => {
    await withFleet(async (deployment) => {
      const node = await deployment.currentMaster()
      const { position } = deployment.timeline
      for (const { name } of deployment.sentinels) deployment.network?.delay(name, node.name, 5 * CRASH_DETECTION_MS)
      await eventually('PING to be unanswered for longer than crash-detection', async () => {
        for (const sentinel of deployment.sentinels) {
          const { 'last-ping-sent': waiting } = await sentinel.master(deployment.group.name)
          if (!(Number(waiting) > 2 * CRASH_DETECTION_MS)) throw notYet(`${sentinel.name}: for ${waiting} ms`)
        }
      })
      await answersAll(deployment)
      expect(foundDown(deployment, position)).toEqual([])
    }, { network: 'relayed' })
  }, 60_000)

  it('when its process is started again within crash-detection', async () => {
    await withFleet(async (deployment) => {
      const { node, position } = await killMaster(deployment)
      await node.start()
      await answersAll(deployment)
      expect(foundDown(deployment, position)).toEqual([])
    // A server starts in some 100 ms, on a busy machine in more.
    }, { persistence: 'aof' }, 10 * CRASH_DETECTION_MS)
  }, 60_000)

  it('when its process is replaced by a new one within 100 ms', async () => {
    const count = rounds(1)
    await withFleet(async (deployment) => {
      for (let round = 1; round <= count; round++) {
        const node = await deployment.currentMaster()
        const { position } = deployment.timeline
        const tookMs = await executeAnew(node)
        await answersAll(deployment)
        const found = foundDown(deployment, position)
        report({ scenario: 'restart of the master', round, values: { tookMs, foundDown: found.length } })
        // On a machine so busy that it took longer, the rule may find a crash.
        expect(tookMs < CRASH_DETECTION_MS ? found : []).toEqual([])
      }
    }, { persistence: 'aof' })
  }, 300_000)

  it('when maxclients is reached and its clients are dropped', async () => {
    await withFleet(async (deployment) => {
      const node = await deployment.currentMaster()
      const { position } = deployment.timeline
      await node.call(['CONFIG', 'SET', 'maxclients', '1'])
      await node.call(['CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes'])
      await node.call(['CLIENT', 'KILL', 'TYPE', 'pubsub'])
      await staysUpThoughSilent(deployment, position)
      await node.call(['CONFIG', 'SET', 'maxclients', '10000'])
    })
  }, 60_000)

  it('when relays reset its connections, and accept and reset new ones', async () => {
    await withFleet(async (deployment) => {
      const { position } = await isolateMaster(deployment)
      await staysUpThoughSilent(deployment, position)
      deployment.network?.heal()
    }, { network: 'relayed' })
  }, 60_000)

  it('when packets between it and all others are lost', async () => {
    await withFleet(async (deployment) => {
      const node = await deployment.currentMaster()
      const { position } = deployment.timeline
      for (const { name } of deployment.sentinels) deployment.network?.silence(name, node.name)
      await staysUpThoughSilent(deployment, position)
      deployment.network?.heal()
    }, { network: 'relayed' })
  }, 60_000)
})

describe('without crash-detection', () => {
  it('a master that was killed is up until down-after', async () => {
    await withSettings({ downAfterMs: DOWN_AFTER_MS }, () => [], async ({ deployment }) => {
      const { position } = await killMaster(deployment)
      await staysUpThoughSilent(deployment, position)
    })
  }, 60_000)
})
