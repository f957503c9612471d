/** The tombstones of a master: which records were forgotten, and until when. They outlive a restart. */
import { FORGET_MAX_MS, TOMBSTONES_MAX } from './limits.ts'
import { type Forgotten, type KeptTombstone, type Tombstone, tombstoneOf } from './state/forgotten.ts'
import type { Master } from './state/master.ts'
import type { OwnState } from './state/own-state.ts'
import type { SentinelState } from './state/sentinel-state.ts'
import type { Turn } from './turn.ts'

/** Adds a tombstone, or replaces the one of the same record. Above the limit, the one that ends first is dropped. */
export function addTombstone(turn: Turn, master: Master, tombstone: KeptTombstone): void {
  const others = master.forgotten.filter((one) => !isSameRecord(one, tombstone) && one.until > turn.now.mono)
  const [first] = others.length < TOMBSTONES_MAX ? [] : [...others].sort((a, b) => a.until - b.until)
  replace(turn, master, [...others.filter((one) => one !== first), inForce(turn, tombstone)])
}

/** The wall clock counts only here: one that is set back later does not bring back what has ended. */
function inForce({ now }: Turn, tombstone: KeptTombstone): Tombstone {
  const leftMs = Math.min(Math.max(tombstone.untilWall - now.wall, 0), FORGET_MAX_MS)
  return { ...tombstone, until: now.mono + leftMs, heardAt: undefined }
}

/** Ends a tombstone before its time. Returns it, or undefined where there is none. */
export function dropTombstone(turn: Turn, master: Master, kind: Tombstone['kind'], name: string): Tombstone | undefined {
  const dropped = tombstoneOf(master, kind, name, turn.now.mono)
  if (dropped !== undefined) replace(turn, master, master.forgotten.filter((one) => one !== dropped))
  return dropped
}

/**
 * Called when the master is replaced: ends the tombstones of replicas that were forgotten because they were down for
 * long, and returns them. They come back to the old master, and no other node would name them.
 */
export function dropExpiredReplicas(turn: Turn, master: Master): readonly Tombstone[] {
  const isExpired = (one: Tombstone) => one.kind === 'replica' && one.by === 'expiry' && one.until > turn.now.mono
  const dropped = master.forgotten.filter(isExpired)
  if (dropped.length > 0) replace(turn, master, master.forgotten.filter((one) => !isExpired(one)))
  return dropped
}

/** Ends all tombstones of a master whose peers are about to be removed. Who is alive at once is counted anew. */
export function clearForgotten(turn: Turn, master: Master): void {
  if (master.forgotten.length > 0 || !isAssumedAlive(master)) turn.keep()
  master.forgotten = []
  master.aliveAtOnce = 1
}

/**
 * Called with the names of all replicas that the master lists and that acknowledge its data: one that was not among
 * them lives when it is among them again.
 */
export function recordForgottenListing(turn: Turn, master: Master, live: ReadonlySet<string>): void {
  const isMissing = (one: Tombstone) => one.kind === 'replica' && one.isListed && !live.has(one.name)
  if (!master.forgotten.some(isMissing)) return
  replace(turn, master, master.forgotten.map((one) => isMissing(one) ? { ...one, isListed: false } : one))
}

/** What is kept over a restart, of masters where there is something to keep. */
export function forgottenToKeep(state: SentinelState): ReadonlyMap<string, Forgotten> {
  const kept = new Map<string, Forgotten>()
  const now = state.previousStep?.mono ?? -Infinity
  for (const master of state.masters.values()) {
    const { name } = master
    const tombstones = master.forgotten.filter(({ until }) => until > now)
    const aliveAtOnce = isAssumedAlive(master) ? undefined : master.aliveAtOnce
    if (tombstones.length > 0 || aliveAtOnce !== undefined) kept.set(name, { aliveAtOnce, tombstones })
  }
  return kept
}

/** Takes over what was kept before a restart. A record that the configuration file names is not forgotten. */
export function loadForgotten(turn: Turn, { forgotten }: OwnState): void {
  for (const master of turn.state.masters.values()) {
    const kept = forgotten.get(master.name)
    if (kept === undefined) continue
    const known = (one: KeptTombstone) => (one.kind === 'replica' ? master.replicas : master.peers).has(one.name)
    master.forgotten = kept.tombstones
      .filter((one) => one.untilWall > turn.now.wall && !known(one)).slice(-TOMBSTONES_MAX)
      .map((one) => inForce(turn, one))
    master.aliveAtOnce = kept.aliveAtOnce ?? master.aliveAtOnce
  }
}

/** Whether a restart would assume the right number of sentinels that were alive at once: those of the file. */
function isAssumedAlive({ aliveAtOnce, peers }: Master): boolean {
  return aliveAtOnce === peers.size + 1
}

function isSameRecord(one: KeptTombstone, other: KeptTombstone): boolean {
  return one.kind === other.kind && one.name === other.name
}

function replace(turn: Turn, master: Master, forgotten: readonly Tombstone[]): void {
  master.forgotten = forgotten
  turn.keep()
}
