/** Sentinels that are cut off from a working master, with `witnesses` on (docs/decisions/0050-witnesses.md). */
import { describe, expect, it } from 'vitest'

import { eventually, killMaster, notYet, type Deployment } from '../../src/harness/index.ts'
import { report } from './support/figures.ts'
import { fleet, limitFor, rounds } from './support/settings.ts'
import { withSettings } from './support/settings-file.ts'

const DOWN_AFTER_MS = 2000
const ON = () => ['[protection]', 'witnesses = yes']
const OPTIONS = { sentinels: fleet(3), replicas: 2, network: 'relayed', downAfterMs: DOWN_AFTER_MS, failoverTimeoutMs: 10_000 } as const
const OF_MASTER = /^master /

describe('with witnesses', () => {
  const count = rounds(1)

  it('sentinels that are cut off from the master leave it alone, and replace it at once when it dies', async () => {
    for (let round = 1; round <= count; round++) {
      await withSettings(OPTIONS, ON, async ({ deployment }) => {
        const writer = await deployment.startWriter()
        const { timeline } = deployment
        const after = timeline.position
        cutSentinelsOff(deployment)
        for (const { name } of deployment.sentinels) await timeline.waitFor({ event: '+witnessed', source: name, after })
        // Most of witness-max: five times down-after.
        await writer.nextAcknowledged()
        await masterSilentFor(deployment, 4 * DOWN_AFTER_MS)
        expect(timeline.all({ event: '+sdown', text: OF_MASTER, after })).toEqual([])
        expect(timeline.all({ event: '-witnessed', after })).toEqual([])

        const fault = await killMaster(deployment)
        const down = await timeline.waitFor({ event: '+sdown', text: OF_MASTER, after: fault.position })
        const switched = await timeline.waitFor({ event: '+switch-master', after: fault.position })
        const values = { sdownMs: down.at - fault.at, switchMs: switched.at - fault.at }
        report({ scenario: 'killed while sentinels are cut off', round, values })
        expect(values.switchMs).toBeLessThan(DOWN_AFTER_MS + 1000)
      })
    }
  }, limitFor(count, 60_000))

  it('a master that is killed is replaced as early as without', async () => {
    for (let round = 1; round <= count; round++) {
      for (const [name, settings] of [['with', ON], ['without', () => []]] as const) {
        await withSettings(OPTIONS, settings, async ({ deployment }) => {
          await deployment.startWriter()
          const fault = await killMaster(deployment)
          const switched = await deployment.timeline.waitFor({ event: '+switch-master', after: fault.position })
          const switchMs = switched.at - fault.at
          report({ scenario: `killed, ${name} witnesses`, round, values: { switchMs } })
          expect(switchMs).toBeLessThan(DOWN_AFTER_MS + 1000)
          expect(deployment.timeline.all({ event: '+witnessed', after: fault.position })).toEqual([])
        })
      }
    }
  }, limitFor(count, 90_000))
})

function cutSentinelsOff({ sentinels, network, group }: Deployment): void {
  const [master] = group.nodes
  for (const { name } of sentinels) network?.cut(name, master?.name ?? '')
}

/** The sentinel's own account of the time is waited for, not a clock of the test. */
async function masterSilentFor(deployment: Deployment, ms: number): Promise<void> {
  await eventually(`no answer of the master for ${ms} ms`, async () => {
    const { 'last-ok-ping-reply': silent } = await deployment.sentinel(0).master(deployment.group.name)
    if (!(Number(silent) >= ms)) throw notYet(`last-ok-ping-reply is ${silent}`)
  }, { timeoutMs: ms + 10_000 })
}
