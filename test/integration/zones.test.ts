/** Zones and the limit of the lag on real processes (docs/decisions/0055-zones-and-lag.md). */
import { writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'

import { findingsOf } from '../../src/cli/check/index.ts'
import {
  eventually, killMaster, notYet, pairs, type Deployment, type DeploymentOptions, type SentinelProcess,
} from '../../src/harness/index.ts'
import { fleet } from './support/settings.ts'
import { withSettings } from './support/settings-file.ts'

const LIMIT_MS = 90_000
const OPTIONS: DeploymentOptions = { sentinels: fleet(3), failoverTimeoutMs: 10_000 }

/** `zone.127.0.0.1:30001 = a`, one line for each node in its order; the master comes first. */
function zoneLines({ nodes }: Deployment, ...zones: readonly string[]): string[] {
  return zones.map((zone, at) => `zone.${addressOf(nodes[at]?.address)} = ${zone}`)
}

function addressOf(address: { readonly host: string, readonly port: number } | undefined): string {
  return `${address?.host}:${address?.port}`
}

/** Waits until `explain` of every sentinel has these words about the node. */
async function explained({ sentinels, nodes }: Deployment, at: number, words: string): Promise<void> {
  const start = `${addressOf(nodes[at]?.address)} `
  for (const sentinel of sentinels) {
    await eventually(`${sentinel.name} to explain "${words}"`, async () => {
      const fields = pairs(await sentinel.call(['SENTINEL', 'EXPLAIN', 'mymaster']))
      const [line = ''] = Object.values(fields).filter((text) => text.startsWith(start))
      if (!line.includes(words)) throw notYet(JSON.stringify(fields))
    }, { timeoutMs: 30_000, everyMs: 50 })
  }
}

function rewriteSettings(sentinel: SentinelProcess, lines: readonly string[]): void {
  writeFileSync(join(dirname(sentinel.configFile), 'ts-sentinel.ini'), ['[master mymaster]', ...lines, ''].join('\n'), { mode: 0o600 })
}

describe('sentinels with zones', () => {
  it('promote the replica in the preferred zone, also after a node was moved to it', async () => {
    const settings = (deployment: Deployment) => ['prefer-zone = b', ...zoneLines(deployment, 'a', 'a', 'b')]
    await withSettings(OPTIONS, (_port, deployment) => ['[master mymaster]', ...settings(deployment)], async ({ deployment }) => {
      await explained(deployment, 2, 'would be promoted: it is in the preferred zone')
      await explained(deployment, 1, 'it is not in the preferred zone')
      for (const sentinel of deployment.sentinels) {
        rewriteSettings(sentinel, ['prefer-zone = b', ...zoneLines(deployment, 'a', 'b', 'a')])
        await sentinel.restart()
      }
      await deployment.waitUntilFormed()
      await explained(deployment, 1, 'would be promoted: it is in the preferred zone')
      const fault = await killMaster(deployment)
      const { master } = await deployment.waitUntilSettled({ awayFrom: fault.node.address })
      expect(master.name).toBe('redis-1')
    })
  }, LIMIT_MS)

  it('promote no replica in a zone of never-promote-in, whatever its priority, and none by an order either', async () => {
    const options: DeploymentOptions = { ...OPTIONS, replicas: [{ priority: 1 }, {}] }
    const settings = (deployment: Deployment) => [
      '[master mymaster]', 'never-promote-in = c,d', ...zoneLines(deployment, 'c', 'd', 'b'), 'zone.127.0.0.1:9 = b',
    ]
    await withSettings(options, (_port, deployment) => settings(deployment), async ({ deployment }) => {
      await explained(deployment, 1, 'excluded: it is in zone d, of which no replica may be promoted')
      const fault = await killMaster(deployment)
      const { master } = await deployment.waitUntilSettled({ awayFrom: fault.node.address })
      expect(master.name).toBe('redis-2')
      await fault.node.start()
      await deployment.waitUntilSettled({ awayFrom: fault.node.address })
      await explained(deployment, 0, 'excluded: it is in zone c')
      await expect(deployment.sentinel(0).call(['SENTINEL', 'FAILOVER', 'mymaster'])).rejects.toThrow(/NOGOODSLAVE/)
      const found = await findingsOf({ file: deployment.sentinel(0).configFile, offline: false, admin: undefined })
      const codes = typeof found === 'string' ? [found] : found.map(({ code }) => code)
      expect(codes.filter((code) => code.includes('zone'))).toEqual(['zone-unknown-node', 'all-zones-excluded'])
    })
  }, LIMIT_MS)
})

describe('sentinels with a limit of the lag', () => {
  it('leave out a replica that lacks more, although its priority is better, and take it where no other is left', async () => {
    const options: DeploymentOptions = { ...OPTIONS, network: 'relayed', replicas: [{ priority: 1 }, {}], downAfterMs: 2000 }
    const settings = ['[master mymaster]', 'max-lag-bytes = 10000']
    await withSettings(options, () => settings, async ({ deployment }) => {
      const [, late] = deployment.nodes
      const master = await deployment.currentMaster()
      deployment.network?.cut(late?.name ?? '', master.name)
      await master.call(['SET', 'key', 'x'.repeat(50_000)])
      await explained(deployment, 1, 'excluded: it lacks')
      await deployment.node(2).kill()
      await explained(deployment, 1, 'as a last resort: it lacks')
      await deployment.node(2).start()
      await explained(deployment, 1, 'excluded: it lacks')
      const fault = await killMaster(deployment)
      const switched = await deployment.timeline.waitFor({ event: '+switch-master', after: fault.position })
      expect(switched.text.endsWith(addressOf(deployment.node(2).address).replace(':', ' '))).toBe(true)
    })
  }, LIMIT_MS)
})
