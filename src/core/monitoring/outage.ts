/**
 * What the connections to a master say about the end of its process: an established one ended, and every attempt since
 * was refused. Only facts are kept here, and only where crash detection is on; detection/crash.ts judges them.
 */
import { CRASH_ATTEMPT_LOST_MS, CRASH_HURRY_SPANS, CRASH_RETRY_MIN_MS, CRASH_RETRY_SHARE } from '../limits.ts'
import type { DisconnectCause } from '../input.ts'
import type { Link, Outage } from '../state/link.ts'
import type { Master } from '../state/master.ts'
import { protectionOf } from '../state/protection.ts'
import type { Millis } from '../time.ts'
import type { Turn } from '../turn.ts'
import { usersOf } from './link-users.ts'

export interface LostConnection {
  readonly purpose: 'command' | 'hello'
  readonly wasEstablished: boolean
  readonly cause: DisconnectCause
}

/** Called when a connection could not be established or was lost. */
export function recordOutage(turn: Turn, link: Link, lost: LostConnection): void {
  const { outage } = link
  if (outage?.crash !== undefined) return
  if (lost.wasEstablished) beginOutage(turn, link)
  else if (lost.cause !== 'refused') link.outage = undefined
  else if (outage !== undefined && lost.purpose === 'command') recordRefusal(turn, link, outage)
}

/** Where nothing was refused for long, the master may have been started meanwhile, and have its replicas again. */
function recordRefusal(turn: Turn, link: Link, outage: Outage): void {
  const { now } = turn
  const longestMs = Math.max(crashDetectionMs(turn, link) ?? 0, CRASH_ATTEMPT_LOST_MS)
  if (now.mono - (outage.lastRefusedAt ?? now.mono) > longestMs) outage.refusedEnoughAt = undefined
  outage.refusals += 1
  outage.lastRefusedAt = now.mono
}

function beginOutage(turn: Turn, link: Link): void {
  link.outage = undefined
  if (crashDetectionMs(turn, link) === undefined) return
  link.outage = {
    endedAt: turn.now.mono, refusals: 0, lastRefusedAt: undefined, refusedEnoughAt: undefined, askedAfter: 0,
    crash: undefined,
  }
}

/** Called when a connection is established, or an attempt was given up. A crash lasts until PING is answered. */
export function dismissOutage(link: Link): void {
  if (link.outage?.crash === undefined) link.outage = undefined
}

/**
 * When the next attempt is due while more of them can decide soon; undefined where it is the usual time. The one that
 * decides is made at the end of crash-detection, however late the ones before it were.
 */
export function hurriedRetryAt(turn: Turn, link: Link, lastAt: Millis): Millis | undefined {
  const { outage } = link
  // A node that accepts and drops connections must not be tried in a hurry.
  if (outage === undefined || outage.refusals === 0 || outage.crash !== undefined) return undefined
  const master = masterBehind(turn, link)
  // Nothing is left to decide once it is down for its silence.
  if (master === undefined || master.sdown) return undefined
  const patience = protectionOf(turn.state, master).crashDetectionMs
  if (patience === undefined || turn.now.mono - outage.endedAt >= CRASH_HURRY_SPANS * patience) return undefined
  const due = lastAt + Math.max(CRASH_RETRY_MIN_MS, Math.floor(patience * CRASH_RETRY_SHARE))
  const decidesAt = outage.endedAt + patience
  return lastAt < decidesAt && decidesAt < due ? Math.max(decidesAt, lastAt + CRASH_RETRY_MIN_MS) : due
}

/** crash-detection of the master that this link leads to; undefined where it is off or the node is no master. */
function crashDetectionMs(turn: Turn, link: Link): Millis | undefined {
  const master = masterBehind(turn, link)
  return master === undefined ? undefined : protectionOf(turn.state, master).crashDetectionMs
}

function masterBehind(turn: Turn, link: Link): Master | undefined {
  if (link.nodeKind !== 'data-node') return undefined
  const [user] = usersOf(turn, link)
  return user?.kind === 'master' ? user : undefined
}
