/**
 * The coordinated failover after its election: the master is ordered to hand over to the chosen replica, and both are
 * watched until the replica reports to be the master (docs/decisions/0051-coordinated-failover.md). Writes of the
 * master are paused meanwhile, at most until `handover.until`; whatever happens to this sentinel, the server ends the
 * pause and the order at that moment by itself.
 */
import type { AbortEventName, HandoverEnd } from '../event.ts'
import {
  HANDOVER_ABORT_LEAD_MS, HANDOVER_ACK_MS, HANDOVER_FIRST_PAUSE_MS, HANDOVER_HOLD_MS, HANDOVER_LEFT_MIN_MS,
  HANDOVER_PAUSE_MS, HANDOVER_RENEWAL_MS, HANDOVER_STUCK_MS,
} from '../handover-limits.ts'
import { nameOnNode, sendCommand } from '../monitoring/commands.ts'
import { sendInfo } from '../monitoring/info-request.ts'
import { helloOutstanding, infoOutstanding } from '../monitoring/outstanding.ts'
import { isIdentified } from '../monitoring/twins.ts'
import type { Reply } from '../reply.ts'
import type { HandoverStep } from '../request.ts'
import type { FailoverIn } from '../state/failover.ts'
import type { Handover } from '../state/handover.ts'
import type { Master } from '../state/master.ts'
import type { Replica } from '../state/replica.ts'
import type { Millis } from '../time.ts'
import type { Turn } from '../turn.ts'
import { abortFailover } from './conclude.ts'
import { isOnline } from './handover-choice.ts'
import { enter } from './phases.ts'
import { whyIneligible } from './selection.ts'
import { takeBack } from './take-back.ts'
import { sendTransaction } from './transaction.ts'

type ServerStep = Exclude<HandoverStep['step'], 'hold' | 'demote'>

/**
 * Ends a coordinated failover, and the pause with it; without a connection the pause ends by itself. The attempt has
 * changed nothing, so it does not keep this sentinel from another one; an earlier vote still does.
 */
export function abortHandover(turn: Turn, master: Master, event: AbortEventName, why?: HandoverEnd): void {
  const formerStartAt = master.handover?.formerStartAt
  if (why !== undefined) turn.note({ kind: 'handover-ended', master: master.name, why })
  if (master.pausedUntil !== undefined && master.handover?.stepwise === undefined) endPause(turn, master)
  abortFailover(turn, master, event)
  if (master.leader === turn.state.myId) master.attempt.startAt = formerStartAt
}

function endPause(turn: Turn, master: Master): void {
  if (sendCommand(turn, master, ['CLIENT', 'UNPAUSE'], { kind: 'transaction', command: 'CLIENT UNPAUSE' })) {
    master.pausedUntil = undefined
  }
}

/** A master that is found down before its order is replaced by an ordinary failover. Returns whether it is given up. */
export function giveUpForDeadMaster(turn: Turn, master: Master): boolean {
  const { failover, handover, sdown } = master
  if (handover === undefined || handover.isAdopted || !sdown) return false
  const isEarly = failover.phase === 'wait-start' || failover.phase === 'select-replica' || failover.phase === 'send-replicaof-no-one'
  if (!isEarly) return false
  abortHandover(turn, master, '-failover-abort-master-timeout', 'master-down')
  return true
}

/** Sends the order once the master has answered everything that would wait behind its pause. */
export function orderHandover(turn: Turn, master: Master, failover: FailoverIn<'send-replicaof-no-one'>, handover: Handover): void {
  const { promoted, epoch, forced } = failover
  const now = turn.now.mono
  if (!handover.isAdopted) {
    const left = timeToPause(turn, master, promoted, handover)
    if (left === undefined || !isHeld(turn, master, handover, left)) return
    if (!sendOrder(turn, master, promoted, left)) return
  }
  handover.orderedAt = now
  handover.renewedAt = now
  turn.emit('+failover-state-wait-promotion', promoted)
  enter(master, { phase: 'wait-promotion', epoch, forced, since: now, promoted, orderedAt: now })
  sendInfo(turn, promoted, { afterOrder: true })
}

