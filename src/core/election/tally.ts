/** Counting votes of one epoch (behaviour.md 8.4). Pure. */
import type { Epoch } from '../state/ids.ts'
import { isDisconnected } from '../state/link.ts'
import { majorityOf } from '../state/majority.ts'
import type { Master } from '../state/master.ts'
import type { Peer } from '../state/peer.ts'

export interface Tally {
  /** Votes that a leader needs: the majority of all known sentinels, and at least the quorum. */
  readonly needed: number
  /** Candidate to votes, in lower case. */
  readonly votes: ReadonlyMap<string, number>
  /** Reachable peers that have not answered for this epoch. */
  readonly outstanding: number
  /** Peers that can be asked now. */
  readonly reachable: number
  /** Peers that cannot be asked now and have not answered. */
  readonly unreachable: number
  /** Peers that answered for this epoch and reported no vote in it or in a later one. */
  readonly withheld: number
}

/** Votes of peers and our own, all of the same epoch (hardens behaviour.md Q3). */
export function tallyVotes(master: Master, epoch: Epoch): Tally {
  const votes = new Map<string, number>()
  const count = (candidate: string) => {
    const key = candidate.toLowerCase()
    votes.set(key, (votes.get(key) ?? 0) + 1)
  }
  let outstanding = 0
  let reachable = 0
  let unreachable = 0
  let withheld = 0
  for (const peer of master.peers.values()) {
    const canAsk = isReachable(peer)
    if (canAsk) reachable += 1
    if (peer.leader !== undefined && peer.leaderEpoch === epoch) count(peer.leader)
    else if (peer.answeredEpoch === epoch) withheld += peer.leader !== undefined && peer.leaderEpoch > epoch ? 0 : 1
    else if (canAsk) outstanding += 1
    else unreachable += 1
  }
  if (master.leader !== undefined && master.leaderEpoch === epoch) count(master.leader)
  return { needed: votesNeeded(master), votes, outstanding, reachable, unreachable, withheld }
}

/** The majority of the sentinels that we know, and at least the quorum. */
export function votesNeeded(master: Master): number {
  return Math.max(majorityOf(master.peers.size + 1), master.settings.quorum)
}

/** A peer that we could ask for its vote now. */
export function isReachable(peer: Peer): boolean {
  return !peer.sdown && !isDisconnected(peer.link)
}

export function reachablePeers(master: Master): number {
  let count = 0
  for (const peer of master.peers.values()) if (isReachable(peer)) count += 1
  return count
}

/** The candidate with enough votes; undefined while there is none. */
export function winnerOf(tally: Tally): string | undefined {
  for (const [candidate, votes] of tally.votes) if (votes >= tally.needed) return candidate
  return undefined
}

/** The candidate with most votes; for our own vote when others were faster (behaviour.md 8.3). */
export function frontRunner(tally: Tally): string | undefined {
  let best: { candidate: string, votes: number } | undefined
  for (const [candidate, votes] of tally.votes) {
    if (best === undefined || votes > best.votes) best = { candidate, votes }
  }
  return best?.candidate
}
