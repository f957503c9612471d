import { describe, expect, it } from 'vitest'

import { withDeployment, type SentinelKind } from '../../src/harness/index.ts'
import { expectCleanRound, leaderOf, letFirst } from '../integration/scenarios/election-order.ts'
import { failoverRound } from '../integration/scenarios/failover-round.ts'
import { report } from '../integration/support/figures.ts'
import { kindUnderTest, limitFor, rounds } from '../integration/support/settings.ts'

const DOWN_AFTER_MS = 2_000

const ours = kindUnderTest()
const MIXES: readonly { readonly title: string, readonly sentinels: readonly SentinelKind[] }[] = [
  { title: '2 ours and 1 genuine', sentinels: [ours, ours, 'genuine'] },
  { title: '1 ours and 2 genuine', sentinels: [ours, 'genuine', 'genuine'] },
  { title: '3 ours and 2 genuine', sentinels: [ours, ours, ours, 'genuine', 'genuine'] },
]

// Ours must be a good citizen among genuine sentinels: as leader, as voter and as follower.
describe('mixed fleets', () => {
  // The kinds take turns in noticing first, so two rounds show each of them as leader.
  const count = rounds(2)

  for (const { title, sentinels } of MIXES) {
    it(`${title} fail over together`, async () => {
      await withDeployment({ sentinels, downAfterMs: DOWN_AFTER_MS }, async (deployment) => {
        const leaders: string[] = []
        for (let round = 1; round <= count; round++) {
          const first = round % 2 === 1 ? ours : 'genuine'
          await letFirst(deployment, first, DOWN_AFTER_MS)
          const done = await failoverRound(deployment, 'kill')
          expectCleanRound(deployment, done.fault.position)
          const leader = leaderOf(deployment, done.fault.position)
          leaders.push(leader.kind)
          const { firstSwitchMs, lastSwitchMs, settledMs, rejoinedMs } = done
          report({
            scenario: title,
            round,
            values: { leader: leader.kind, firstSwitchMs, lastSwitchMs, settledMs, rejoinedMs },
          })
        }
        if (count > 1) expect(new Set(leaders)).toEqual(new Set([ours, 'genuine']))
      })
    }, limitFor(count, 60_000))
  }
})
