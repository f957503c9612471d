/** Majorities of sentinels. Pure. */
import type { Millis } from '../time.ts'
import type { Master } from './master.ts'
import type { SentinelState } from './sentinel-state.ts'

/** More than half. */
export function majorityOf(voters: number): number {
  return Math.floor(voters / 2) + 1
}

/**
 * The majority of all voters of a master: those that we know and those that RESET, REMOVE or FORGET made us forget. Two
 * such majorities always share a voter.
 */
export function majorityOfAll(state: SentinelState, master: Master, now: Millis): number {
  return majorityOf(countVoters(state, master, now))
}

/** How many voters a master has: those that we know, this sentinel included, and those that we were made to forget. */
export function countVoters(state: SentinelState, master: Master, now: Millis): number {
  let voters = master.peers.size + 1
  for (const id of formerVoters(state, master, now)) if (!master.peers.has(id)) voters += 1
  const former = state.formerVoters.get(master.name)
  return former === undefined || now >= former.until ? voters : Math.max(voters, former.kept.least)
}

/** Ids of the peers that were forgotten and still count as voters. */
export function formerVoters(state: SentinelState, master: Master, now: Millis): Iterable<string> {
  const former = state.formerVoters.get(master.name)
  return former === undefined || now >= former.until ? [] : former.kept.ids
}
