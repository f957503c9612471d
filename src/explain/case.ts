/** One master under diagnosis, and how its findings are made. */
import type { Epoch, MasterExplanation, NodeExplanation, Obstacle, RefusalView } from '../core/index.ts'
import type { Finding, Severity } from './finding.ts'
import type { CommandOptions } from './shell-command.ts'

export interface Case {
  readonly explanation: MasterExplanation
  /** A failover is needed or runs, or the master refuses writes. */
  readonly isUrgent: boolean
  readonly options: CommandOptions
}

/** The obstacle of a kind, now or if the master died. */
export function obstacle<One extends Obstacle['kind']>(
  { reasons, ifMasterDied }: MasterExplanation, kind: One,
): Extract<Obstacle, { kind: One }> | undefined {
  return [...reasons, ...ifMasterDied ?? []].find((one): one is Extract<Obstacle, { kind: One }> => one.kind === kind)
}

/** Epoch of the failover that this sentinel leads; undefined: it leads none. */
export function runningEpoch(explanation: MasterExplanation): Epoch | undefined {
  return obstacle(explanation, 'in-progress')?.epoch
}

/** How long sentinels may take to find the same master down. */
const OPINION_MS = 2000

/** Whether others that answer see the master up, and not only because they look a moment later. */
export function isAlone({ reasons, odown, downMs, votes }: MasterExplanation): boolean {
  return !odown && votes.reachable >= votes.needed && (downMs === undefined || downMs >= OPINION_MS)
    && reasons.some((reason) => reason.kind === 'no-quorum' && reason.disagree > 0)
}

/** For how long the master has not answered without being down, in milliseconds; undefined: it answers. */
export function silentFor(explanation: MasterExplanation): number | undefined {
  const up = obstacle(explanation, 'master-up')
  return up?.downInMs === undefined ? undefined : up.answeredMs
}

export interface Details {
  readonly remedy?: string | undefined
  readonly command?: string | undefined
  readonly about?: string | undefined
}

export function finding(severity: Severity, code: FindingCode, text: string, details: Details = {}): Finding {
  const { remedy, command, about } = details
  return { code, severity, text, remedy, command, about }
}

/** What prevents a failover: critical while one is needed, otherwise a warning. */
export function hindrance({ isUrgent }: Case): Severity {
  return isUrgent ? 'critical' : 'warning'
}

/** Why the connection to a node failed, in parentheses; empty where no failure is known. */
export function failureText({ lastFailure }: Pick<NodeExplanation, 'lastFailure'>): string {
  return lastFailure === undefined || /refused: /.test(lastFailure.reason) ? '' : ` (${lastFailure.reason.toLowerCase()})`
}

export function refusalOf(node: Pick<NodeExplanation, 'refusals'>, purpose: RefusalView['purpose']): RefusalView | undefined {
  return node.refusals.find((refusal) => refusal.purpose === purpose)
}

/**
 * The codes of all findings, causes before what may follow from them; docs/troubleshooting.md has a section for each.
 */
export const FINDING_CODES = [
  'name-not-resolved', 'login-refused', 'command-refused', 'same-id', 'sentinels-disagree', 'master-unreachable-here',
  'tilt', 'peer-refuses', 'quorum-too-high', 'no-quorum', 'no-majority', 'paused', 'promotion-refused', 'lost-data',
  'no-replica', 'priority-zero', 'no-good-replica', 'config-not-saved', 'foreign-node', 'shared-address',
  'failover-elsewhere', 'failover-running', 'failover-waits', 'master-is-replica', 'master-down', 'master-unreachable',
  'replica-down', 'replica-is-master', 'replica-link-down', 'sentinel-down', 'sentinel-unreachable', 'older-release',
  'few-sentinels', 'no-spare-sentinel', 'same-server',
] as const
export type FindingCode = typeof FINDING_CODES[number]

/** The codes of findings about a sentinel itself. */
export const SENTINEL_FINDING_CODES = ['tilt', 'config-not-saved', 'state-not-saved', 'webhook-slow', 'no-masters'] as const
export type SentinelFindingCode = typeof SENTINEL_FINDING_CODES[number]
