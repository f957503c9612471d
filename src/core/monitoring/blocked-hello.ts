/**
 * A hello that waits behind the pause of a master that may be handing over: this sentinel has voted for the one that
 * ordered it, and cannot know when. Everything behind the hello on its connection waits, too, INFO included, which
 * would show that the master has handed over. So the connection is replaced, and no hello is sent for some time.
 */
import { HELLO_STUCK_MS, PAUSED_HELLO_MS } from '../handover-limits.ts'
import type { Instance } from '../state/instance.ts'
import type { Millis } from '../time.ts'
import type { Turn } from '../turn.ts'
import { helloOutstanding } from './outstanding.ts'
import { isWatchingHandover } from './periodic.ts'
import { renewLink } from './reconnect.ts'

export function replaceBlockedLink(turn: Turn, instance: Instance): void {
  if (turn.now.mono < blockedHelloDueAt(turn, instance)) return
  instance.publishSent = undefined
  instance.isPublishWanted = true
  if (instance.kind === 'master') instance.pausedUntil = turn.now.mono + PAUSED_HELLO_MS
  renewLink(turn, instance.link)
}

/** When `replaceBlockedLink` acts if no input arrives. */
export function blockedHelloDueAt(turn: Turn, instance: Instance): Millis {
  if (instance.kind !== 'master' || !isWatchingHandover(turn, instance) || !helloOutstanding(instance)) return Infinity
  return (instance.publishSent?.at ?? Infinity) + HELLO_STUCK_MS
}
