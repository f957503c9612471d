/**
 * The coordinated failover of a master that does not have the command FAILOVER (Redis 4.0 to 6.0): the leader does its
 * steps (docs/decisions/0051-coordinated-failover.md, "Servers before 6.2").
 *
 * Theory of operation. CLIENT PAUSE of these servers holds back every command of every client, ours included, until its
 * time is over; nothing ends it early. So the position of the master is read in the transaction that begins the pause.
 * That one also ends the connections of all clients: when the pause is over, the server runs what it has held back in
 * the order of the connections, and ours is then older than theirs. Once the chosen replica has reached the position,
 * the order to become its replica is sent into the pause, so that it is the first command after it.
 *
 * What the master did in between decides: the chosen replica is promoted only after the master has become a replica,
 * and only if it has all that the master had then. Otherwise the master becomes a master again. From one order to the
 * other neither node accepts writes, so none is lost, however late a message or the end of a pause may be.
 */
import type { HandoverEnd } from '../event.ts'
import {
  HANDOVER_LEFT_MIN_MS, HANDOVER_STUCK_MS, STEPWISE_LATE_MS, STEPWISE_LEAD_MS, STEPWISE_PAUSE_MS,
} from '../handover-limits.ts'
import { ERROR_RETRY_MS } from '../limits.ts'
import { parseInfo } from '../monitoring/info-parser.ts'
import { sendInfo } from '../monitoring/info-request.ts'
import { standingOf } from '../monitoring/standing.ts'
import { isAnotherServer } from '../monitoring/twins.ts'
import { announced } from '../monitoring/announce.ts'
import { meansAddress } from '../names.ts'
import type { Reply } from '../reply.ts'
import type { FailoverIn } from '../state/failover.ts'
import type { Handover, Standing, Stepwise } from '../state/handover.ts'
import type { Master } from '../state/master.ts'
import type { Replica } from '../state/replica.ts'
import type { Millis } from '../time.ts'
import type { Turn } from '../turn.ts'
import { abortHandover, leaveDeadMaster, timeToPause } from './handover.ts'
import { enter } from './phases.ts'
import { takeBack } from './take-back.ts'
import { sendReplicaOf, sendTransaction } from './transaction.ts'

type Ordering = FailoverIn<'send-replicaof-no-one'>
type Waiting = FailoverIn<'wait-promotion'>

/** Begins the pause, and sends the order to the master once the chosen replica has all its data. */
export function orderStepwise(turn: Turn, master: Master, failover: Ordering, handover: Handover): void {
  const { stepwise } = handover
  if (handover.answer === 'refused') return abort(turn, master, 'master-refuses')
  if (stepwise === undefined) return beginPause(turn, master, failover, handover)
  const { promoted, epoch, forced } = failover
  const now = turn.now.mono
  if (now >= orderEnd(stepwise)) return abort(turn, master, 'replica-behind')
  if (stepwise.held === undefined || !hasEverything(promoted, stepwise.held)) return
  if (!sendDemotion(turn, master, promoted)) return
  handover.orderedAt = now
  turn.emit('+failover-state-wait-promotion', promoted)
  enter(master, { phase: 'wait-promotion', epoch, forced, since: now, promoted, orderedAt: now })
}

function abort(turn: Turn, master: Master, why?: HandoverEnd): void {
  abortHandover(turn, master, '-failover-abort-master-timeout', why)
}

function orderEnd({ pauseEnd, leadMs }: Stepwise): Millis {
  return pauseEnd - leadMs
}

function beginPause(turn: Turn, master: Master, { promoted }: Ordering, handover: Handover): void {
  const left = timeToPause(turn, master, promoted, handover)
  if (left === undefined) return
  const now = turn.now.mono
  // A deadline with a fraction would come up before its time.
  const roundTrip = Math.ceil(Math.max(master.link.roundTripMs ?? 0, promoted.link.roundTripMs ?? 0))
  const ms = Math.floor(Math.min(left, master.settings.downAfterMs / 2, STEPWISE_PAUSE_MS + 4 * roundTrip))
  if (!sendTransaction(turn, master, [
    ['CLIENT', 'PAUSE', String(ms)],
    ['CLIENT', 'KILL', 'TYPE', 'normal'],
    ['CLIENT', 'KILL', 'TYPE', 'pubsub'],
    ['INFO'],
  ], { record: master.id, step: 'hold' })) return
  handover.stepwise = {
    pauseEnd: now + ms, leadMs: Math.max(STEPWISE_LEAD_MS, roundTrip), held: undefined, demoted: undefined,
    isPromotionOrdered: false,
  }
  master.pausedUntil = now + ms + STEPWISE_LATE_MS
  sendInfo(turn, promoted, { afterOrder: true })
}

/** Replies to EXEC of the pause (`hold`), whose last one is INFO, and of the order to become a replica (`demote`). */
export function handleStepwiseReply(turn: Turn, master: Master, step: 'hold' | 'demote', reply: Reply): void {
  const { handover } = master
  if (handover?.stepwise === undefined) return
  const items = reply.kind === 'array' ? reply.items : []
  const [first] = items
  if (first === undefined || first.kind === 'error') handover.answer = 'refused'
  else if (step === 'hold') {
    const info = items.at(-1)
    handover.stepwise.held = info?.kind === 'bulk' ? standingOf(parseInfo(info.text)) : undefined
    if (handover.stepwise.held === undefined) handover.answer = 'refused'
  }
  turn.touch(master)
}

