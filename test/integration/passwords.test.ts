import { describe, expect, it } from 'vitest'

import { CommandConnection, messageOf, withDeployment } from '../../src/harness/index.ts'
import { failoverRound } from './scenarios/failover-round.ts'
import { report } from './support/figures.ts'
import { fleet, limitFor } from './support/settings.ts'

// behaviour.md 3.3: toward data nodes auth-pass, toward other sentinels sentinel-pass, toward us requirepass.
describe('a fleet with passwords', () => {
  it('fails over as quickly as without, and refuses clients that have none', async () => {
    const options = { sentinels: fleet(3), password: 'data "secret"', sentinelPassword: 'sentinel secret' }
    await withDeployment(options, async (deployment) => {
      const stranger = new CommandConnection(deployment.sentinel(0).address)
      const refusal = await stranger.call(['SENTINEL', 'MASTERS']).catch(messageOf)
      stranger.close()
      expect(refusal).toMatch(/^NOAUTH /)
      const writer = await deployment.startWriter()
      const { settled, firstSwitchMs, rejoinedMs } = await failoverRound(deployment, 'kill')
      expect((await writer.nextAcknowledged()).server).toEqual(settled.master.address)
      report({ scenario: 'with passwords', round: 1, values: { firstSwitchMs, rejoinedMs } })
    })
  }, limitFor(1, 60_000))
})
