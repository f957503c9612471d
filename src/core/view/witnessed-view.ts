import { testimonyAbout, witnessMax } from '../detection/witnesses.ts'
import type { Master } from '../state/master.ts'
import type { SentinelState } from '../state/sentinel-state.ts'
import type { Millis } from '../time.ts'

/** Replicas that still receive data of a master which does not answer (detection/witnesses.ts). */
export interface WitnessedView {
  readonly alive: number
  /** Replicas that answer this sentinel. */
  readonly reachable: number
  /** For how long SDOWN has been withheld, and for how long it may be withheld from now on. */
  readonly forMs: Millis
  readonly leftMs: Millis
}

export function viewWitnesses(state: SentinelState, master: Master, now: Millis): WitnessedView | undefined {
  const withheld = master.suspicion?.withheld
  if (withheld === undefined) return undefined
  const { alive, reachable } = testimonyAbout(state, master, now)
  const forMs = now - withheld.since
  return { alive, reachable, forMs, leftMs: Math.max(0, witnessMax(state, master) - forMs) }
}
