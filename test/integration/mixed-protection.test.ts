/**
 * What one and two of ours bring in a fleet of three beside genuine sentinels: docs/guarantees.md has the table of all
 * rules. Each helps where it can, and none makes the fleet do what a genuine one would not.
 */
import { describe, expect, it } from 'vitest'

import {
  clock, eventually, killMaster, notYet, type Deployment, type DeploymentOptions, type FaultPoint, type RedisProcess,
  type SentinelKind,
} from '../../src/harness/index.ts'
import { report } from './support/figures.ts'
import { kindUnderTest } from './support/settings.ts'
import { withSettings } from './support/settings-file.ts'

const ours = kindUnderTest()
const ONE: readonly SentinelKind[] = [ours, 'genuine', 'genuine']
const TWO: readonly SentinelKind[] = [ours, ours, 'genuine']

/** Four publish periods: a genuine sentinel never demotes a master that returned before. */
const GENUINE_DEMOTION_MS = 8000

const OF_MASTER = /^master /

interface Fleet {
  readonly sentinels: readonly SentinelKind[]
  readonly settings: readonly string[]
  readonly more?: DeploymentOptions
}

function withFleet(
  { sentinels, settings, more }: Fleet, use: (deployment: Deployment) => Promise<void>,
): Promise<void> {
  const lines = settings.length === 0 ? [] : ['[protection]', ...settings]
  const options = { failoverTimeoutMs: 20_000, ...more, sentinels }
  return withSettings(options, () => lines, ({ deployment }) => use(deployment))
}

/** Milliseconds from the fault until the last sentinel has switched, each of them to the same node and once. */
async function switchedAfter(
  { timeline, sentinels }: Deployment, { at, position }: FaultPoint, withinMs: number,
): Promise<number> {
  const switches = await Promise.all(sentinels.map(({ name }) => (
    timeline.waitFor({ source: name, event: '+switch-master', after: position }, withinMs)
  )))
  expect(new Set(switches.map(({ text }) => text)).size).toBe(1)
  expect(timeline.all({ event: '+switch-master', after: position })).toHaveLength(sentinels.length)
  return Math.max(...switches.map((one) => one.at)) - at
}

describe('crash-detection, when the master is killed', () => {
  const settings = ['crash-detection = 200']

  it('needs two of ours: the genuine one follows them long before its down-after', async () => {
    await withFleet({ sentinels: TWO, settings, more: { downAfterMs: 30_000 } }, async (deployment) => {
      const fault = await killMaster(deployment)
      const switchedMs = await switchedAfter(deployment, fault, 15_000)
      report({ scenario: 'crash detection, two of ours', round: 1, values: { switchedMs } })
      const genuine = { source: 'sentinel-2', event: '+sdown', text: OF_MASTER, after: fault.position }
      expect(deployment.timeline.all(genuine)).toEqual([])
      await deployment.waitUntilSettled({ awayFrom: fault.node.address })
    })
  }, 120_000)

  it('of one of ours is an opinion only: the fleet fails over at down-after as ever', async () => {
    await withFleet({ sentinels: ONE, settings, more: { downAfterMs: 5000 } }, async (deployment) => {
      const { timeline } = deployment
      const fault = await killMaster(deployment)
      const after = fault.position
      const early = await timeline.waitFor({ source: 'sentinel-0', event: '+sdown', text: OF_MASTER, after })
      // The other genuine one may hear of the switch before its own down-after is over.
      const usual = await timeline.waitFor({
        event: '+sdown', text: OF_MASTER, after, where: ({ source }) => source !== 'sentinel-0',
      })
      const switchedMs = await switchedAfter(deployment, fault, 30_000)
      const [odown] = timeline.all({ event: '+odown', after })
      const values = { earlyMs: early.at - fault.at, usualMs: usual.at - fault.at, switchedMs }
      report({ scenario: 'crash detection, one of ours', round: 1, values })
      expect(early.at).toBeLessThan(usual.at)
      // With the second opinion, which is that of a genuine one, and not with the first.
      expect(odown?.at).toBeGreaterThan((early.at + usual.at) / 2)
      await deployment.waitUntilSettled({ awayFrom: fault.node.address })
    })
  }, 120_000)
})

describe('a replaced master that returns', () => {
  it.each([['one of ours and two genuine ones', ONE], ['two of ours and a genuine one', TWO]] as const)('is demoted by %s long before a genuine one would', async (_title, sentinels) => {
    await withFleet({ sentinels, settings: [], more: { downAfterMs: 1500 } }, async (deployment) => {
      const { timeline } = deployment
      const fault = await killMaster(deployment)
      await switchedAfter(deployment, fault, 30_000)
      await deployment.waitUntilSettled({ awayFrom: fault.node.address })
      const { position } = timeline
      const since = clock()
      await fault.node.start()
      await isReplica(fault.node)
      const demotedMs = clock() - since
      report({ scenario: `returned master, ${sentinels.join(', ')}`, round: 1, values: { demotedMs } })
      expect(demotedMs).toBeLessThan(GENUINE_DEMOTION_MS)
      const kinds = timeline.all({ event: '+convert-to-slave', after: position }).map(({ source }) => sentinels[Number(source.at(-1))])
      expect(new Set(kinds)).toEqual(new Set([ours]))
    })
  }, 120_000)
})

describe('witnesses of one of ours', () => {
  it('keep no genuine sentinel from a failover, and ours votes and follows', async () => {
    const settings = ['witnesses = yes']
    const more: DeploymentOptions = { downAfterMs: 2000, replicas: 2, network: 'relayed' }
    await withFleet({ sentinels: ONE, settings, more }, async (deployment) => {
      await deployment.startWriter()
      const { timeline, network, sentinels } = deployment
      const node = await deployment.currentMaster()
      const fault = { node, at: clock(), position: timeline.position }
      for (const { name } of sentinels) network?.cut(name, node.name)
      await timeline.waitFor({ event: '+witnessed', source: 'sentinel-0', after: fault.position })
      const switchedMs = await switchedAfter(deployment, fault, 30_000)
      report({ scenario: 'witnesses, one of ours', round: 1, values: { switchedMs } })
      // A replica that is promoted has no link to the old master any more, so it is no witness.
      const [selected] = timeline.all({ event: '+selected-slave', after: fault.position })
      const early = { source: 'sentinel-0', event: '+sdown', text: OF_MASTER, after: fault.position }
      expect(timeline.all(early).filter(({ at }) => at < (selected?.at ?? 0))).toEqual([])
    })
  }, 120_000)
})

async function isReplica(node: RedisProcess): Promise<void> {
  await eventually(`${node.name} to follow the new master`, async () => {
    const { role } = await node.replication()
    if (role !== 'slave') throw notYet(`its role is ${role}`)
  }, { timeoutMs: 30_000, everyMs: 20 })
}
