/** Nodes with another deployment's data (docs/decisions/0048-lineage-and-foreign-nodes.md), as real processes. */
import { describe, expect, it } from 'vitest'

import { FOREIGN_CASES } from './scenarios/foreign-nodes.ts'

describe('a node with the data of another deployment', () => {
  it.each(FOREIGN_CASES.map(({ title, run }) => [title, run] as const))('is neither promoted nor ordered when %s', async (title, run) => {
    const isOnlyReplica = title.startsWith('the only replica')
    expect(await run('ours')).toEqual({
      orders: [], isPromoted: false, isDataKept: true, isTheirMasterKept: true,
      // It follows our master, so it becomes ours with its next link, unless that is what it waits for.
      isReported: !isOnlyReplica,
      failover: isOnlyReplica ? '-failover-abort-no-good-slave' : '+switch-master',
    })
  }, 60_000)
})
