/** The leader's work: one handler per phase (behaviour.md 9). */
import { assertNever } from '../assert.ts'
import { SELECTION_ANY_MS, SELECTION_OTHERS_MS } from '../limits.ts'
import { infoOutstanding } from '../monitoring/outstanding.ts'
import type { DataNode } from '../state/instance.ts'
import type { Handover } from '../state/handover.ts'
import type { Master } from '../state/master.ts'
import type { Millis } from '../time.ts'
import type { Turn } from '../turn.ts'
import { adoptSuccessor } from './adoption.ts'
import { abortFailover } from './conclude.ts'
import { abortHandover, handoverDueAt, orderHandoverDueAt } from './handover.ts'
import { rankForHandover } from './handover-choice.ts'
import { enter } from './phases.ts'
import type { LedFailover } from '../state/failover.ts'
import { checkPromotionTimeout, isStepwise, orderPromotion } from './promotion.ts'
import { reconfigurationDeadline, reconfigureReplicas } from './reconfiguration.ts'
import { rankReplicas } from './selection.ts'
import { orderStepwiseDueAt, stepwiseDueAt } from './stepwise.ts'

type Selecting = Extract<LedFailover, { phase: 'select-replica' }>

/** Runs the present phase; it may end in the next one. */
export function runPhase(turn: Turn, master: Master, failover: LedFailover): void {
  switch (failover.phase) {
    case 'select-replica':
      selectReplica(turn, master, failover)
      return
    case 'send-replicaof-no-one':
      orderPromotion(turn, master, failover)
      return
    case 'wait-promotion':
      checkPromotionTimeout(turn, master, failover)
      return
    case 'reconf-replicas':
      reconfigureReplicas(turn, master, failover)
      return
    default:
      assertNever(failover)
  }
}

function selectReplica(turn: Turn, master: Master, failover: Selecting): void {
  const now = turn.now.mono
  if (adoptSuccessor(turn, master, failover)) return
  const { handover } = master
  const verdict = handover === undefined
    ? rankReplicas(turn.state, master, now) : rankForHandover(turn.state, master, now)
  const waitUntil = failover.since + (verdict.best === undefined ? SELECTION_ANY_MS : SELECTION_OTHERS_MS)
  if (now < waitUntil && expectsFreshInfo(master, failover)) return
  master.lastVerdict = verdict
  const promoted = verdict.best
  if (promoted === undefined) {
    if (handover === undefined) abortFailover(turn, master, '-failover-abort-no-good-slave')
    else abortHandover(turn, master, '-failover-abort-no-good-slave')
    return
  }
  turn.emit('+selected-slave', promoted)
  const { epoch, forced } = failover
  enter(master, { phase: 'send-replicaof-no-one', epoch, forced, since: now, promoted })
  turn.emit('+failover-state-send-slaveof-noone', promoted)
}

/** Whether INFO that could change the choice is outstanding: offsets from before the failure are outdated. */
function expectsFreshInfo(master: Master, failover: Selecting): boolean {
  if (master.handover !== undefined && isAwaited(master, failover)) return true
  for (const replica of master.replicas.values()) {
    if (replica.sdown || replica.priority === 0) continue
    if (isAwaited(replica, failover)) return true
  }
  return false
}

function isAwaited(node: DataNode, { freshSince }: Selecting): boolean {
  const isStale = (node.infoAt ?? -Infinity) < freshSince
  return isStale && (node.isInfoWanted ? node.link.command !== undefined : infoOutstanding(node))
}

/** The next time at which the present phase acts if no input arrives. */
export function phaseDueAt(turn: Turn, master: Master, failover: LedFailover): Millis {
  switch (failover.phase) {
    case 'select-replica': {
      const until = failover.since + SELECTION_OTHERS_MS
      return until > turn.now.mono ? until : failover.since + SELECTION_ANY_MS
    }
    case 'send-replicaof-no-one':
      if (master.handover !== undefined) return orderDueAt(turn, master, master.handover)
      return failover.since + master.settings.failoverTimeoutMs + 1
    case 'wait-promotion':
      if (master.handover !== undefined) return promotionDueAt(turn, master, failover, master.handover)
      return failover.since + master.settings.failoverTimeoutMs + 1
    case 'reconf-replicas':
      return reconfigurationDeadline(turn, master, failover)
  }
}

function orderDueAt(turn: Turn, master: Master, handover: Handover): Millis {
  return isStepwise(master, handover) ? orderStepwiseDueAt(handover) : orderHandoverDueAt(turn, handover)
}

function promotionDueAt(
  turn: Turn, master: Master, failover: Extract<LedFailover, { phase: 'wait-promotion' }>, handover: Handover,
): Millis {
  const { stepwise } = handover
  if (stepwise === undefined) return handoverDueAt(master, failover, handover)
  return stepwiseDueAt(turn, master, failover, stepwise)
}
