/** Promotes the chosen replica and confirms its new role by INFO (behaviour.md 9.4, 9.5). */
import { follows, isCertainlyOurs, mayBeOthersServer } from '../monitoring/foreign-nodes.ts'
import { publishToAll } from '../monitoring/hello-publish.ts'
import { reportFailedPromotion } from '../monitoring/refusals.ts'
import { ERROR_RETRY_MS, OLD_MASTER_ORDER_MS } from '../limits.ts'
import type { Handover } from '../state/handover.ts'
import { dataNodesOf } from '../state/instance.ts'
import type { Master } from '../state/master.ts'
import type { Replica } from '../state/replica.ts'
import type { Turn } from '../turn.ts'
import { abortFailover, runReconfigScript } from './conclude.ts'
import { enter } from './phases.ts'
import type { FailoverIn } from '../state/failover.ts'
import { whyIneligible } from './selection.ts'
import { awaitHandover, checkHandover, isAbortUndecided, orderHandover } from './handover.ts'
import { releaseNewMaster } from './release.ts'
import { crashIf } from './simulated-crash.ts'
import { awaitStepwise, checkStepwise, orderStepwise } from './stepwise.ts'
import { sendReplicaOf } from './transaction.ts'

/** Sends SLAVEOF NO ONE; waits for the link when it is missing, for failover-timeout at most. */
export function orderPromotion(turn: Turn, master: Master, failover: FailoverIn<'send-replicaof-no-one'>): void {
  const { promoted, epoch, forced } = failover
  const now = turn.now.mono
  const { handover } = master
  if (handover !== undefined) {
    if (isStepwise(master, handover)) orderStepwise(turn, master, failover, handover)
    else orderHandover(turn, master, failover, handover)
    return
  }
  if (sendReplicaOf(turn, promoted, 'no-one')) {
    turn.emit('+failover-state-wait-promotion', promoted)
    enter(master, { phase: 'wait-promotion', epoch, forced, since: now, promoted, orderedAt: now })
    return
  }
  if (now - failover.since > master.settings.failoverTimeoutMs) giveUpPromotion(turn, master, promoted)
}

/** Whether the leader does the steps of the handover: the server does not have FAILOVER. It stays so once begun. */
export function isStepwise({ failoverState }: Master, { stepwise, pause, isAdopted }: Handover): boolean {
  return stepwise !== undefined || (pause === undefined && !isAdopted && failoverState === undefined)
}

export function checkPromotionTimeout(turn: Turn, master: Master, failover: FailoverIn<'wait-promotion'>): void {
  const { handover } = master
  if (handover !== undefined) {
    const { stepwise } = handover
    if (stepwise === undefined) checkHandover(turn, master, failover, handover)
    else checkStepwise(turn, master, failover, handover, stepwise)
    return
  }
  const { since, promoted } = failover
  if (turn.now.mono - since > master.settings.failoverTimeoutMs) giveUpPromotion(turn, master, promoted)
}

function giveUpPromotion(turn: Turn, master: Master, promoted: Replica): void {
  abortFailover(turn, master, '-failover-abort-slave-timeout')
  reportFailedPromotion(turn, master, promoted)
}

/** INFO of the chosen replica arrived while we wait for its promotion, or while the others are reconfigured. */
export function handlePromotionInfo(turn: Turn, master: Master, replica: Replica): void {
  const { failover } = master
  if (failover.phase === 'reconf-replicas' && failover.promoted === replica) keepPromoted(turn, master, replica)
  if (failover.phase !== 'wait-promotion' || failover.promoted !== replica) return
  if (replica.roleReported === 'master') {
    if (!isAbortUndecided(master) && !mayBeOthersServer(turn, master, replica)) confirmPromotion(turn, master, failover)
    return
  }
  const { handover } = master
  if (handover !== undefined) {
    if (handover.stepwise === undefined) awaitHandover(turn, master)
    else awaitStepwise(turn, master, failover, handover.stepwise)
    return
  }
  // Still a replica some time after the order: the order was lost with its connection, or refused. Send it again.
  const now = turn.now.mono
  // It was chosen while it loaded, or while it held the data that its master lost, and holds nothing now. It is not
  // ordered again; failover-timeout ends the attempt, because the first order may still take effect.
  const why = whyIneligible(turn.state, master, replica, now)
  if (why === 'no-data' || why === 'lost-data' || why === 'foreign') return
  if (now - failover.orderedAt <= ERROR_RETRY_MS || !sendReplicaOf(turn, replica, 'no-one')) return
  enter(master, { ...failover, orderedAt: now })
}

