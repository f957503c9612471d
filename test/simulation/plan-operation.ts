/** What an operator does at a bad moment. */
import type { Operation } from '../../src/core/index.ts'
import type { Fault, SimRandom } from '../simulator/index.ts'
import type { FaultTargets } from './plan-fault.ts'

/**
 * Operators, or the pods of one deployment, order a failover on several sentinels within milliseconds, some of them
 * behind a RESET; the sentinels do not all reach the same nodes.
 */
export function planOperators(random: SimRandom, { sentinels, groups }: FaultTargets): Fault {
  const { name, nodes } = random.pick(groups)
  const hasReset = random.chance(35)
  const within = random.pick([0, 1, 5, 40, 300])
  const orders = sentinels.filter(() => random.chance(60)).flatMap((sentinel) => {
    const afterMs = random.below(within + 1)
    const order = { sentinel, afterMs, operation: { kind: 'failover', name } } as const
    if (!hasReset || !random.chance(70)) return [order]
    const operation = { kind: 'reset', pattern: '*' } as const
    return [
      { sentinel, afterMs: random.below(afterMs + 1), operation },
      { ...order, afterMs: afterMs + random.pick([0, 1, 30, 200]) },
    ]
  })
  return { kind: 'operators', orders, blind: planBlindness(random, sentinels, nodes), ms: random.between(500, 8000) }
}

/** Pairs that do not reach each other: none, some replicas of some sentinels, or two halves of the deployment. */
function planBlindness(
  random: SimRandom, sentinels: readonly string[], nodes: readonly string[],
): { sentinel: string, node: string }[] {
  const kind = random.pick(['none', 'some', 'halves'])
  if (kind === 'none') return []
  const isLeft = new Map([...sentinels, ...nodes].map((name) => [name, random.chance(50)]))
  return sentinels.flatMap((sentinel) => (
    kind === 'some'
      ? nodes.slice(1).filter(() => random.chance(25)).map((node) => ({ sentinel, node }))
      : [...isLeft].filter(([, side]) => side !== isLeft.get(sentinel)).map(([node]) => ({ sentinel, node }))
  ))
}

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
          { option: option('down-after-milliseconds'), kind: 'time', setting: 'downAfterMs', value: random.pick([300, 1000, 4000]) },
          { option: option('parallel-syncs'), kind: 'count', setting: 'parallelSyncs', value: random.pick([1, 2]) },
        ],
      }
    case 6:
      return {
        kind: 'set', name, changes: [{ option: option('failover-timeout'), kind: 'time', setting: 'failoverTimeoutMs', value: random.pick([2000, 8000]) }],
      }
    default:
      return {
        kind: 'simulate-failure',
        failure: { crashAfterElection: random.chance(50), crashAfterPromotion: random.chance(50) },
      }
  }
}
