import { describe, expect, it } from 'vitest'

import { withDeployment, type SentinelKind } from '../../src/harness/index.ts'
import { failoverRound } from './scenarios/failover-round.ts'
import { report } from './support/figures.ts'
import { kindUnderTest, limitFor, rounds } from './support/settings.ts'

const ours = kindUnderTest()
const FLEETS: readonly { readonly title: string, readonly sentinels: readonly SentinelKind[] }[] = [
  { title: 'alone', sentinels: [ours, ours, ours] },
  { title: 'among genuine sentinels', sentinels: [ours, 'genuine', 'genuine'] },
]

// config.md 4.2: `port 0` everywhere, every connection shows a certificate, and the announced ports are the TLS ones.
describe('TLS everywhere', () => {
  // Full count: 5.
  const count = rounds(1)

  for (const { title, sentinels } of FLEETS) {
    it(`fleets with TLS fail over: ours ${title}`, async () => {
      await withDeployment({ sentinels, tls: true }, async (deployment) => {
        const writer = await deployment.startWriter()
        for (let round = 1; round <= count; round++) {
          const { firstSwitchMs, lastSwitchMs, settledMs, rejoinedMs, settled } = await failoverRound(deployment, 'kill')
          report({ scenario: `TLS ${title}`, round, values: { firstSwitchMs, lastSwitchMs, settledMs, rejoinedMs } })
          for (const sentinel of deployment.sentinels) {
            expect(await sentinel.masterAddress('mymaster')).toEqual(settled.master.address)
          }
        }
        const [sentinel] = deployment.sentinels
        const info = String(await sentinel?.call(['INFO', 'server']))
        expect(info).toContain(`tcp_port:${sentinel?.address.port}\r\n`)
        // A client library follows, too.
        expect((await writer.nextAcknowledged(10_000)).server).toEqual(await sentinel?.masterAddress('mymaster'))
        const complaints = deployment.sentinels.flatMap((one) => one.logLines().filter((line) => /SSL|certif/.test(line)))
        expect(complaints).toEqual([])
      })
    }, limitFor(count, 60_000))
  }
})
