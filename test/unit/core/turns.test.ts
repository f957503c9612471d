/** Whose turn it is to ask for votes when masters die together (docs/decisions/0005-turns-of-candidates.md). */
import { beforeEach, describe, expect, it } from 'vitest'

import { Play } from './play.ts'

const MASTERS = ['10.0.0.1:6379', '10.0.0.2:6379', '10.0.0.3:6379']
const DOWN_AFTER_MS = 5000
/** Time that the second in turn leaves to the first before a save has been measured: 10 ms and twice 20 ms. */
const STEP_MS = 50
/** So long after ODOWN nobody is waited for any more. */
const PATIENCE_MS = 500

/** Three masters have just been found down by both; the peer is first in turn. */
describe('the second candidate in turn', () => {
  let play: Play
  let downAt: number
  beforeEach(() => {
    play = new Play(MASTERS.map((master, at) => ({ master, replica: `10.0.1.${at}:6379`, peer: '10.0.2.1:26379' })))
    for (const master of MASTERS) {
      play.dead.add(master)
      play.lose(master)
    }
    play.run(DOWN_AFTER_MS + 1)
    downAt = play.now
    expect(['m0', 'm1', 'm2'].map((name) => play.told('+odown', name))).toEqual([downAt, downAt, downAt])
    expect(play.told('+try-failover', 'm0')).toBeUndefined()
  })

  it('starts all elections when it receives no request for votes', () => {
    play.run(100)
    const stoodAt = play.told('+try-failover', 'm0') ?? 0
    expect(stoodAt - downAt).toBe(STEP_MS)
    expect([play.told('+try-failover', 'm1'), play.told('+try-failover', 'm2')]).toEqual([stoodAt, stoodAt])
  })

  it('starts no election while it is asked for votes for one master after the other', () => {
    for (const master of MASTERS) {
      play.run(STEP_MS - 1)
      play.askForVote(master, 1n)
    }
    play.run(1000)
    for (const name of ['m0', 'm1', 'm2']) expect(play.told('+try-failover', name), name).toBeUndefined()
    expect(play.events.filter(({ name }) => name === '+vote-for-leader')).toHaveLength(MASTERS.length)
  })

  it('starts the elections that it is not asked about soon', () => {
    play.run(STEP_MS - 1)
    play.askForVote(MASTERS[0] ?? '', 1n)
    const askedAt = play.now
    play.run(1000)
    expect(play.told('+try-failover', 'm0')).toBeUndefined()
    for (const name of ['m1', 'm2']) {
      expect((play.told('+try-failover', name) ?? Infinity) - askedAt).toBe(STEP_MS)
    }
  })

  it('starts its elections in the end, however long it is asked about others', () => {
    let epoch = 0n
    while (play.now < downAt + 2 * PATIENCE_MS) {
      epoch += 1n
      play.askForVote(MASTERS[0] ?? '', epoch)
      play.run(STEP_MS - 1)
    }
    for (const name of ['m1', 'm2']) expect((play.told('+try-failover', name) ?? Infinity) - downAt).toBe(PATIENCE_MS)
  })
})
