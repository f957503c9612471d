/** The state of masters, replicas and sentinels, in a few words each. */
import type { InstanceJson, MasterJson, PeerJson, ReplicaJson } from '../../json.ts'
import type { Kind } from './elements.ts'

/** A state and the words for it. */
export interface Health {
  readonly kind: Kind
  readonly word: string
}

/** Position in the list: masters with problems come first. */
const RANK: Readonly<Record<Kind, number>> = { bad: 0, warn: 1, ok: 2 }

export function masterHealth({ failover, status, quorum, warnings }: MasterJson): Health {
  if (failover !== null) return { kind: 'warn', word: 'Failing over' }
  if (status === 'odown') return { kind: 'bad', word: 'Down' }
  if (status === 'sdown') return { kind: 'bad', word: 'Not answering' }
  if (!quorum.ok) return { kind: 'bad', word: 'No quorum' }
  return warnings.length > 0 ? { kind: 'warn', word: 'Attention' } : { kind: 'ok', word: 'Healthy' }
}

export function overallHealth(masters: readonly MasterJson[]): Health {
  const kinds = masters.map((master) => masterHealth(master).kind)
  const total = kinds.length
  const troubled = kinds.filter((kind) => kind !== 'ok').length
  if (total === 0) return { kind: 'warn', word: 'No master is monitored' }
  if (troubled === 0) return { kind: 'ok', word: total === 1 ? 'The master is healthy' : `All ${total} masters are healthy` }
  const word = total === 1 ? 'The master needs attention' : `${troubled} of ${total} masters need attention`
  return { kind: kinds.includes('bad') ? 'bad' : 'warn', word }
}

/** Sorts masters: the worst state first, then by name, `cache-2` before `cache-10`. */
export function sortedMasters(masters: readonly MasterJson[]): MasterJson[] {
  return masters.toSorted((a, b) => (
    RANK[masterHealth(a).kind] - RANK[masterHealth(b).kind]
    || a.name.localeCompare(b.name, undefined, { numeric: true })
  ))
}

export function replicaHealth(replica: ReplicaJson): Health {
  const { flags, role, replicationLinkUp } = replica
  const unreachable = lost(replica)
  if (unreachable !== undefined) return unreachable
  if (flags.includes('promoted')) return { kind: 'warn', word: 'being promoted' }
  if (flags.some((flag) => flag.startsWith('reconf_') && flag !== 'reconf_done')) return { kind: 'warn', word: 'being reconfigured' }
  if (role === 'master') return { kind: 'warn', word: 'reports the role of a master' }
  return replicationLinkUp ? { kind: 'ok', word: 'in sync' } : { kind: 'warn', word: 'not in sync' }
}

export function peerHealth(peer: PeerJson): Health {
  const unreachable = lost(peer)
  if (unreachable !== undefined) return unreachable
  return peer.disagrees ? { kind: 'warn', word: 'reports another master' } : { kind: 'ok', word: 'up' }
}

function lost({ status, flags }: InstanceJson): Health | undefined {
  if (status !== 'ok') return { kind: 'bad', word: 'down' }
  return flags.includes('disconnected') ? { kind: 'bad', word: 'unreachable' } : undefined
}
