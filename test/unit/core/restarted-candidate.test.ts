/** Which server may be at a candidate's address by now (docs/decisions/0048-lineage-and-foreign-nodes.md). */
import { describe, expect, it } from 'vitest'
import { handlePromotionInfo } from '../../../src/core/failover/promotion.ts'
import { FRESH, FRESHER, HOME, OTHERS, OURS, play, ROLE_WAIT_MS, show, type Shown } from './lineages.ts'
import { later } from './records.ts'

describe('a candidate that was started again after the order to promote it', () => {
  /** Whether the failover takes it for promoted so long after it is seen as a master. */
  function isConfirmed(shown: Shown, afterMs: number, failoverTimeoutMs = 60_000): boolean {
    const { turn, master, replica } = play({ follows: HOME })
    master.settings.failoverTimeoutMs = failoverTimeoutMs
    const since = turn.now.mono
    Object.assign(master, { failover: { phase: 'wait-promotion', epoch: 1n, forced: false, since, promoted: replica, orderedAt: since } })
    show(turn, replica, { run: 'x', ...shown })
    const then = later(turn, afterMs)
    show(then, replica, { run: 'x', ...shown })
    handlePromotionInfo(then, master, replica)
    return master.failover.phase === 'reconf-replicas'
  }

  it('is promoted when its data are ours, as from an RDB file', () => {
    expect(isConfirmed({ replid: FRESH, replid2: OURS }, 0)).toBe(true)
  })

  it('is promoted with a fresh id, as from an append-only file, when nothing has shown that it is another server', () => {
    expect(isConfirmed({ replid: FRESH }, ROLE_WAIT_MS - 1)).toBe(false)
    expect(isConfirmed({ replid: FRESH }, ROLE_WAIT_MS)).toBe(true)
    expect(isConfirmed({ replid: FRESH }, 2500, 5000)).toBe(true)
  })

  it('is not promoted when its data had another unknown id, or an unknown replica follows it', () => {
    expect(isConfirmed({ replid: OTHERS, replid2: FRESHER }, 5 * ROLE_WAIT_MS)).toBe(false)
    expect(isConfirmed({ replid: OTHERS, lists: '10.0.9.9' }, 5 * ROLE_WAIT_MS)).toBe(false)
  })

  it('is promoted at once when it is still the process that was ordered', () => {
    expect(isConfirmed({ replid: FRESH, replid2: OTHERS, run: 'b' }, 0)).toBe(true)
  })
})
