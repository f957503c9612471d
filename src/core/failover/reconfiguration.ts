/** Makes the other replicas follow the promoted one, parallel-syncs at a time (behaviour.md 9.6). */
import { meansAddress } from '../names.ts'
import { OLD_MASTER_WAIT_MS } from '../limits.ts'
import { mayFollowNow } from '../monitoring/foreign-nodes.ts'
import { isSameServer } from '../monitoring/twins.ts'
import type { Master } from '../state/master.ts'
import type { Replica } from '../state/replica.ts'
import type { Millis } from '../time.ts'
import type { Turn } from '../turn.ts'
import { switchMaster } from './conclude.ts'
import type { RunningFailover } from '../state/failover.ts'
import { releaseDueAt, releaseOldMaster, releaseWaitEnd } from './release.ts'
import { sendReplicaOf } from './transaction.ts'

type Reconfiguring = Extract<RunningFailover, { phase: 'reconf-replicas' }>

export function reconfigureReplicas(turn: Turn, master: Master, failover: Reconfiguring): void {
  releaseOldMaster(turn, master, failover)
  giveUpOnSilentOnes(turn, master)
  sendNext(turn, master, failover.promoted)
  concludeIfDone(turn, master, failover)
}

/**
 * Gives up replicas that do not answer in time. Timeouts are checked before slots are counted; in the original a full
 * set of slots hides them (Q2).
 */
function giveUpOnSilentOnes(turn: Turn, master: Master): void {
  for (const replica of master.replicas.values()) {
    // Another server may have its address now.
    if (isBusy(replica) && !mayFollowNow(turn, master, replica)) replica.reconfiguration = { stage: 'done' }
    const due = reconfigurationDueAt(turn, replica)
    if (due === undefined || turn.now.mono < due) continue
    turn.emit('-slave-reconf-sent-timeout', replica)
    replica.reconfiguration = { stage: 'done' }
  }
}

function reconfigurationDueAt(turn: Turn, replica: Replica): Millis | undefined {
  const { reconfiguration } = replica
  if (reconfiguration.stage !== 'sent') return undefined
  return reconfiguration.at + turn.state.tunables['slave-reconf-timeout'] + 1
}

function sendNext(turn: Turn, master: Master, promoted: Replica): void {
  const others = othersThan(turn, master, promoted)
  let busy = others.filter(isBusy).length
  for (const replica of others) {
    if (busy >= master.settings.parallelSyncs) return
    if (replica.reconfiguration.stage !== 'none' || replica.link.command === undefined) continue
    if (!sendReplicaOf(turn, replica, promoted)) continue
    replica.reconfiguration = { stage: 'sent', at: turn.now.mono }
    turn.emit('+slave-reconf-sent', replica)
    turn.touch(replica)
    busy += 1
  }
}

/** The replicas that must follow the promoted one. */
function othersThan(turn: Turn, master: Master, promoted: Replica): Replica[] {
  return [...master.replicas.values()]
    .filter((replica) => !isSameServer(replica, promoted) && mayFollowNow(turn, master, replica))
}

function isBusy({ reconfiguration: { stage } }: Replica): boolean {
  return stage === 'sent' || stage === 'in-progress'
}

function concludeIfDone(turn: Turn, master: Master, failover: Reconfiguring): void {
  const { promoted } = failover
  // Nothing ends while the promoted node itself is down (Q21).
  if (promoted.sdown) return
  const timedOut = turn.now.mono - failover.since > master.settings.failoverTimeoutMs
  const left = othersThan(turn, master, promoted)
    .filter((replica) => replica.reconfiguration.stage !== 'done' && !replica.sdown)
  if ((left.length > 0 || turn.now.mono < oldMasterWaitEnd(master, failover)) && !timedOut) return
  if (timedOut) turn.emit('+failover-end-for-timeout', master)
  turn.emit('+failover-end', master)
  if (timedOut) reportBestEffort(turn, left)
  switchMaster(turn, master, promoted.address, 'leader')
}

/**
 * Until when the old master may confirm the order to follow: the switch drops its link, and an order that waits for a
 * save would be lost. In the past where nothing is awaited.
 */
function oldMasterWaitEnd(master: Master, failover: Reconfiguring): Millis {
  const { oldOrderedAt } = failover
  const isAwaited = oldOrderedAt !== undefined && master.roleReported === 'master' && master.link.command !== undefined
  return Math.max(releaseWaitEnd(master, failover), isAwaited ? oldOrderedAt + OLD_MASTER_WAIT_MS : -Infinity)
}

/**
 * The switch below drops the links, so an order sent now would be lost (Q1). The event is still published for tools
 * that count it; +fix-slave-config repairs these replicas later.
 */
function reportBestEffort(turn: Turn, left: readonly Replica[]): void {
  for (const replica of left) {
    const isWaiting = replica.reconfiguration.stage === 'none' && replica.link.command !== undefined
    if (isWaiting) turn.emit('+slave-reconf-sent-be', replica)
  }
}

/** Handles INFO of a replica that was ordered to follow the promoted one (behaviour.md 5.3.4). */
export function handleReconfigurationInfo(turn: Turn, master: Master, replica: Replica): void {
  const { failover } = master
  if (failover.phase !== 'reconf-replicas' || replica.roleReported !== 'slave') return
  const { reconfiguration, reportedMaster } = replica
  const { promoted } = failover
  if (
    reconfiguration.stage === 'sent' && reportedMaster !== undefined
    && meansAddress(turn.state, promoted.address, reportedMaster.host, reportedMaster.port)
  ) {
    replica.reconfiguration = { stage: 'in-progress', at: reconfiguration.at }
    turn.emit('+slave-reconf-inprog', replica)
  }
  if (replica.reconfiguration.stage === 'in-progress' && replica.masterLinkUp) {
    replica.reconfiguration = { stage: 'done' }
    turn.emit('+slave-reconf-done', replica)
  }
  turn.touch(master)
}

/** The next time at which this phase acts if no input arrives. */
export function reconfigurationDeadline(turn: Turn, master: Master, failover: Reconfiguring): Millis {
  let due = failover.promoted.sdown ? Infinity : failover.since + master.settings.failoverTimeoutMs + 1
  const waitEnd = oldMasterWaitEnd(master, failover)
  for (const at of [waitEnd, releaseDueAt(master, failover)]) if (at > turn.now.mono) due = Math.min(due, at)
  for (const replica of master.replicas.values()) {
    due = Math.min(due, reconfigurationDueAt(turn, replica) ?? Infinity)
  }
  return due
}
