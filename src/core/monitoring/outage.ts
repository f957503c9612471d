/**
 * What the connections to a master say about the end of its process: an established one ended, and every attempt since
 * was refused. Only facts are kept here, and only where crash detection is on; detection/crash.ts judges them.
 */
import { CRASH_HURRY_SPANS, CRASH_RETRY_MIN_MS, CRASH_RETRY_SHARE } from '../limits.ts'
import type { DisconnectCause } from '../input.ts'
import type { Link } from '../state/link.ts'
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
  else if (outage !== undefined && lost.purpose === 'command') {
    outage.refusals += 1
    outage.lastRefusedAt = turn.now.mono
  }
}

function beginOutage(turn: Turn, link: Link): void {
  link.outage = crashDetectionMs(turn, link) === undefined
    ? undefined
    : { endedAt: turn.now.mono, refusals: 0, lastRefusedAt: undefined, askedAfter: 0, crash: undefined }
}

/** Called when a connection is established, or an attempt was given up. A crash lasts until PING is answered. */
export function dismissOutage(link: Link): void {
  if (link.outage?.crash === undefined) link.outage = undefined
}

/** The pause between attempts while more of them can decide soon; undefined where it is the usual one. */
export function hurriedRetryMs(turn: Turn, link: Link): Millis | undefined {
  const { outage } = link
  // A node that accepts and drops connections must not be tried in a hurry.
  if (outage === undefined || outage.refusals === 0 || outage.crash !== undefined) return undefined
  const patience = crashDetectionMs(turn, link)
  if (patience === undefined || turn.now.mono - outage.endedAt >= CRASH_HURRY_SPANS * patience) return undefined
  return Math.max(CRASH_RETRY_MIN_MS, Math.floor(patience * CRASH_RETRY_SHARE))
}

/** crash-detection of the master that this link leads to; undefined where it is off or the node is no master. */
function crashDetectionMs(turn: Turn, link: Link): Millis | undefined {
  if (link.nodeKind !== 'data-node') return undefined
  const [user] = usersOf(turn, link)
  return user?.kind === 'master' ? protectionOf(turn.state, user).crashDetectionMs : undefined
}
