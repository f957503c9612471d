/**
 * The most sentinels of a master that were alive at once. Records of sentinels that were replaced pile up beside those
 * that run, but the dead and their successors are never connected at the same time. So this number shows how many there
 * are, and nothing but an operator's FORCE makes the majority smaller than that of so many.
 */
import { ALIVE_PERIODS, HEARD_AGAIN_MS } from '../limits.ts'
import type { Master } from '../state/master.ts'
import type { Peer } from '../state/peer.ts'
import type { Millis } from '../time.ts'
import type { Turn } from '../turn.ts'

/** Called after a hello of a peer was accepted. */
export function recordHeard(turn: Turn, master: Master, peer: Peer): void {
  const { now } = turn
  const isFirst = peer.heardAt === undefined
  if ((peer.heardAt ?? -Infinity) < sinceWhenAlive(turn)) peer.heardSince = now.mono
  peer.heardAt = now.mono
  if (!countAlive(turn, master) && isFirst && master.peers.size + 1 > master.aliveAtOnce) turn.keep()
}

/** Called when a peer has answered its first PING. */
export function recordAnswering(turn: Turn, peer: Peer): void {
  const master = turn.state.masters.get(peer.masterName)
  if (master !== undefined) countAlive(turn, master)
}

/** Returns whether they are more than before. */
function countAlive(turn: Turn, master: Master): boolean {
  if (master.peers.size + 1 <= master.aliveAtOnce) return false
  const since = sinceWhenAlive(turn)
  let alive = 1
  for (const one of master.peers.values()) if (isAlive(one, since)) alive += 1
  if (alive <= master.aliveAtOnce) return false
  master.aliveAtOnce = alive
  turn.keep()
  return true
}

function sinceWhenAlive({ now, state }: Turn): Millis {
  return now.mono - ALIVE_PERIODS * state.tunables['publish-period']
}

/**
 * Heard since then, and connected: a process that ends breaks its connections. A hello alone proves nothing, because a
 * replica that synchronises replays those of a sentinel that has died. A sentinel that cannot be connected to is alive
 * when its hello messages go on.
 */
function isAlive({ heardAt, heardSince, link }: Peer, since: Millis): boolean {
  if (heardAt === undefined || heardAt < since) return false
  if (link.pulse !== undefined && link.lastFailure === undefined) return true
  return heardAt - Math.max(heardSince, link.lastReplyAt) >= HEARD_AGAIN_MS
}