/**
 * How long the handover may still take, once writes may be paused: the master is identified, lists the chosen replica
 * as online and has answered the last hello. Undefined before that, and where the handover has been ended just now.
 */
export function timeToPause(turn: Turn, master: Master, promoted: Replica, handover: Handover): Millis | undefined {
  const left = handover.until - turn.now.mono
  if (left < HANDOVER_LEFT_MIN_MS) abortHandover(turn, master, '-failover-abort-master-timeout')
  else if (handover.answer === 'refused') abortHandover(turn, master, '-failover-abort-master-timeout', 'master-refuses')
  else if (!isIdentified(master)) identify(turn, master)
  else if (!isOnline(master, promoted)) abortHandover(turn, master, '-failover-abort-master-timeout', 'replica-lost')
  else if (!helloOutstanding(master)) return left
  return undefined
}

/** Requests INFO, unless a reply is on its way. */
function identify(turn: Turn, master: Master): void {
  if (infoOutstanding(master) || master.isInfoWanted) return
  master.isInfoWanted = true
  turn.touch(master)
}

/** Whether writes have been paused for long enough; begins it where they are not. */
function isHeld(turn: Turn, master: Master, handover: Handover, left: Millis): boolean {
  const { pause } = handover
  if (pause !== undefined) return turn.now.mono >= (pause.heldSince ?? Infinity) + HANDOVER_HOLD_MS
  // Short: the order renews it, and until then a leader that dies leaves nothing behind that the server would end.
  const command = pauseCommand(Math.min(left, HANDOVER_FIRST_PAUSE_MS))
  if (sendCommand(turn, master, command, {
    kind: 'transaction', command: command.join(' '), handover: { record: master.id, step: 'pause' },
  })) {
    handover.pause = { sentAt: turn.now.mono, heldSince: undefined }
    master.pausedUntil = handover.until
  }
  return false
}

function pauseCommand(left: Millis): ['CLIENT', ...string[]] {
  return ['CLIENT', 'PAUSE', String(Math.floor(left)), 'WRITE']
}

function sendOrder(turn: Turn, master: Master, { listedAs }: Replica, left: Millis): boolean {
  if (listedAs === undefined) return false
  const ms = String(Math.floor(left))
  return sendTransaction(turn, master, [
    pauseCommand(Math.min(left, HANDOVER_PAUSE_MS)),
    ['FAILOVER', 'TO', listedAs.host, String(listedAs.port), 'TIMEOUT', ms],
  ], { record: master.id, step: 'order' })
}

/** The reply to CLIENT PAUSE, to EXEC of the order or of the release, or to FAILOVER ABORT. */
export function handleHandoverReply(turn: Turn, master: Master, step: ServerStep, reply: Reply): void {
  const { handover } = master
  if (handover === undefined) return
  if (step === 'release') {
    handover.release = 'answered'
    master.pausedUntil = undefined
  } else if (step === 'pause') {
    if (reply.kind === 'error') handover.answer = 'refused'
    else if (handover.pause !== undefined) handover.pause = { ...handover.pause, heldSince: turn.now.mono }
  } else if (step === 'abort') {
    handover.abort = { at: handover.abort?.at ?? turn.now.mono, isAnswered: true, isTooLate: false }
  } else {
    const isAccepted = reply.kind === 'array' && reply.items.every(({ kind }) => kind !== 'error')
    handover.answer = isAccepted ? { acceptedAt: turn.now.mono } : 'refused'
    if (isAccepted) askForAck(turn, master)
  }
  turn.touch(master)
}

/** A replica that refuses REPLCONF GETACK acknowledges its position once a second. */
export function handleAckRefusal(master: Master): void {
  if (master.handover !== undefined) master.handover.ackAskedAt = 'refused'
}

/**
 * The master hands over once the replica has acknowledged its position, which replicas do once a second. This makes it
 * do so at once; INFO behind it shows how far it is.
 */
