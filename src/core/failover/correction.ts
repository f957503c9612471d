/**
 * Repair of data nodes that follow the wrong master or none (behaviour.md 5.3). Every sentinel does it; the wait
 * gives a leader's newer configuration time to arrive first.
 */
import { meansAddress } from '../names.ts'
import type { Instance } from '../state/instance.ts'
import type { Master } from '../state/master.ts'
import type { Replica } from '../state/replica.ts'
import { masterOf, type SentinelState } from '../state/sentinel-state.ts'
import type { Millis } from '../time.ts'
import type { Turn } from '../turn.ts'
import { promotedReplica } from '../state/failover.ts'
import { sendReplicaOf } from './transaction.ts'

/** Called after INFO of a replica that is not part of a running reconfiguration. */
export function correctReplica(turn: Turn, master: Master, replica: Replica): void {
  const wait = correctionWait(turn.state, master, replica)
  if (wait === undefined || !isSane(turn, master)) return
  const now = turn.now.mono
  if (now - wait.since <= wait.ms || !upFor(replica, wait.ms, now)) return
  // INFO follows each order at once, so a node that refuses must not be told again by its own answer.
  if (replica.correctedAt !== undefined && now - replica.correctedAt < turn.state.tunables['info-period']) return
  if (!sendReplicaOf(turn, replica, master)) return
  replica.correctedAt = now
  turn.emit(wait.event, replica)
}

/** When INFO of a node should be read next because a correction becomes due. */
export function correctionDueAt(turn: Turn, instance: Instance): Millis {
  const master = instance.kind === 'replica' ? masterOf(turn.state, instance) : undefined
  if (master === undefined || instance.kind !== 'replica') return Infinity
  const wait = correctionWait(turn.state, master, instance)
  const due = wait === undefined ? Infinity : wait.since + wait.ms
  // Once it has passed, the ordinary INFO period paces the attempts.
  return due < (instance.infoAt ?? 0) ? Infinity : due
}

interface Wait {
  readonly event: '+convert-to-slave' | '+fix-slave-config'
  readonly since: Millis
  readonly ms: Millis
}

/** What is wrong with a replica and how long it must have been so. */
function correctionWait(state: SentinelState, master: Master, replica: Replica): Wait | undefined {
  if (promotedReplica(master) === replica) return undefined
  if (replica.roleReported === 'master') {
    return { event: '+convert-to-slave', since: replica.roleReportedSince, ms: 4 * state.tunables['publish-period'] }
  }
  if (replica.roleReported !== 'slave' || replica.reportedMaster === undefined) return undefined
  const { host, port } = replica.reportedMaster
  if (meansAddress(state, master.address, host, port)) return undefined
  return { event: '+fix-slave-config', since: replica.replicationChangedAt, ms: master.settings.failoverTimeoutMs }
}

/** The master looks like one, and we know it from recent INFO (behaviour.md 5.3, "sane master"). */
function isSane(turn: Turn, master: Master): boolean {
  return master.roleReported === 'master' && !master.sdown && !master.odown
    && master.infoAt !== undefined && turn.now.mono - master.infoAt < 2 * turn.state.tunables['info-period']
}

/** Counted from the beginning of the last down period (Q11). */
function upFor(replica: Replica, ms: Millis, now: Millis): boolean {
  return replica.sdownSince === undefined || now - replica.sdownSince > ms
}
