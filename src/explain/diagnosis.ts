/** What is wrong with a master, as one sentinel sees it: the cause first. */
import type { MasterExplanation } from '../core/index.ts'
import { commandFindings, loginFindings, orderFindings, peerAccessFindings } from './access-findings.ts'
import { FINDING_CODES, isAlone, type Case } from './case.ts'
import type { Finding, Severity } from './finding.ts'
import { failoverFindings, masterFindings } from './master-findings.ts'
import { nameFindings } from './name-findings.ts'
import { problemFindings } from './problem-findings.ts'
import { candidateFindings, replicaFindings } from './replica-findings.ts'
import type { CommandOptions } from './shell-command.ts'
import {
  pauseFindings, peerFindings, saveFindings, spareFindings, tiltFindings, voteFindings,
} from './vote-findings.ts'

/**
 * The findings of a master: the cause first, then what follows from it, then warnings, then notices. Empty: all is
 * well.
 */
export function diagnose(explanation: MasterExplanation, options: CommandOptions = {}): readonly Finding[] {
  const one: Case = { explanation, isUrgent: isUrgent(explanation), options }
  return ordered([
    // Causes.
    ...nameFindings(one), ...loginFindings(one), ...commandFindings(one), ...tiltFindings(one),
    ...peerAccessFindings(one), ...voteFindings(one), ...pauseFindings(one), ...orderFindings(one),
    ...candidateFindings(one), ...saveFindings(one), ...problemFindings(one),
    // What follows from them.
    ...failoverFindings(one), ...masterFindings(one),
    // What else is wrong.
    ...replicaFindings(one), ...peerFindings(one), ...spareFindings(one),
  ])
}

function isUrgent(explanation: MasterExplanation): boolean {
  const { sdown, failover, reasons } = explanation
  return (sdown && !isAlone(explanation)) || failover !== 'no' || reasons.some(({ kind }) => kind === 'master-is-replica')
}

/** Places of findings: the worst first. */
export const SEVERITY_ORDER: Readonly<Record<Severity, number>> = { critical: 0, warning: 1, notice: 2 }

const PLACES: ReadonlyMap<string, number> = new Map(FINDING_CODES.map((code, place) => [code, place]))

/** By severity, then causes before their effects, then in the present order. */
export function ordered(findings: readonly Finding[]): readonly Finding[] {
  const place = ({ code }: Finding): number => PLACES.get(code) ?? PLACES.size
  return findings.toSorted((a, b) => SEVERITY_ORDER[a.severity] - SEVERITY_ORDER[b.severity] || place(a) - place(b))
}
