/** A genuine sentinel monitors another node as the same master (docs/decisions/0056-sentinels-that-disagree.md). */
import { describe, expect, it } from 'vitest'

import { findingsOf } from '../../src/cli/check/index.ts'
import { kindUnderTest } from '../integration/support/settings.ts'
import { withHttp } from '../integration/support/settings-file.ts'

const ours = kindUnderTest()

interface Details {
  readonly sentinelList: readonly { readonly disagreesMs?: number | null }[]
}

describe('a genuine sentinel that monitors another master of the same name', () => {
  it('is reported by ours, by check and over HTTP, and no longer once it monitors the right one', async () => {
    const masters = [{ name: 'mymaster' }, { name: 'other' }]
    await withHttp({ masters, replicas: 1, sentinels: [ours, ours, 'genuine'] }, async ({ deployment, url }) => {
      const { timeline, sentinels } = deployment
      const [first, second, genuine] = sentinels
      if (first === undefined || second === undefined || genuine === undefined) throw new Error('three sentinels')
      const monitor = async (master: string) => {
        const { host, port } = deployment.node(0, master).address
        await genuine.call(['SENTINEL', 'REMOVE', 'mymaster'])
        await genuine.call(['SENTINEL', 'MONITOR', 'mymaster', host, String(port), '2'])
      }
      const { position } = timeline
      await monitor('other')
      const { host, port } = deployment.node(0, 'other').address
      for (const { name } of [first, second]) {
        const { text } = await timeline.waitFor({ source: name, event: '+peer-disagrees', after: position }, 40_000)
        expect(text).toContain(` #names ${host} ${port} under config-epoch 0, ours is 0`)
      }
      const details = await (await fetch(`${url(0)}/masters/mymaster`)).json() as Details
      expect(details.sentinelList.filter(({ disagreesMs }) => (disagreesMs ?? 0) >= 10_000)).toHaveLength(1)
      expect(await (await fetch(`${url(0)}/metrics`)).text()).toMatch(/redis_sentinel_master_disagreement_seconds\{[^}]*"mymaster"[^}]*\} [1-9]/)
      const found = await findingsOf({ file: first.configFile, offline: false, admin: undefined })
      const codes = typeof found === 'string' ? [found] : found.map(({ code }) => code)
      expect(codes.filter((code) => code === 'sentinels-disagree')).toHaveLength(1)

      await monitor('mymaster')
      for (const { name } of [first, second]) await timeline.waitFor({ source: name, event: '-peer-disagrees', after: position }, 20_000)
      expect(timeline.all({ event: /^(\+odown|\+try-failover|\+switch-master)$/, after: position })).toEqual([])
    })
  }, 120_000)
})
