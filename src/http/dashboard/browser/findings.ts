/** What is wrong: the findings of masters, and those that are the same for many of them. */
import type { FindingJson, MasterJson, SeverityJson } from '../../json.ts'
import { nodeTrouble } from '../../../text/index.ts'
import type { Kind, MarkKind } from './elements.ts'

const RANK: Readonly<Record<SeverityJson, number>> = { critical: 0, warning: 1, notice: 2 }

const MARKS: Readonly<Record<SeverityJson, MarkKind>> = { critical: 'bad', warning: 'warn', notice: 'info' }

/** A cause that most masters share, such as a sentinel that is down. */
export interface FleetCause {
  readonly finding: FindingJson
  /** Number of masters that have it. */
  readonly masters: number
}

export function severityMark({ severity }: FindingJson): MarkKind {
  return MARKS[severity]
}

/** The worst state that findings stand for; notices are nothing to worry about. */
export function kindOf(findings: readonly FindingJson[]): Kind {
  if (findings.some(({ severity }) => severity === 'critical')) return 'bad'
  return findings.some(({ severity }) => severity === 'warning') ? 'warn' : 'ok'
}

/** The findings with the cause first, as the sentinel ordered them, and the others by severity. */
export function ordered(findings: readonly FindingJson[]): FindingJson[] {
  const [cause, ...rest] = findings
  return cause === undefined ? [] : [cause, ...rest.toSorted((a, b) => RANK[a.severity] - RANK[b.severity])]
}

/**
 * Codes of findings about sentinels, which usually monitor the same masters. What is wrong with masters and replicas is
 * shown at each, even where it happened to many.
 */
const ABOUT_SENTINELS: ReadonlySet<string> = new Set([
  'tilt', 'save-failed', 'no-quorum', 'no-majority', 'quorum-too-high', 'few-sentinels', 'no-spare-sentinel',
  'sentinel-down', 'sentinel-unreachable', 'peer-refuses', 'paused',
])

/** The causes that at least two masters and more than half of all share. They are shown once for the whole fleet. */
export function fleetCauses(masters: readonly MasterJson[]): FleetCause[] {
  const causes = new Map<string, FleetCause>()
  for (const { findings } of masters) {
    const ofSentinels = findings.filter(({ code }) => ABOUT_SENTINELS.has(code))
    const own = new Map(ofSentinels.map((finding) => [keyOf(finding), finding]))
    for (const [key, finding] of own) causes.set(key, { finding, masters: (causes.get(key)?.masters ?? 0) + 1 })
  }
  return [...causes.values()]
    .filter((cause) => cause.masters >= 2 && cause.masters > masters.length / 2 && cause.finding.severity !== 'notice')
    .toSorted((a, b) => RANK[a.finding.severity] - RANK[b.finding.severity])
}

/** Those of the findings of a master that are not shown for the whole fleet. */
export function ownFindings(findings: readonly FindingJson[], causes: readonly FleetCause[]): FindingJson[] {
  const shared = new Set(causes.map(({ finding }) => keyOf(finding)))
  return findings.filter((finding) => !shared.has(keyOf(finding)))
}

/** Whether one of the findings has this code. */
export function hasCode(findings: readonly FindingJson[], code: string): boolean {
  return findings.some((finding) => finding.code === code)
}

/** What is wrong with the node at this address, as far as its own fields may not show it; undefined when nothing is. */
export function troubleOf(findings: readonly FindingJson[], address: string): { kind: Kind, word: string } | undefined {
  const found = findings.find(({ code, about, severity }) => about === address && severity !== 'notice' && nodeTrouble(code) !== undefined)
  const word = found && nodeTrouble(found.code)
  return word === undefined ? undefined : { kind: found?.severity === 'critical' ? 'bad' : 'warn', word }
}

/** Texts have durations and differ from moment to moment. */
function keyOf({ code, about }: FindingJson): string {
  return JSON.stringify([code, about])
}
