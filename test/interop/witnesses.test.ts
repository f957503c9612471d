/** What `witnesses` of two of ours means beside a genuine sentinel (docs/decisions/0050-witnesses.md). */
import { expect, it } from 'vitest'

import { eventually, killMaster, notYet } from '../../src/harness/index.ts'
import { kindUnderTest, limitFor } from '../integration/support/settings.ts'
import { withSettings } from '../integration/support/settings-file.ts'

const DOWN_AFTER_MS = 2000
const OPTIONS = {
  sentinels: [kindUnderTest(), kindUnderTest(), 'genuine'], replicas: 2, network: 'relayed', downAfterMs: DOWN_AFTER_MS,
  failoverTimeoutMs: 10_000,
} as const

it('a genuine sentinel beside two of ours that see witnesses has no quorum, and fails over with them when the master dies', async () => {
  await withSettings(OPTIONS, () => ['[protection]', 'witnesses = yes'], async ({ deployment }) => {
    await deployment.startWriter()
    const { timeline, network, sentinels, group } = deployment
    const after = timeline.position
    for (const { name } of sentinels) network?.cut(name, group.nodes[0]?.name ?? '')
    await timeline.waitFor({ event: '+sdown', source: sentinels[2]?.name ?? '', text: /^master /, after })
    for (const ours of sentinels.slice(0, 2)) await timeline.waitFor({ event: '+witnessed', source: ours.name, after })
    // Several times the ask period of the genuine one.
    await eventually('the genuine one to see the master down for long', async () => {
      const { 's-down-time': down } = await deployment.sentinel(2).master(group.name)
      if (!(Number(down) >= 3 * DOWN_AFTER_MS)) throw notYet(`s-down-time is ${down}`)
    }, { timeoutMs: 20_000 })
    expect(timeline.all({ event: '+odown', after })).toEqual([])
    expect(timeline.all({ event: '-witnessed', after })).toEqual([])
    const fault = await killMaster(deployment)
    await timeline.waitFor({ event: '+switch-master', after: fault.position })
  })
}, limitFor(1, 60_000))
