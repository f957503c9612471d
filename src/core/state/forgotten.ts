/** What a sentinel keeps of nodes and sentinels that it forgot (docs/decisions/0054-forgetting.md). */
import type { Millis } from '../time.ts'

/** What is kept over a restart of a record that was removed. */
export interface KeptTombstone {
  readonly kind: 'replica' | 'sentinel'
  /** `addr:port` of a replica, the id of a sentinel. */
  readonly name: string
  readonly host: string
  readonly port: number
  readonly by: 'operator' | 'expiry'
  /** Unix time in milliseconds. */
  readonly untilWall: number
  /** A sentinel that was alive when it was forgotten: its hello messages do not bring it back. */
  readonly ignoresHellos: boolean
  /** A replica that the master has listed without a break since it was forgotten. */
  readonly isListed: boolean
}

/** A record that was removed and does not come back until it ends, unless the node proves that it lives. */
export interface Tombstone extends KeptTombstone {
  /** When it ends, whatever the wall clock does meanwhile. */
  readonly until: Millis
  /** When hello messages of a forgotten sentinel began to arrive again over data nodes. */
  heardAt: Millis | undefined
}

/** What is kept of one master over a restart. */
export interface Forgotten {
  /** The most sentinels that were alive at once, this one included. Undefined: as many as the file names. */
  readonly aliveAtOnce: number | undefined
  readonly tombstones: readonly KeptTombstone[]
}

/** The tombstone of a record that has not ended; undefined where there is none. */
export function tombstoneOf(
  { forgotten }: { readonly forgotten: readonly Tombstone[] }, kind: Tombstone['kind'], name: string, now: Millis,
): Tombstone | undefined {
  if (forgotten.length === 0) return undefined
  return forgotten.find((one) => one.kind === kind && one.name === name && one.until > now)
}
