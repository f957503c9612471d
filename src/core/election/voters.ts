/**
 * The voters of a master. RESET and REMOVE make a sentinel forget its peers, and a majority of those that are
 * left may share no voter with a majority of all: two sentinels could lead in one epoch. So the forgotten peers count
 * for a while when an epoch is to be shared; without a majority of all, an attempt takes an epoch of its own.
 */
import {
  FORGET_MAX_MS, FORMER_VOTERS_IDS_MAX, FORMER_VOTERS_MASTERS_MAX, FORMER_VOTERS_MS, FORMER_VOTERS_STALE_MS,
} from '../limits.ts'
import { majorityOfAll } from '../state/majority.ts'
import type { Master } from '../state/master.ts'
import type { OwnState } from '../state/own-state.ts'
import type { RememberedVoters, SentinelState } from '../state/sentinel-state.ts'
import type { KeptVoters } from '../state/voters.ts'
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

/**
 * Counts these voters for so long, and the former ones for as long at least. They are on the disk before a
 * configuration without them is: a crash between the two would make the majority smaller.
 */
export function countAsVoters(turn: Turn, master: Master, added: FormerVoters): void {
  const { mono, wall } = turn.now
  const last = turn.state.formerVoters.get(master.name)
  const known = last === undefined || mono >= last.until ? undefined : last
  const ids = [...new Set([...known?.kept.ids ?? [], ...added.ids])]
  if (ids.length === 0) return
  const until = Math.max(mono + added.ms, known?.until ?? 0)
  const least = Math.max(added.least, known?.kept.least ?? 0, ids.length > FORMER_VOTERS_IDS_MAX ? ids.length + 1 : 0)
  const kept = { ids: ids.slice(-FORMER_VOTERS_IDS_MAX), least, until: Math.round(wall + until - mono) }
  remember(turn.state, master.name, { kept, until })
  turn.keepBeforeSave()
}

function remember({ formerVoters }: SentinelState, masterName: string, voters: RememberedVoters): void {
  formerVoters.delete(masterName)
  const [oldest] = formerVoters.keys()
  if (formerVoters.size >= FORMER_VOTERS_MASTERS_MAX && oldest !== undefined) formerVoters.delete(oldest)
  formerVoters.set(masterName, voters)
}

/** What is kept over a restart: the voters that still count. */
export function votersToKeep({ formerVoters, previousStep }: SentinelState): ReadonlyMap<string, KeptVoters> {
  const now = previousStep?.mono ?? -Infinity
  return new Map([...formerVoters].flatMap(([name, { kept, until }]) => until > now ? [[name, kept] as const] : []))
}

/**
 * Takes over what was kept before a restart: these voters count for the rest of their time, and for as long as after
 * RESET at least, because the wall clock may have been wrong before or may be now.
 */
export function loadVoters({ state, now: { mono, wall } }: Turn, { voters }: OwnState): void {
  for (const [name, kept] of voters) {
    const leftMs = kept.until - wall
    if (leftMs < -FORMER_VOTERS_STALE_MS) continue
    const until = mono + Math.min(Math.max(leftMs, FORMER_VOTERS_MS), FORGET_MAX_MS)
    remember(state, name, { kept, until })
  }
}

/** Whether the votes that elect a leader now could elect another one in the same epoch. */
export function mayShareMajority(turn: Turn, master: Master): boolean {
  return votesNeeded(master) < majorityOfAll(turn.state, master, turn.now.mono)
}