function askForAck(turn: Turn, master: Master): void {
  const { handover, failover } = master
  if (handover === undefined || failover.phase !== 'wait-promotion' || handover.isAdopted) return
  const { promoted } = failover
  const now = turn.now.mono
  if (handover.ackAskedAt === 'refused' || promoted.link.command === undefined) return
  if (handover.ackAskedAt !== undefined && now - handover.ackAskedAt < HANDOVER_ACK_MS) return
  handover.ackAskedAt = now
  turn.push({
    type: 'send', connection: promoted.link.command.id, argv: [nameOnNode(promoted, 'REPLCONF'), 'GETACK', '*'],
    request: { kind: 'get-ack', record: promoted.id },
  })
  sendInfo(turn, promoted, { afterOrder: false })
}

/** INFO shows that the chosen replica is none of the masters yet. */
export function awaitHandover(turn: Turn, master: Master): void {
  if (typeof master.handover?.answer === 'object') askForAck(turn, master)
}

/** Watches the order. Called when something happened to the master or to the failover, and when a deadline has come. */
export function checkHandover(turn: Turn, master: Master, failover: FailoverIn<'wait-promotion'>, handover: Handover): void {
  const now = turn.now.mono
  if (handover.isAdopted) {
    if (now - failover.since > master.settings.failoverTimeoutMs) abortHandover(turn, master, '-failover-abort-slave-timeout')
  } else if (handover.answer === 'refused') {
    abortHandover(turn, master, '-failover-abort-master-timeout', 'master-refuses')
  } else if (master.sdown) {
    leaveDeadMaster(turn, master, failover)
  } else if (handover.abort === undefined) {
    const goesOn = now < abortAt(handover) && !isWithoutTarget(turn, master, failover) && !hasEnded(master, handover)
    if (goesOn) return renewPause(turn, master, handover)
    if (!beginAbort(turn, master, handover)) abortHandover(turn, master, '-failover-abort-master-timeout')
  } else if (now >= abortEnd(master, handover.abort.at)) {
    abortHandover(turn, master, '-failover-abort-master-timeout')
  }
}

function renewPause(turn: Turn, master: Master, handover: Handover): void {
  const now = turn.now.mono
  if (now < renewalAt(handover)) return
  handover.renewedAt = now
  const command = pauseCommand(Math.min(handover.until - now, HANDOVER_PAUSE_MS))
  sendCommand(turn, master, command, { kind: 'transaction', command: command.join(' ') })
}

function renewalAt({ renewedAt }: Handover): Millis {
  return (renewedAt ?? Infinity) + HANDOVER_RENEWAL_MS
}

/**
 * The master died after its order. The chosen replica had its position, so it is promoted in place of another one
 * where none has more data; otherwise an ordinary failover begins.
 */
export function leaveDeadMaster(turn: Turn, master: Master, { promoted }: FailoverIn<'wait-promotion'>): void {
  const hasMost = [...master.replicas.values()].every(({ offset, sdown }) => sdown || offset <= promoted.offset)
  const isLegal = whyIneligible(turn.state, master, promoted, turn.now.mono) === undefined
  if (!hasMost || !isLegal) {
    abortHandover(turn, master, '-failover-abort-master-timeout', 'master-down')
    return
  }
  master.handover = undefined
  promoted.isInfoWanted = true
  turn.touch(promoted)
}

/** The master waits for a replica that it has lost, or the replica is gone in the middle of the handover. */
function isWithoutTarget(turn: Turn, master: Master, { promoted, orderedAt }: FailoverIn<'wait-promotion'>): boolean {
  const { failoverState, failoverSince, infoAt, follows } = master
  if (infoAt === undefined || infoAt <= orderedAt) return false
  if (failoverState === 'waiting-for-sync') return !isOnline(master, promoted)
  const isGone = promoted.sdown || promoted.link.command?.establishedAt === undefined
  if (!isGone) return false
  const now = turn.now.mono
  if (failoverState === 'failover-in-progress') return now - (failoverSince ?? now) >= HANDOVER_STUCK_MS
  return follows !== undefined && !follows.isLinkUp && promoted.sdown
}

