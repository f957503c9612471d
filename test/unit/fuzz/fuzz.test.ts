/** A small fixed part of `npm run fuzz`: whatever comes in, nothing crashes, hangs or grows without bounds. */
import { expect, it } from 'vitest'

import { fuzzSurface } from '../../fuzz/fuzz-surface.ts'
import { SURFACES } from '../../fuzz/surfaces.ts'

const INPUTS = 10_000

it.each(SURFACES.map((surface) => [surface.name, surface] as const))('random input does not crash or hang the reader of %s', async (_name, surface) => {
  const shares = SURFACES.reduce((sum, { share }) => sum + share, 0)
  const { findings } = await fuzzSurface(surface, { seed: 4, inputs: INPUTS * surface.share / shares })
  expect(findings).toEqual([])
})
