/**
 * The voters of a master. RESET and REMOVE make a sentinel forget its peers, and a majority of those that are
 * left may share no voter with a majority of all: two sentinels could lead in one epoch. So the forgotten peers count
 * for a while when an epoch is to be shared; without a majority of all, an attempt takes an epoch of its own.
 */
import { majorityOf } from '../detection/quorum.ts'
import { FORMER_VOTERS_MASTERS_MAX, FORMER_VOTERS_MS } from '../limits.ts'
import type { Master } from '../state/master.ts'
import type { Turn } from '../turn.ts'
import { votesNeeded } from './tally.ts'

/** Call it before the peers of a master are forgotten. */
export function rememberVoters(turn: Turn, master: Master): void {
  const { formerVoters } = turn.state
  const ids = new Set([...formerIds(turn, master), ...master.peers.keys()])
  formerVoters.delete(master.name)
  if (ids.size === 0) return
  const [oldest] = formerVoters.keys()
  if (formerVoters.size >= FORMER_VOTERS_MASTERS_MAX && oldest !== undefined) formerVoters.delete(oldest)
  formerVoters.set(master.name, { ids, until: turn.now.mono + FORMER_VOTERS_MS })
}

/** Votes that make sure that no other candidate has a majority in the same epoch. */
export function majorityOfAll(turn: Turn, master: Master): number {
  let voters = master.peers.size + 1
  for (const id of formerIds(turn, master)) if (!master.peers.has(id)) voters += 1
  return majorityOf(voters)
}

/** Whether the votes that elect a leader now could elect another one in the same epoch. */
export function mayShareMajority(turn: Turn, master: Master): boolean {
  return votesNeeded(master) < majorityOfAll(turn, master)
}

function formerIds(turn: Turn, master: Master): Iterable<string> {
  const former = turn.state.formerVoters.get(master.name)
  return former === undefined || turn.now.mono >= former.until ? [] : former.ids
}
