/** PING and the meaning of its answers (behaviour.md 3.6, 4.1). */
import { recordAnswering } from './alive-at-once.ts'
import { AFTER_KILL_PING_MS } from '../limits.ts'
import type { Reply } from '../reply.ts'
import type { Instance } from '../state/instance.ts'
import type { Connection, Link, Pulse } from '../state/link.ts'
import type { OpenConnection } from '../state/sentinel-state.ts'
import type { Millis } from '../time.ts'
import type { Turn } from '../turn.ts'
import { nameOnNode, sendCommand } from './commands.ts'
import { usersOf } from './link-users.ts'
import { isOtherKind, isScriptStopping, killScript, offeredKill, wasStopped } from './script-kill.ts'

/**
 * Replies keep the order of the commands, and a master in CLIENT PAUSE WRITE delays our PUBLISH: a PING behind it
 * gets no answer although the node works. While one is unanswered, further ones are sent on the hello connection.
 */
export function sendPing(turn: Turn, instance: Instance): void {
  const { link } = instance
  const now = turn.now.mono
  const { command, hello } = link
  if (command === undefined) return
  if (command.pings > 0 && hello?.acceptsPing === true) {
    const argv = [nameOnNode(instance, 'PING')]
    turn.push({ type: 'send', connection: hello.id, argv, request: { kind: 'ping', sentAt: now } })
    countPing(hello, now)
  } else {
    sendCommand(turn, instance, ['PING'], { kind: 'ping', sentAt: now })
    countPing(command, now)
  }
  link.lastPingAt = now
  link.pingPendingSince ??= now
}

function countPing(connection: Connection, now: Millis): void {
  if (connection.pings === 0) connection.pingsSince = now
  connection.pings += 1
}

export function pingPeriod(turn: Turn, instance: Instance): Millis {
  return Math.min(instance.settings.downAfterMs, turn.state.tunables['ping-period'])
}

/** When the next PING is due; the shortest down-after of a shared link's users sets the pace. */
export function pingDueAt(turn: Turn, instance: Instance): Millis {
  const { link } = instance
  const period = pingPeriod(turn, instance)
  if (isScriptStopping(instance, turn.now.mono)) return (link.lastPingAt ?? 0) + AFTER_KILL_PING_MS
  const afterReply = link.lastReplyAt + period
  const afterPing = link.lastPingAt === undefined ? afterReply : link.lastPingAt + Math.floor(period / 2)
  return Math.max(afterReply, afterPing) + 1
}

/**
 * The answer to a PING in the form that it has on a command connection. On a subscribed connection it is an array.
 * Redis before 3.0 refuses PING there, which proves nothing about the node: undefined.
 */
export function pingReply(open: OpenConnection, reply: Reply): Reply | undefined {
  const { link, purpose } = open
  const connection = purpose === 'command' ? link.command : link.hello
  if (connection !== undefined) connection.pings = Math.max(0, connection.pings - 1)
  if (connection === undefined || purpose === 'command') return reply
  if (reply.kind === 'error' && reply.text.includes('only (P)SUBSCRIBE')) {
    connection.acceptsPing = false
    return undefined
  }
  if (reply.kind !== 'array') return reply
  const [first] = reply.items
  return first?.kind === 'bulk' && first.text === 'pong' ? { kind: 'status', text: 'PONG' } : reply
}

function pulseOf(reply: Reply): Pulse {
  if (reply.kind !== 'status' && reply.kind !== 'error') return 'wrong'
  if (reply.text.startsWith('PONG')) return 'serving'
  if (reply.text.startsWith('LOADING') || reply.text.startsWith('MASTERDOWN')) return 'alive'
  return reply.text.startsWith('BUSY') ? 'busy' : 'wrong'
}

export function pingAnswered(turn: Turn, link: Link, sentAt: Millis, reply: Reply): void {
  const now = turn.now.mono
  const pulse = pulseOf(reply)
  if (pulse === 'alive' || pulse === 'serving') {
    link.lastValidReplyAt = now
    link.pingPendingSince = undefined
    link.outage = undefined
  }
  link.lastReplyAt = now
  const isFirst = link.pulse === undefined
  link.pulse = pulse
  if (pulse === 'busy') link.killWith = offeredKill(reply)
  measure(link, now - sentAt)
  for (const id of link.users) {
    const user = turn.state.records.get(id)
    if (user === undefined) continue
    applyPulse(turn, user, pulse)
    if (isFirst && user.kind === 'peer') recordAnswering(turn, user)
  }
}

function applyPulse(turn: Turn, user: Instance, pulse: Pulse): void {
  if (pulse === 'serving' && user.kind === 'master' && user.rebootSince !== undefined) {
    user.rebootSince = undefined
    turn.touch(user)
  }
  if (pulse === 'busy') killScript(turn, user)
  if (user.sdown || (user.kind === 'master' && user.suspicion !== undefined)) turn.touch(user)
}

/** Handles the reply to a kill command. The node may answer again, so PING is sent at once. */
export function handleKillReply(turn: Turn, link: Link, reply: Reply): void {
  for (const user of usersOf(turn, link)) {
    if (user.kind === 'peer' || user.scriptKill === undefined) continue
    if (isOtherKind(link, reply)) {
      // Another script or function blocks the node now.
      user.scriptKill = undefined
      link.killWith = offeredKill(reply)
      killScript(turn, user)
      continue
    }
    const isStopped = wasStopped(reply)
    user.scriptKill = { ...user.scriptKill, outcome: isStopped ? 'stopped' : 'refused' }
    if (isStopped) sendPing(turn, user)
    turn.touch(user)
  }
}

/** Weight of a new measurement in the smoothed round trip. */
const MEASURE_WEIGHT = 0.2

function measure(link: Link, tookMs: Millis): void {
  link.roundTripMs = link.roundTripMs === undefined
    ? tookMs
    : link.roundTripMs + MEASURE_WEIGHT * (tookMs - link.roundTripMs)
}
