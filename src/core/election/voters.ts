/**
 * The voters of a master. RESET and REMOVE make a sentinel forget its peers, and a majority of those that are
 * left may share no voter with a majority of all: two sentinels could lead in one epoch. So the forgotten peers count
 * for a while when an epoch is to be shared; without a majority of all, an attempt takes an epoch of its own.
 */
import { FORMER_VOTERS_MASTERS_MAX, FORMER_VOTERS_MS } from '../limits.ts'
import { majorityOfAll } from '../state/majority.ts'
import type { Master } from '../state/master.ts'
import type { Millis } from '../time.ts'
import type { Turn } from '../turn.ts'
import { votesNeeded } from './tally.ts'

/** Call it before the peers of a master are forgotten. */
export function rememberVoters(turn: Turn, master: Master): void {
  const { peers, aliveAtOnce } = master
  countAsVoters(turn, master, { ids: [...peers.keys()], least: aliveAtOnce, ms: FORMER_VOTERS_MS })
}

interface FormerVoters {
  readonly ids: readonly string[]
  /** There are so many voters at least, this sentinel included. */
  readonly least: number
  readonly ms: Millis
}

/** Counts these voters for so long, and the former ones for as long at least. */
export function countAsVoters(turn: Turn, master: Master, added: FormerVoters): void {
  const remembered = turn.state.formerVoters
  const now = turn.now.mono
  const last = remembered.get(master.name)
  const known = last === undefined || now >= last.until ? undefined : last
  const ids = new Set([...known?.ids ?? [], ...added.ids])
  remembered.delete(master.name)
  if (ids.size === 0) return
  const [oldest] = remembered.keys()
  if (remembered.size >= FORMER_VOTERS_MASTERS_MAX && oldest !== undefined) remembered.delete(oldest)
  const [least, until] = [Math.max(added.least, known?.least ?? 0), Math.max(now + added.ms, known?.until ?? 0)]
  remembered.set(master.name, { ids, least, until })
}

/** After a restart, as many voters count as before FORCE, for the rest of the tombstones. */
export function countForgottenVoters(turn: Turn): void {
  for (const master of turn.state.masters.values()) {
    for (const { name, voters, untilWall } of master.forgotten) {
      if (voters === 0) continue
      const ms = Math.max(untilWall - turn.now.wall, FORMER_VOTERS_MS)
      countAsVoters(turn, master, { ids: [name], least: voters, ms })
    }
  }
}

/** Whether the votes that elect a leader now could elect another one in the same epoch. */
export function mayShareMajority(turn: Turn, master: Master): boolean {
  return votesNeeded(master) < majorityOfAll(turn.state, master, turn.now.mono)
}
