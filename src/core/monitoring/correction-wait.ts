/**
 * Which data nodes follow the wrong master or none, and when that may be corrected (behaviour.md 5.3). Sends nothing.
 */
import { meansAddress } from '../names.ts'
import { mayBeOrdered, roleWait } from './foreign-nodes.ts'
import { promotedReplica } from '../state/failover.ts'
import type { Instance } from '../state/instance.ts'
import type { Master } from '../state/master.ts'
import type { Replica } from '../state/replica.ts'
import { masterOf, type SentinelState } from '../state/sentinel-state.ts'
import type { Millis } from '../time.ts'
import type { Turn } from '../turn.ts'

/** When INFO of a node should be read next because a correction becomes due. */
export function correctionDueAt(turn: Turn, instance: Instance): Millis {
  const master = instance.kind === 'replica' ? masterOf(turn.state, instance) : undefined
  if (master === undefined || instance.kind !== 'replica') return Infinity
  const due = wantedAt(turn.state, master, instance)
  // After that moment, corrections are attempted once per ordinary INFO period.
  return due < (instance.infoAt ?? 0) ? Infinity : due
}

function wantedAt(state: SentinelState, master: Master, replica: Replica): Millis {
  // A node of unknown origin is reported then.
  const { unknownSince, foreign } = replica
  if (unknownSince !== undefined) return foreign === undefined ? unknownSince + roleWait(state) : Infinity
  const wait = correctionWait(state, master, replica)
  return wait === undefined ? Infinity : wait.since + wait.ms
}

interface Wait {
  readonly event: '+convert-to-slave' | '+fix-slave-config'
  readonly since: Millis
  readonly ms: Millis
}

/** The correction that a replica needs, and how long it must have needed it; undefined = none. */
export function correctionWait(state: SentinelState, master: Master, replica: Replica): Wait | undefined {
  const wait = waitOf(state, master, replica)
  // Last, because it compares ids: every look at a replica asks, and few need a correction.
  return wait === undefined || !mayBeOrdered(state, master, replica) ? undefined : wait
}

function waitOf(state: SentinelState, master: Master, replica: Replica): Wait | undefined {
  if (promotedReplica(master) === replica) return undefined
  if (replica.roleReported === 'master') {
    return { event: '+convert-to-slave', since: replica.roleReportedSince, ms: roleWait(state) }
  }
  if (replica.roleReported !== 'slave' || replica.reportedMaster === undefined) return undefined
  const { host, port } = replica.reportedMaster
  if (meansAddress(state, master.address, host, port)) return undefined
  return { event: '+fix-slave-config', since: replica.replicationChangedAt, ms: master.settings.failoverTimeoutMs }
}
