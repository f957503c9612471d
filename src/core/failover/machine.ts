/** The leader's work: one handler per phase (behaviour.md 9). */
import { assertNever } from '../assert.ts'
import { SELECTION_ANY_MS, SELECTION_OTHERS_MS } from '../limits.ts'
import { infoOutstanding } from '../monitoring/periodic.ts'
import type { Master } from '../state/master.ts'
import type { Millis } from '../time.ts'
import type { Turn } from '../turn.ts'
import { abortFailover } from './conclude.ts'
import { enter } from './phases.ts'
import type { LedFailover } from '../state/failover.ts'
import { checkPromotionTimeout, orderPromotion } from './promotion.ts'
import { reconfigurationDeadline, reconfigureReplicas } from './reconfiguration.ts'
import { rankReplicas } from './selection.ts'

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
  const verdict = rankReplicas(turn.state, master, now)
  const waitUntil = failover.since + (verdict.best === undefined ? SELECTION_ANY_MS : SELECTION_OTHERS_MS)
  if (now < waitUntil && expectsFreshInfo(master, failover)) return
  master.lastVerdict = verdict
  const promoted = verdict.best
  if (promoted === undefined) {
    abortFailover(turn, master, '-failover-abort-no-good-slave')
    return
  }
  turn.emit('+selected-slave', promoted)
  const { epoch, forced } = failover
  enter(master, { phase: 'send-replicaof-no-one', epoch, forced, since: now, promoted })
  turn.emit('+failover-state-send-slaveof-noone', promoted)
}

/** Whether INFO that could change the choice is outstanding: offsets from before the failure are outdated. */
function expectsFreshInfo(master: Master, failover: Selecting): boolean {
  for (const replica of master.replicas.values()) {
    if (replica.sdown || replica.priority === 0) continue
    const isStale = (replica.infoAt ?? -Infinity) < failover.freshSince
    if (isStale && (replica.isInfoWanted ? replica.link.command !== undefined : infoOutstanding(replica))) return true
  }
  return false
}

/** The next time at which the present phase acts if no input arrives. */
export function phaseDueAt(turn: Turn, master: Master, failover: LedFailover): Millis {
  switch (failover.phase) {
    case 'select-replica': {
      const until = failover.since + SELECTION_OTHERS_MS
      return until > turn.now.mono ? until : failover.since + SELECTION_ANY_MS
    }
    case 'send-replicaof-no-one':
    case 'wait-promotion':
      return failover.since + master.settings.failoverTimeoutMs + 1
    case 'reconf-replicas':
      return reconfigurationDeadline(turn, master, failover)
  }
}