/** Whether the replica has all data up to this position. Without a link to its master, its own position is final. */
function hasEverything(promoted: Replica, { replid, offset }: Standing): boolean {
  return promoted.replid === replid && promoted.offset >= offset
}

/**
 * Whether no command has changed the data of the master since its pause began. Its position grows all the same by
 * deletions of expired keys and by its PINGs to the replicas.
 */
function isUnchanged(held: Standing | undefined, { replid, changes, savedAt }: Standing): held is Standing {
  return held?.replid === replid && changes !== undefined && held.changes === changes && held.savedAt === savedAt
}

/** Sent while the master is paused, so that it is the first command after the pause. */
function sendDemotion(turn: Turn, master: Master, promoted: Replica): boolean {
  if (!isAnotherServer(master, promoted)) return false
  return sendTransaction(turn, master, [
    ['SLAVEOF', announced(turn.state, promoted.address), String(promoted.address.port)],
    ['CONFIG', 'REWRITE'],
    ['CLIENT', 'KILL', 'TYPE', 'normal'],
    ['CLIENT', 'KILL', 'TYPE', 'pubsub'],
  ], { record: master.id, step: 'demote' })
}

/** Watches the order to the master, and promotes the chosen replica or undoes it. */
export function checkStepwise(
  turn: Turn, master: Master, failover: Waiting, handover: Handover, stepwise: Stepwise,
): void {
  const now = turn.now.mono
  if (handover.answer === 'refused') return abort(turn, master, 'master-refuses')
  if (master.sdown) return leaveDeadMaster(turn, master, failover)
  // Another sentinel ends what is left then.
  if (now >= failover.since + master.settings.failoverTimeoutMs) return abort(turn, master)
  noteDemotion(turn, master, failover, stepwise)
  if (stepwise.demoted === undefined) {
    if (now >= answerEnd(stepwise) && isMasterStill(master, stepwise)) abort(turn, master)
    return
  }
  if (stepwise.isPromotionOrdered) return endPromotion(turn, master, failover)
  const { standing, at } = stepwise.demoted
  const { promoted } = failover
  if ((promoted.infoAt ?? -Infinity) > at && promoted.roleReported === 'slave') {
    const { held } = stepwise
    const hasAll = hasEverything(promoted, standing) || (isUnchanged(held, standing) && hasEverything(promoted, held))
    if (!hasAll) return undo(turn, master, 'replica-behind')
    if (promote(turn, master, failover, stepwise)) return
  }
  if (now >= at + HANDOVER_STUCK_MS) undo(turn, master, 'replica-lost')
}

/** INFO of the master shows that it has become a replica, whether or not its reply to the order has arrived. */
function noteDemotion(turn: Turn, { follows }: Master, { promoted }: Waiting, stepwise: Stepwise): void {
  if (stepwise.demoted !== undefined || follows?.standing === undefined) return
  if (!meansAddress(turn.state, promoted.address, follows.host, follows.port)) return
  stepwise.demoted = { standing: follows.standing, at: turn.now.mono }
  sendInfo(turn, promoted, { afterOrder: true })
}

function answerEnd({ pauseEnd }: Stepwise): Millis {
  return pauseEnd + HANDOVER_STUCK_MS
}

/** INFO after the end of the pause shows a master: the order was lost with its connection. */
function isMasterStill({ infoAt, roleReported }: Master, { pauseEnd }: Stepwise): boolean {
  return roleReported === 'master' && infoAt !== undefined && infoAt > pauseEnd + STEPWISE_LATE_MS
}

function promote(turn: Turn, master: Master, failover: Waiting, stepwise: Stepwise): boolean {
  if (!sendReplicaOf(turn, failover.promoted, 'no-one')) return false
  stepwise.isPromotionOrdered = true
  enter(master, { ...failover, orderedAt: turn.now.mono })
  return true
}

/** The chosen replica went down after its order. A master that has not synchronised with it is a master again. */
function endPromotion(turn: Turn, master: Master, { promoted, orderedAt }: Waiting): void {
  const { follows, infoAt } = master
  const isFresh = infoAt !== undefined && infoAt > orderedAt
  if (promoted.sdown && isFresh && follows !== undefined && !follows.isLinkUp) undo(turn, master, 'replica-down')
}

function undo(turn: Turn, master: Master, why: HandoverEnd): void {
  if (takeBack(turn, master, { pausesWrites: false })) abort(turn, master, why)
}

/** INFO shows that the chosen replica is no master yet: repeats the order, which may have been lost. */
export function awaitStepwise(turn: Turn, master: Master, failover: Waiting, stepwise: Stepwise): void {
  if (!stepwise.isPromotionOrdered || turn.now.mono - failover.orderedAt <= ERROR_RETRY_MS) return
  promote(turn, master, failover, stepwise)
}

/** When `orderStepwise` acts if no input arrives. */
export function orderStepwiseDueAt({ until, stepwise }: Handover): Millis {
  return stepwise === undefined ? until - HANDOVER_LEFT_MIN_MS + 1 : orderEnd(stepwise)
}

/** When `checkStepwise` acts if no input arrives. */
export function stepwiseDueAt({ now }: Turn, master: Master, { since }: Waiting, stepwise: Stepwise): Millis {
  const { demoted, isPromotionOrdered } = stepwise
  const end = since + master.settings.failoverTimeoutMs
  if (isPromotionOrdered) return end
  const due = demoted === undefined ? answerEnd(stepwise) : demoted.at + HANDOVER_STUCK_MS
  return due > now.mono ? Math.min(due, end) : end
}