/**
 * INFO behind the order shows a master that does not hand over: it was started again, the order was lost with its
 * connection, the replica refused to take over, or an operator sent FAILOVER ABORT. It accepts writes, and a request to
 * take over may still reach the replica.
 */
function hasEnded({ failoverState, roleReported, infoAt = -Infinity, link }: Master, handover: Handover): boolean {
  const { orderedAt = Infinity, answer } = handover
  const acceptedAt = typeof answer === 'object' ? answer.acceptedAt : Infinity
  const { establishedAt = -Infinity } = link.command ?? {}
  const isBehind = infoAt > acceptedAt || (establishedAt > orderedAt && infoAt > establishedAt)
  return isBehind && roleReported === 'master' && failoverState === 'no-failover'
}

/** Ends the order at the master. INFO behind it shows whether the master had handed over before. */
function beginAbort(turn: Turn, master: Master, handover: Handover): boolean {
  if (!sendCommand(turn, master, ['FAILOVER', 'ABORT'], {
    kind: 'transaction', command: 'FAILOVER ABORT', handover: { record: master.id, step: 'abort' },
  })) return false
  handover.abort = { at: turn.now.mono, isAnswered: false, isTooLate: false }
  sendInfo(turn, master, { afterOrder: true })
  return true
}

/** INFO of the master, after FAILOVER ABORT was answered. */
export function handleInfoAfterAbort(turn: Turn, master: Master): void {
  const { handover, failover, follows } = master
  if (handover?.abort?.isAnswered !== true || failover.phase !== 'wait-promotion') return
  if (master.roleReported === 'master') {
    abortHandover(turn, master, '-failover-abort-master-timeout')
    return
  }
  // It has handed over. Only where its successor is gone does it take its role back; otherwise the successor is waited
  // for, because it may accept writes.
  handover.abort = { ...handover.abort, isTooLate: true }
  failover.promoted.isInfoWanted = true
  turn.touch(failover.promoted)
  if (follows === undefined || follows.isLinkUp || !failover.promoted.sdown) return
  takeBack(turn, master, { pausesWrites: true })
  master.pausedUntil = undefined
  abortHandover(turn, master, '-failover-abort-master-timeout', 'replica-down')
}

/**
 * FAILOVER ABORT was sent, and it is not known whether the master has taken its role back: the request to take over may
 * have been on its way to the replica. The role of the master decides which of them stays, because its clients are
 * connected to it, and those of the replica were sent nowhere.
 */
export function isAbortUndecided({ handover }: Master): boolean {
  return handover?.abort?.isTooLate === false
}

/** How long the leader waits for a successor that the master follows and that it does not reach itself. */
function abortEnd({ settings }: Master, abortedAt: Millis): Millis {
  return abortedAt + settings.failoverTimeoutMs
}

/** When `orderHandover` acts if no input arrives. */
export function orderHandoverDueAt({ now }: Turn, { until, pause, isAdopted }: Handover): Millis {
  if (isAdopted) return Infinity
  const holdEnd = (pause?.heldSince ?? Infinity) + HANDOVER_HOLD_MS
  return Math.min(until - HANDOVER_LEFT_MIN_MS + 1, holdEnd > now.mono ? holdEnd : Infinity)
}

/** When `checkHandover` acts if no input arrives. */
export function handoverDueAt(master: Master, failover: FailoverIn<'wait-promotion'>, handover: Handover): Millis {
  if (handover.isAdopted) return failover.since + master.settings.failoverTimeoutMs + 1
  if (handover.abort !== undefined) return abortEnd(master, handover.abort.at)
  return Math.min(abortAt(handover), renewalAt(handover))
}

/** While the pause lasts, a successor that turns out to be promoted after all does not compete with the old master. */
function abortAt({ until }: Handover): Millis {
  return until - HANDOVER_ABORT_LEAD_MS
}
