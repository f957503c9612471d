/**
 * The voters of a master. RESET and REMOVE make a sentinel forget its peers, and a majority of those that are
 * left may share no voter with a majority of all: two sentinels could lead in one epoch. So the forgotten peers count
 * for a while when an epoch is to be shared; without a majority of all, an attempt takes an epoch of its own.
 */
import { FORMER_VOTERS_MASTERS_MAX, FORMER_VOTERS_MS } from '../limits.ts'
import { formerVoters, majorityOfAll } from '../state/majority.ts'
import type { Master } from '../state/master.ts'
import type { Turn } from '../turn.ts'
import { votesNeeded } from './tally.ts'

/** Call it before the peers of a master are forgotten. */
export function rememberVoters(turn: Turn, master: Master): void {
  const remembered = turn.state.formerVoters
  const ids = new Set([...formerVoters(turn.state, master, turn.now.mono), ...master.peers.keys()])
  remembered.delete(master.name)
  if (ids.size === 0) return
  const [oldest] = remembered.keys()
  if (remembered.size >= FORMER_VOTERS_MASTERS_MAX && oldest !== undefined) remembered.delete(oldest)
  remembered.set(master.name, { ids, until: turn.now.mono + FORMER_VOTERS_MS })
}

/** Whether the votes that elect a leader now could elect another one in the same epoch. */
export function mayShareMajority(turn: Turn, master: Master): boolean {
  return votesNeeded(master) < majorityOfAll(turn.state, master, turn.now.mono)
}
