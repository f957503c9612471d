/**
 * Witnesses: replicas that still receive data of a master which does not answer this sentinel
 * (docs/decisions/0050-witnesses.md). Only where `witnesses` is on.
 *
 * SDOWN means that a node has not been heard for down-after. With witnesses, the master counts as heard also at the
 * moments that INFO of its replicas proves (monitoring/master-contact.ts): while a majority of the reachable replicas
 * have heard it within down-after, this sentinel withholds SDOWN, for `witness-max` at most. The proofs are never later
 * than the last sign of life of the master, so the death of a master is found no later than without witnesses.
 *
 * Replicas are asked quickly from some time before SDOWN is due until the master answers or is SDOWN.
 */
import type { EventCatalogue } from '../event.ts'
import { SUSPICION_MAX_MS, WITNESS_FRESH_MS, WITNESS_MAX_FACTOR } from '../limits.ts'
import { wantInfoOfReplicas } from '../monitoring/info-request.ts'
import { meansAddress } from '../names.ts'
import type { Instance } from '../state/instance.ts'
import { silentSince } from '../state/link.ts'
import type { Master } from '../state/master.ts'
import { protectionOf } from '../state/protection.ts'
import type { Replica } from '../state/replica.ts'
import type { SentinelState } from '../state/sentinel-state.ts'
import type { Millis } from '../time.ts'
import type { Turn } from '../turn.ts'

/** What the replicas report about their master at one moment. */
export interface Testimony {
  /** Replicas that have heard the master within down-after. */
  readonly alive: number
  /** Replicas that have answered INFO recently, since the master is suspected. */
  readonly reachable: number
  /** When the counts change if no INFO arrives. */
  readonly changesAt: Millis
}

/** Why SDOWN is no longer withheld. */
type EndOfWitness = EventCatalogue['-witnessed']['why']

/** Begins and ends the suspicion of a silent master. */
export function updateSuspicion(turn: Turn, instance: Instance): void {
  if (instance.kind !== 'master') return
  const { suspicion } = instance
  const since = silentSince(instance.link)
  const isSuspect = suspicionDueAt(turn, instance) <= turn.now.mono
  if (suspicion !== undefined && (!isSuspect || suspicion.silentSince !== since)) {
    endSuspicion(turn, instance, suspicion.silentSince === since ? 'other-cause' : 'master-answers')
  }
  if (!isSuspect || since === undefined || instance.suspicion !== undefined) return
  instance.suspicion = { silentSince: since, since: turn.now.mono, withheld: undefined }
  wantInfoOfReplicas(turn, instance)
}

/** When the silence of a master becomes suspicious; a moment in the past while it is. */
export function suspicionDueAt({ state }: Pick<Turn, 'state'>, master: Master): Millis {
  const since = silentSince(master.link)
  if (since === undefined || master.sdown || !protectionOf(state, master).witnesses) return Infinity
  const { downAfterMs } = master.settings
  return since + Math.max(Math.ceil(downAfterMs / 2), downAfterMs - SUSPICION_MAX_MS)
}

/** Forgets the suspicion; reports the end of a witnessed silence. */
export function endSuspicion(turn: Turn, master: Master, why: EndOfWitness): void {
  if (master.suspicion?.withheld !== undefined) turn.emit('-witnessed', master, { why })
  master.suspicion = undefined
}

/**
 * Called while the silence of a master makes SDOWN due. Returns whether the replicas keep this sentinel from it, and
 * reports when that begins and when it ends.
 */
export function witnessesWithhold(turn: Turn, master: Master): boolean {
  const { suspicion } = master
  if (suspicion === undefined) return false
  const since = suspicion.silentSince + master.settings.downAfterMs + 1
  const limit = since + witnessMax(turn.state, master)
  const testimony = testimonyAbout(turn.state, master, turn.now.mono)
  if (turn.now.mono >= limit || !isMajority(testimony)) {
    endSuspicion(turn, master, turn.now.mono >= limit ? 'time-limit' : 'no-majority')
    return false
  }
  const { alive, reachable, changesAt } = testimony
  if (suspicion.withheld === undefined) turn.emit('+witnessed', master, { alive, reachable })
  suspicion.withheld = { since, judgeAt: Math.min(limit, changesAt) }
  return true
}

function isMajority({ alive, reachable }: Testimony): boolean {
  return alive > reachable / 2
}

/** For how long SDOWN is withheld at most. */
export function witnessMax(state: SentinelState, master: Master): Millis {
  return protectionOf(state, master).witnessMaxMs ?? WITNESS_MAX_FACTOR * master.settings.downAfterMs
}

/** Counts the witnesses of a suspected master. */
export function testimonyAbout(state: SentinelState, master: Master, now: Millis): Testimony {
  let [alive, reachable, changesAt] = [0, 0, Infinity]
  for (const replica of master.replicas.values()) {
    const freshUntil = answersUntil(master, replica)
    if (freshUntil <= now) continue
    reachable += 1
    changesAt = Math.min(changesAt, freshUntil)
    const aliveUntil = witnessesUntil(state, master, replica)
    if (aliveUntil <= now) continue
    alive += 1
    changesAt = Math.min(changesAt, aliveUntil)
  }
  return { alive, reachable, changesAt }
}

/** Until when the replica counts as reachable. A down replica, or an address with two servers, never does. */
function answersUntil({ suspicion }: Master, { contact, sdown, isShared }: Replica): Millis {
  if (suspicion === undefined || contact === undefined || sdown || isShared) return -Infinity
  return contact.askedAt < suspicion.since ? -Infinity : contact.askedAt + WITNESS_FRESH_MS
}

/** Until when the last sign of life that the replica proves lies within down-after. */
function witnessesUntil(state: SentinelState, master: Master, replica: Replica): Millis {
  const { contact, reportedMaster, masterLinkUp, roleReported } = replica
  if (contact?.heardAt === undefined || reportedMaster === undefined) return -Infinity
  if (!masterLinkUp || roleReported !== 'slave') return -Infinity
  if (!meansAddress(state, master.address, reportedMaster.host, reportedMaster.port)) return -Infinity
  return contact.heardAt + master.settings.downAfterMs
}
