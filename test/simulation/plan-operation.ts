/** What an operator does at a bad moment. */
import type { Operation } from '../../src/core/index.ts'
import type { SimRandom } from '../simulator/index.ts'
import type { FaultTargets } from './plan-fault.ts'

export function planOperation(random: SimRandom, { groups }: FaultTargets): Operation {
  const { name } = random.pick(groups)
  const option = (text: string) => text
  switch (random.below(8)) {
    case 0:
    case 1:
    case 2:
      return { kind: 'failover', name }
    case 3:
      return { kind: 'reset', pattern: random.pick(['*', name]) }
    case 4:
      return { kind: 'remove', name }
    case 5:
      return {
        kind: 'set',
        name,
        changes: [
          { option: option('down-after-milliseconds'), kind: 'down-after', ms: random.pick([300, 1000, 4000]) },
          { option: option('parallel-syncs'), kind: 'parallel-syncs', count: random.pick([1, 2]) },
        ],
      }
    case 6:
      return {
        kind: 'set', name, changes: [{ option: option('failover-timeout'), kind: 'failover-timeout', ms: random.pick([2000, 8000]) }],
      }
    default:
      return {
        kind: 'simulate-failure',
        failure: { crashAfterElection: random.chance(50), crashAfterPromotion: random.chance(50) },
      }
  }
}
