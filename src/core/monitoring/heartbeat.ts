/** PING and what its answers mean (behaviour.md 3.6, 4.1). */
import type { Reply } from '../reply.ts'
import type { Instance } from '../state/instance.ts'
import type { Link } from '../state/link.ts'
import type { Millis } from '../time.ts'
import type { Turn } from '../turn.ts'
import { sendCommand } from './commands.ts'
import { usersOf } from './reconnect.ts'

export function sendPing(turn: Turn, instance: Instance): void {
  const { link } = instance
  const now = turn.now.mono
  if (!sendCommand(turn, instance, ['PING'], { kind: 'ping', sentAt: now })) return
  link.lastPingAt = now
  link.pingPendingSince ??= now
}

export function pingPeriod(turn: Turn, instance: Instance): Millis {
  return Math.min(instance.downAfterMs, turn.state.tunables['ping-period'])
}

/** When the next PING is due; the shortest down-after of a shared link's users sets the pace. */
export function pingDueAt(turn: Turn, instance: Instance): Millis {
  const { link } = instance
  const period = pingPeriod(turn, instance)
  const afterReply = link.lastReplyAt + period
  const afterPing = link.lastPingAt === undefined ? afterReply : link.lastPingAt + Math.floor(period / 2)
  return Math.max(afterReply, afterPing) + 1
}

/** What an answer to PING says about the node. */
type Pulse = 'alive' | 'serving' | 'busy' | 'wrong'

function pulseOf(reply: Reply): Pulse {
  if (reply.kind !== 'status' && reply.kind !== 'error') return 'wrong'
  if (reply.text.startsWith('PONG')) return 'serving'
  if (reply.text.startsWith('LOADING') || reply.text.startsWith('MASTERDOWN')) return 'alive'
  return reply.text.startsWith('BUSY') ? 'busy' : 'wrong'
}

export function pingAnswered(turn: Turn, link: Link, sentAt: Millis, reply: Reply): void {
  const now = turn.now.mono
  const pulse = pulseOf(reply)
  const users = usersOf(turn, link)
  if (pulse === 'alive' || pulse === 'serving') {
    link.lastValidReplyAt = now
    link.pingPendingSince = undefined
  }
  link.lastReplyAt = now
  measure(link, now - sentAt)
  for (const user of users) {
    if (pulse === 'serving' && user.kind === 'master' && user.rebootSince !== undefined) {
      user.rebootSince = undefined
      turn.touch(user)
    }
    if (pulse === 'busy') killScript(turn, user)
    if (user.sdown) turn.touch(user)
  }
}

/** A script that blocks a node which is down already is stopped once per down period. */
function killScript(turn: Turn, instance: Instance): void {
  if (instance.kind === 'peer' || !instance.sdown || instance.scriptKillSent) return
  instance.scriptKillSent = sendCommand(turn, instance, ['SCRIPT', 'KILL'], { kind: 'script-kill' })
}

/** Weight of a new measurement in the smoothed round trip. */
const MEASURE_WEIGHT = 0.2

function measure(link: Link, tookMs: Millis): void {
  link.roundTripMs = link.roundTripMs === undefined
    ? tookMs
    : link.roundTripMs + MEASURE_WEIGHT * (tookMs - link.roundTripMs)
}
