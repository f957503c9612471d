import { describe, expect, it } from 'vitest'

import { withDeployment } from '../../src/harness/index.ts'
import { failoverRound, type FailoverCause } from './scenarios/failover-round.ts'
import { promotesBestReplica } from './scenarios/best-replica.ts'
import { report } from './support/figures.ts'
import { fleet, limitFor, rounds } from './support/settings.ts'

const CAUSES: { readonly cause: FailoverCause, readonly title: string }[] = [
  { cause: 'kill', title: 'SIGKILL of the master' },
  { cause: 'pause', title: 'SIGSTOP of the master' },
  { cause: 'order', title: 'SENTINEL FAILOVER' },
]

// behaviour.md 15: the whole way from the fault to the rejoined old master, on real processes.
describe('A2 failover', () => {
  const count = rounds(1)

  it.each(CAUSES.map(({ cause, title }) => [title, cause] as const))('A2 %s leads to the right end state', async (title, cause) => {
    await withDeployment({ sentinels: fleet(3), replicas: 2 }, async (deployment) => {
      const writer = await deployment.startWriter()
      for (let round = 1; round <= count; round++) {
        const done = await failoverRound(deployment, cause)
        const write = await writer.nextAcknowledged()
        expect(write.server, 'the client writes to the new master').toEqual(done.settled.master.address)
        const { firstSwitchMs, lastSwitchMs, settledMs, rejoinedMs } = done
        report({ scenario: `A2 ${title}`, round, values: { firstSwitchMs, lastSwitchMs, settledMs, rejoinedMs } })
      }
      const { tried, acknowledged, lost, outageMs } = await writer.verify(await deployment.currentMaster())
      report({ scenario: `A2 ${title}, writes`, round: count, values: { tried, acknowledged, lost: lost.length, outageMs } })
    })
  }, limitFor(count, 60_000))

  it('A2 with five sentinels and four replicas the best replica is promoted', async () => {
    // The choice is the same every time, so a quarter of the rounds will do.
    for (let round = 1; round <= Math.ceil(count / 4); round++) {
      report({ scenario: 'A2 best replica', round, values: await promotesBestReplica(fleet(5)) })
    }
  }, limitFor(count, 90_000))
})
