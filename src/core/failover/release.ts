/**
 * The end of a coordinated failover: the clients of both nodes connect again, so that they ask the sentinels for the
 * master, and the pause of the old one ends. Those of the old master are let go once the other sentinels have accepted
 * the new address, because one that has not would send them back.
 */
import { HANDOVER_RELEASE_MS } from '../handover-limits.ts'
import { OLD_MASTER_WAIT_MS } from '../limits.ts'
import type { CommandName } from '../monitoring/commands.ts'
import { helloOutstanding } from '../monitoring/outstanding.ts'
import { renewLink } from '../monitoring/reconnect.ts'
import type { RunningFailover } from '../state/failover.ts'
import { isDisconnected } from '../state/link.ts'
import type { Master } from '../state/master.ts'
import type { Replica } from '../state/replica.ts'
import type { Millis } from '../time.ts'
import type { Turn } from '../turn.ts'
import { sendTransaction } from './transaction.ts'

type Reconfiguring = Extract<RunningFailover, { phase: 'reconf-replicas' }>

const RELEASE: readonly (readonly [CommandName, ...string[]])[] = [
  ['CONFIG', 'REWRITE'],
  ['CLIENT', 'KILL', 'TYPE', 'normal'],
  ['CLIENT', 'KILL', 'TYPE', 'pubsub'],
]
const UNPAUSE = ['CLIENT', 'UNPAUSE'] as const

/** Servers before 6.2 cannot end a pause, and their clients are not paused any more. */
function releaseOf({ handover }: Master): typeof RELEASE {
  return handover?.stepwise === undefined ? [...RELEASE, UNPAUSE] : RELEASE
}

/** Called when the promotion is confirmed. INFO of the old master shows whether it has to be demoted. */
export function releaseNewMaster(turn: Turn, master: Master, promoted: Replica): void {
  sendTransaction(turn, promoted, releaseOf(master))
  master.isInfoWanted = true
  turn.touch(master)
}

/** Lets the clients of the old master go, once. */
export function releaseOldMaster(turn: Turn, master: Master, { since }: Reconfiguring): void {
  const { handover } = master
  if (handover === undefined || handover.release !== 'due') return
  if (!isAnnounced(master, since) && turn.now.mono < since + HANDOVER_RELEASE_MS) return
  // One that was sent before the pause was known holds up everything behind it.
  if (helloOutstanding(master)) {
    master.publishSent = undefined
    return renewLink(turn, master.link)
  }
  if (sendTransaction(turn, master, releaseOf(master), { record: master.id, step: 'release' })) handover.release = 'sent'
}

/** Whether every sentinel that can be reached has accepted the new address. */
function isAnnounced({ peers }: Master, since: Millis): boolean {
  return [...peers.values()].every(({ sdown, link, publishedAt, isPublishWanted, publishSent }) => {
    const hasAnswered = publishedAt >= since && !isPublishWanted && publishSent === undefined
    return sdown || isDisconnected(link) || hasAnswered
  })
}

/** Until when the old master may confirm its release: the switch drops its link. In the past: nothing is awaited. */
export function releaseWaitEnd({ handover, sdown }: Master, { since }: Reconfiguring): Millis {
  const isAwaited = handover !== undefined && handover.release !== 'answered' && !sdown
  return isAwaited ? since + OLD_MASTER_WAIT_MS : -Infinity
}

/** When `releaseOldMaster` acts if no input arrives. */
export function releaseDueAt({ handover }: Master, { since }: Reconfiguring): Millis {
  return handover?.release === 'due' ? since + HANDOVER_RELEASE_MS : Infinity
}
