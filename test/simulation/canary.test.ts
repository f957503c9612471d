/** The checkers find deliberate defects. `test/simulation/canary.ts` hunts all of them, with more seeds. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { DEFECTS } from './defects.ts'
import { hunt } from './hunt.ts'
import { checkPlantable } from './planted-build.ts'

/** Name of a defect that few seeds find, and the rule that it breaks. */
const QUICK: readonly (readonly [string, string])[] = [
  ['a vote is not saved', 'durable before told'],
  ['majority off by one', 'no failover without a majority and a quorum'],
  ['ODOWN with one voice too few', 'no failover without a majority and a quorum'],
  ['a newer config-epoch is ignored', 'everything is at rest in time'],
  ['the selection ignores priority 0', 'only the best legal replica is promoted'],
  ['the promotion is told before it is saved', 'durable before told'],
  ['parallel-syncs is ignored', 'at most parallel-syncs replicas resynchronise at a time'],
  ['a voter stands at once itself', 'no failover attempt while another leader may be at work'],
  ['candidates do not take turns', 'a dead master is replaced in time'],
  ['a returned master is demoted without a majority', 'no correction of a data node before its time'],
  ['one refused attempt is a crash', 'only a master whose process has ended counts as crashed'],
  ['a foreign node is ordered to follow our master', 'a node of another lineage is never promoted nor given orders'],
  ['one alive witness is enough', 'a silent master is down unless a majority of the reachable replicas witness it'],
  [
    'a master without its data is left alone because it answers',
    'a master is replaced for its emptiness only where it lost its data, by a replica that has them',
  ],
]

describe('a deliberate defect', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ts-sentinel-canary-'))
  afterAll(() => { rmSync(folder, { recursive: true, force: true }) })

  it.each(QUICK)('is found: %s', async (name, invariant) => {
    const defect = DEFECTS.find((known) => known.name === name)
    if (defect === undefined) throw new Error(`no defect ${name}`)
    expect(await hunt(defect, { folder, seeds: 40 })).toMatchObject({ invariant })
  })

  it.each(DEFECTS)('can be planted, because the core has the lines that it changes: $name', async (defect) => {
    await expect(checkPlantable(defect)).resolves.toBeUndefined()
  })
})