/**
 * A sentinel that has not learned of the switch may demote the promoted node as a stray master. The other replicas
 * could not follow it then, so it is promoted again. A later leader may also have made it a replica of another node,
 * which is about to become the master; so where that one is up, a newer configuration is given the time to arrive.
 */
function keepPromoted(turn: Turn, master: Master, promoted: Replica): void {
  const { failoverState, roleReported, roleReportedSince } = promoted
  if (roleReported !== 'slave' || failoverState === 'failover-in-progress') return
  const now = turn.now.mono
  const isSettled = now - roleReportedSince >= turn.state.tunables['publish-period'] || followsSilent(turn, master, promoted)
  if (!isSettled || now - (promoted.correctedAt ?? -Infinity) <= ERROR_RETRY_MS) return
  if (sendReplicaOf(turn, promoted, 'no-one')) promoted.correctedAt = now
}

/** Whether the node that it follows is down: no sentinel can promote that one. */
function followsSilent({ state }: Turn, master: Master, promoted: Replica): boolean {
  return dataNodesOf(master).some((node) => node.sdown && follows(state, promoted, node))
}

function confirmPromotion(turn: Turn, master: Master, failover: FailoverIn<'wait-promotion'>): void {
  const { promoted, epoch, forced } = failover
  if (master.configEpoch >= epoch) {
    // A hello brought a newer configuration of the same address meanwhile; ours must not replace it.
    abortFailover(turn, master, '-failover-abort-slave-timeout')
    return
  }
  master.configEpoch = epoch
  enter(master, { phase: 'reconf-replicas', epoch, forced, since: turn.now.mono, promoted, oldOrderedAt: undefined })
  // Everything below announces the new configuration, so it must be durable first (behaviour.md 11.4 P5).
  master.addressDurableFrom = turn.persist()
  turn.emit('+promoted-slave', promoted)
  if (crashIf(turn, turn.state.simulatedFailure.crashAfterPromotion)) return
  turn.emit('+failover-state-reconf-slaves', master)
  if (master.handover === undefined) demoteOldMaster(turn, master)
  else releaseNewMaster(turn, master, promoted)
  runReconfigScript(turn, master, { as: 'leader', from: master.address, to: promoted.address })
  publishToAll(turn, master)
}

/**
 * Orders the old master to follow the promoted replica where it can be reached at the switch: until then it accepts
 * writes that will be lost. This sentinel was elected and has just promoted the replica, so no majority has to confirm
 * it. Later, another leader may have promoted the old master again.
 */
export function demoteOldMaster(turn: Turn, master: Master): void {
  const { failover } = master
  if (failover.phase !== 'reconf-replicas' || master.sdown || master.roleReported !== 'master') return
  if (turn.now.mono - failover.since > OLD_MASTER_ORDER_MS) return
  // Its address may be another deployment's by now.
  if (!isCertainlyOurs(turn.state, master, master)) return
  const now = turn.now.mono
  if (failover.oldOrderedAt !== undefined && now - failover.oldOrderedAt <= ERROR_RETRY_MS) return
  if (sendReplicaOf(turn, master, failover.promoted)) enter(master, { ...failover, oldOrderedAt: now })
}
