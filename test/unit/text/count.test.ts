import { expect, it } from 'vitest'

import { count } from '../../../src/text/index.ts'

it('a count has the plural where it is not one', () => {
  expect([0, 1, 2].map((number) => count(number, 'failover'))).toEqual(['0 failovers', '1 failover', '2 failovers'])
})
