/** The state of masters, replicas and sentinels, in a few words each. */
import type {
  FindingJson, FleetMasterJson, InstanceJson, MasterDetailsJson, MasterJson, PeerJson, ReplicaJson,
} from '../../json.ts'
import type { Kind } from './elements.ts'
import { hasCode, kindOf, ownFindings, troubleOf, type FleetCause } from './findings.ts'
import { GROUPS, type Group } from './place.ts'

/** A state and the words for it. */
export interface Health {
  readonly kind: Kind
  readonly word: string
}

export interface MasterHealth extends Health {
  readonly group: Group
}

/** What is known besides the state of the master itself. */
export interface Context {
  /** Causes that are shown for the whole fleet. */
  readonly causes: readonly FleetCause[]
  /** What all sentinels say about the master; undefined until they were asked. */
  readonly fleet: FleetMasterJson | undefined
}

const ALONE: Context = { causes: [], fleet: undefined }

/** A master that has not answered for longer is shown as unreachable, in milliseconds. PING is sent every second. */
const LATE_MS = 2_500

const RANK: Readonly<Record<Kind, number>> = { bad: 0, warn: 1, ok: 2 }

export const GROUP_WORDS: Readonly<Record<Group, string>> = {
  down: 'down', failover: 'failing over', risk: 'at risk', healthy: 'healthy',
}

export const GROUP_KINDS: Readonly<Record<Group, Kind>> = { down: 'bad', failover: 'warn', risk: 'warn', healthy: 'ok' }

export function masterHealth(master: MasterJson, { causes, fleet }: Context = ALONE): MasterHealth {
  const { failover, status, quorum, paused } = master
  const findings = fleet?.findings ?? master.findings
  const isLedElsewhere = fleet?.views.some((view) => view.failover !== null) ?? hasCode(findings, 'failover-elsewhere')
  if (failover !== null || isLedElsewhere) {
    return isHindered(findings)
      ? { group: 'failover', kind: 'bad', word: 'Failover stuck' } : { group: 'failover', kind: 'warn', word: 'Failing over' }
  }
  if (status === 'odown') return { group: 'down', kind: 'bad', word: 'Down' }
  if (status === 'sdown') return { group: 'down', kind: 'bad', word: 'Down, not agreed' }
  const isFleetWide = causes.some(({ finding }) => finding.severity === 'critical')
  const kind = kindOf(ownFindings(findings, causes))
  if (!quorum.ok) return { group: 'risk', kind: worst('warn', kind), word: 'No quorum' }
  if (unreachableOf(master) !== undefined || hasCode(findings, 'master-unreachable')) {
    return { group: 'risk', kind: 'warn', word: 'Unreachable' }
  }
  if (paused !== null) return { group: 'risk', kind: 'warn', word: 'Failovers paused' }
  if (kind !== 'ok') return { group: 'risk', kind, word: 'At risk' }
  return isFleetWide ? { group: 'risk', kind: 'warn', word: 'At risk' } : { group: 'healthy', kind, word: 'Healthy' }
}

/** Codes of what belongs to every failover. */
const OF_EVERY_FAILOVER: ReadonlySet<string> = new Set([
  'failover-running', 'failover-elsewhere', 'failover-waits', 'master-down', 'master-state', 'master-is-replica', 'lost-data',
])

/** Whether the cause that is named first prevents the failover. */
function isHindered([cause]: readonly FindingJson[]): boolean {
  return cause !== undefined && cause.severity === 'critical' && !OF_EVERY_FAILOVER.has(cause.code)
}

/**
 * For how long a master that is not yet taken for down has not answered, and when it will be. Undefined when it
 * answers, is down already, or when only its summary is known.
 */
export function unreachableOf(master: MasterJson | MasterDetailsJson): { forMs: number, leftMs: number } | undefined {
  if (!('lastPingReplyMs' in master) || master.status !== 'ok') return undefined
  const { flags, lastPingReplyMs, settings: { downAfterMs } } = master
  if (!flags.includes('disconnected') && lastPingReplyMs < LATE_MS) return undefined
  return { forMs: lastPingReplyMs, leftMs: Math.max(0, downAfterMs - lastPingReplyMs) }
}

/** How many masters are in each group. */
export function countGroups(healths: readonly MasterHealth[]): Record<Group, number> {
  const counts = { down: 0, failover: 0, risk: 0, healthy: 0 }
  for (const { group } of healths) counts[group] += 1
  return counts
}

/** One state for the whole page. `others` are findings that are not about one master. */
export function overallHealth(healths: readonly MasterHealth[], others: Kind = 'ok'): Health {
  const [first] = healths
  if (first === undefined) return { kind: worst('warn', others), word: 'No master is monitored' }
  const kind = healths.reduce((sofar, one) => worst(sofar, one.kind), others)
  const counts = countGroups(healths)
  if (counts.healthy === healths.length) {
    const word = healths.length === 1 ? 'The master is healthy' : `All ${healths.length} masters are healthy`
    return { kind, word: others === 'ok' ? word : `${word}, the sentinels need attention` }
  }
  if (healths.length === 1) return { kind, word: first.word }
  const parts = GROUPS.filter((group) => counts[group] > 0)
  return { kind, word: parts.map((group) => `${counts[group]} ${GROUP_WORDS[group]}`).join(', ') }
}

interface Named {
  readonly name: string
  readonly health: MasterHealth
}

/** Sorts what has a name and a state: the worst first, then by name, `cache-2` before `cache-10`. */
export function sortedByHealth<One extends Named>(all: readonly One[]): One[] {
  return all.toSorted((a, b) => (
    GROUPS.indexOf(a.health.group) - GROUPS.indexOf(b.health.group)
    || RANK[a.health.kind] - RANK[b.health.kind]
    || a.name.localeCompare(b.name, undefined, { numeric: true })
  ))
}

export function worst(a: Kind, b: Kind): Kind {
  return RANK[a] <= RANK[b] ? a : b
}

/** `findings`: those of the master. */
export function replicaHealth(replica: ReplicaJson, findings: readonly FindingJson[]): Health {
  const { address, flags, role, replicationLinkUp } = replica
  const unreachable = lost(replica)
  if (unreachable !== undefined) return unreachable
  if (flags.includes('promoted')) return { kind: 'warn', word: 'being promoted' }
  if (flags.some((flag) => flag.startsWith('reconf_') && flag !== 'reconf_done')) return { kind: 'warn', word: 'being reconfigured' }
  if (role === 'master') return { kind: 'warn', word: 'reports the role of a master' }
  return troubleOf(findings, address)
    ?? (replicationLinkUp ? { kind: 'ok', word: 'in sync' } : { kind: 'warn', word: 'not in sync' })
}

/** `findings`: those of the master. */
export function peerHealth(peer: PeerJson, findings: readonly FindingJson[]): Health {
  const unreachable = lost(peer)
  if (unreachable !== undefined) return unreachable
  if (peer.disagrees) return { kind: 'warn', word: 'reports another master' }
  return troubleOf(findings, peer.address) ?? { kind: 'ok', word: 'up' }
}

function lost({ status, flags }: InstanceJson): Health | undefined {
  if (status !== 'ok') return { kind: 'bad', word: 'down' }
  return flags.includes('disconnected') ? { kind: 'bad', word: 'unreachable' } : undefined
}
