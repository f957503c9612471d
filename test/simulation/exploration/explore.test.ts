/** A small part of the exhaustive exploration in every run of the tests; `npm run explore` does far more. */
import { describe, expect, it } from 'vitest'
import { DEFECTS } from '../defects.ts'
import { withDefects } from '../planted-build.ts'
import { exploreAll, type findBroken as FindBroken } from './explore-all.ts'
import { SCENARIOS } from './scenarios.ts'

/** Distinct states of each beginning. */
const STATES = 8000

/** Defects that little of the space shows, and the rule that each breaks. */
const QUICK: readonly (readonly [string, string])[] = [
  ['a vote is not saved', 'durable before told'],
  ['a second vote in the same epoch', 'one vote for each sentinel and epoch'],
  ['majority off by one', 'no leader without a majority'],
  ['the promotion is told before it is saved', 'durable before told'],
  ['the promotion keeps the old config-epoch', 'one address for each config-epoch'],
  ['a returned master is demoted without a majority', 'no promoted node is demoted'],
]

describe('the exhaustive exploration', () => {
  it.each(SCENARIOS)('finds no broken rule: $name', ({ name }) => {
    for (const { broken, states } of exploreAll({ states: STATES, sentinels: 3, only: name })) {
      expect(broken).toBeUndefined()
      expect(states).toBe(STATES)
    }
  })

  it('goes as well with five sentinels', () => {
    for (const { broken, states } of exploreAll({ states: STATES, sentinels: 5, only: 'rivals' })) {
      expect(broken).toBeUndefined()
      expect(states).toBe(STATES)
    }
  })

  it('finds deliberate defects, by a shortest way', async () => {
    const defects = DEFECTS.filter(({ name }) => QUICK.some(([quick]) => quick === name))
    const found: (readonly [string, string | undefined])[] = []
    await withDefects(defects, 'test/simulation/exploration/explore-all.ts', ({ name }, built) => {
      const { findBroken } = built as { findBroken: typeof FindBroken }
      found.push([name, findBroken({ states: 42_000, sentinels: 3 })?.broken?.invariant])
    })
    expect(found).toEqual(QUICK)
  })
})
