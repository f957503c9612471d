/** Counting votes (behaviour.md 8.4). */
import { beforeEach, describe, expect, it } from 'vitest'

import { frontRunner, isReachable, reachablePeers, tallyVotes, votesNeeded, winnerOf } from '../../../src/core/election/tally.ts'
import type { Master } from '../../../src/core/state/master.ts'
import type { Peer } from '../../../src/core/state/peer.ts'
import type { Turn } from '../../../src/core/turn.ts'
import { masterIn, OWN_ID, peerOf, turnAt } from './records.ts'

const RIVAL = 'f'.repeat(40)

let turn: Turn
let master: Master
let peers: Peer[]

/** The master with so many peers, b, c, d … */
function monitored(count: number, quorum = 2): void {
  turn = turnAt()
  master = masterIn(turn, { quorum })
  peers = ['b', 'c', 'd', 'e'].slice(0, count).map((letter) => peerOf(turn, master, letter))
}

function vote(at: number, leader: string, epoch: bigint): void {
  Object.assign(peers[at] ?? {}, { leader, leaderEpoch: epoch, answeredEpoch: epoch })
}

beforeEach(() => { monitored(4) })

describe('the votes that a leader needs', () => {
  it.each([[1, 2], [2, 2], [3, 3], [4, 3]])('are the majority of %i peers and this sentinel: %i', (count, needed) => {
    monitored(count, 1)
    expect(votesNeeded(master)).toBe(needed)
  })

  it('are at least the quorum', () => {
    monitored(4, 5)
    expect(votesNeeded(master)).toBe(5)
  })
})

describe('the tally of an epoch', () => {
  it('counts the votes of peers and of this sentinel', () => {
    vote(0, OWN_ID, 3n)
    vote(1, RIVAL, 3n)
    Object.assign(master, { leader: OWN_ID, leaderEpoch: 3n })
    expect(Object.fromEntries(tallyVotes(master, 3n).votes)).toEqual({ [OWN_ID]: 2, [RIVAL]: 1 })
  })

  it('counts ids without regard to case', () => {
    vote(0, RIVAL.toUpperCase(), 3n)
    vote(1, RIVAL, 3n)
    expect(tallyVotes(master, 3n).votes.get(RIVAL)).toBe(2)
  })

  it('does not count votes of another epoch, nor its own one', () => {
    vote(0, RIVAL, 2n)
    vote(1, RIVAL, 4n)
    Object.assign(master, { leader: OWN_ID, leaderEpoch: 2n })
    expect(tallyVotes(master, 3n).votes.size).toBe(0)
  })

  it('distinguishes peers that have not answered yet from those that cannot be asked', () => {
    vote(0, RIVAL, 3n)
    Object.assign(peers[1] ?? {}, { sdown: true })
    const [, , , last] = peers
    if (last !== undefined) last.link.command = undefined
    expect(tallyVotes(master, 3n)).toMatchObject({
      outstanding: 1, reachable: 2, unreachable: 2, withheld: 0, needed: 3,
    })
  })

  it('counts the vote of a peer that can no longer be asked', () => {
    vote(0, RIVAL, 3n)
    Object.assign(peers[0] ?? {}, { sdown: true })
    expect(tallyVotes(master, 3n)).toMatchObject({ unreachable: 0, outstanding: 3 })
    expect(tallyVotes(master, 3n).votes.get(RIVAL)).toBe(1)
  })

  it('counts as withheld the answers without a vote, and not those with a vote of a later epoch', () => {
    Object.assign(peers[0] ?? {}, { answeredEpoch: 3n })
    Object.assign(peers[1] ?? {}, { answeredEpoch: 3n, leader: RIVAL, leaderEpoch: 4n })
    Object.assign(peers[2] ?? {}, { answeredEpoch: 3n, leader: RIVAL, leaderEpoch: 2n })
    Object.assign(peers[3] ?? {}, { answeredEpoch: 3n })
    expect(tallyVotes(master, 3n)).toMatchObject({ withheld: 3, outstanding: 0 })
  })
})

describe('the winner', () => {
  it('is the candidate with the votes that are needed', () => {
    vote(0, RIVAL, 3n)
    vote(1, RIVAL, 3n)
    expect(winnerOf(tallyVotes(master, 3n))).toBeUndefined()
    vote(2, RIVAL, 3n)
    expect(winnerOf(tallyVotes(master, 3n))).toBe(RIVAL)
  })

  it('needs as many votes as the quorum where that is more than the majority', () => {
    monitored(4, 4)
    for (const at of [0, 1, 2]) vote(at, RIVAL, 3n)
    expect(winnerOf(tallyVotes(master, 3n))).toBeUndefined()
    vote(3, RIVAL, 3n)
    expect(winnerOf(tallyVotes(master, 3n))).toBe(RIVAL)
  })
})

describe('the candidate that receives the vote of this sentinel', () => {
  it('is the one with most votes, the first of them where several have as many', () => {
    expect(frontRunner(tallyVotes(master, 3n))).toBeUndefined()
    vote(0, OWN_ID, 3n)
    vote(1, RIVAL, 3n)
    expect(frontRunner(tallyVotes(master, 3n))).toBe(OWN_ID)
    vote(2, RIVAL, 3n)
    expect(frontRunner(tallyVotes(master, 3n))).toBe(RIVAL)
  })
})

describe('a peer', () => {
  it('can be asked when it is connected and not down', () => {
    const [first, second] = peers
    Object.assign(first ?? {}, { sdown: true })
    if (second !== undefined) second.link.command = undefined
    expect(peers.map(isReachable)).toEqual([false, false, true, true])
    expect(reachablePeers(master)).toBe(2)
  })
})
