/**
 * Checks one record: runs what is due and puts the next moment at which a check can change anything into the deadline
 * table. The monitoring half always runs; TILT suspends the acting half.
 */
import { attemptDueAt, runAttempt } from './attempt.ts'
import { considerCandidacy, candidacyDueAt } from './election/candidacy.ts'
import { resumeOrder } from './election/order.ts'
import { pauseDueAt, reviewPause } from './election/pause.ts'
import { asksDueAt, askPeers, checkObjectiveDown, expireOpinions } from './detection/objective-down.ts'
import { checkSubjectiveDown, closeDeadConnections, sdownCheckAt, teardownDueAt } from './detection/subjective-down.ts'
import { blockedHelloDueAt, replaceBlockedLink } from './monitoring/blocked-hello.ts'
import { suspicionDueAt, updateSuspicion } from './detection/witnesses.ts'
import { lostDataDueAt, reviewLostData } from './monitoring/lost-data.ts'
import { periodicDueAt, sendPeriodic } from './monitoring/periodic.ts'
import { reconnect, reconnectDueAt } from './monitoring/reconnect.ts'
import { reviewSchedule, scheduleDueAt } from './operations/planned.ts'
import type { Instance } from './state/instance.ts'
import type { Master } from './state/master.ts'
import type { Millis } from './time.ts'
import type { Turn } from './turn.ts'

export function lookAt(turn: Turn, instance: Instance): void {
  replaceBlockedLink(turn, instance)
  reconnect(turn, instance)
  sendPeriodic(turn, instance)
  updateSuspicion(turn, instance)
  if (instance.kind === 'master') reviewPause(turn, instance)
  if (turn.state.tiltSince === undefined) {
    if (instance.kind === 'master') reviewLostData(turn, instance)
    closeDeadConnections(turn, instance)
    checkSubjectiveDown(turn, instance)
    if (instance.kind === 'master') act(turn, instance)
  }
  if (turn.state.records.get(instance.id) === instance) {
    turn.state.deadlines.set(instance.id, nextDeadline(turn, instance))
  }
}

/** Runs the decisions of a master, which TILT suspends (behaviour.md 2.2). */
function act(turn: Turn, master: Master): void {
  expireOpinions(turn, master)
  askPeers(turn, master)
  checkObjectiveDown(turn, master)
  reviewSchedule(turn, master)
  resumeOrder(turn, master)
  considerCandidacy(turn, master)
  runAttempt(turn, master)
  if (turn.state.hasCrashed) return
  askPeers(turn, master)
}

function nextDeadline(turn: Turn, instance: Instance): Millis | undefined {
  let due = Math.min(
    reconnectDeadline(turn, instance),
    periodicDueAt(turn, instance) ?? Infinity,
    blockedHelloDueAt(turn, instance),
    instance.kind === 'master' && instance.suspicion === undefined ? suspicionDueAt(turn, instance) : Infinity,
    instance.kind === 'master' ? pauseDueAt(turn, instance) : Infinity,
  )
  if (turn.state.tiltSince === undefined) {
    due = Math.min(due, teardownDueAt(turn, instance), sdownCheckAt(turn, instance) ?? Infinity)
    if (instance.kind === 'master') due = Math.min(due, actionDueAt(turn, instance), lostDataDueAt(instance))
  }
  return due === Infinity ? undefined : due
}

/** While a name is looked up, its answer schedules the record; a deadline in the past would only loop. */
function reconnectDeadline(turn: Turn, instance: Instance): Millis {
  const due = reconnectDueAt(turn, instance)
  if (due === undefined) return Infinity
  const isAsking = turn.state.names.get(instance.address.host)?.isLookupRunning === true
  return isAsking && due <= turn.now.mono ? Infinity : due
}

function actionDueAt(turn: Turn, master: Master): Millis {
  return Math.min(
    scheduleDueAt(turn, master),
    asksDueAt(turn, master),
    candidacyDueAt(turn, master),
    attemptDueAt(turn, master),
  )
}
