/** Adds why a sentinel cannot save its configuration file, which INFO has and no finding. */
import type { FindingJson, FleetMasterJson } from '../../documents/index.ts'
import { SEVERITY_ORDER } from '../../explain/index.ts'
import type { MemberReading } from './fleet-reader.ts'

/** The reason of the system; undefined where it can save, or does not report it. */
export function saveProblemOf({ reading }: MemberReading): string | undefined {
  const saving = reading?.info.get('ts_sentinel_config_save')
  return saving === undefined || saving === 'ok' ? undefined : saving
}

/** The findings with one for each sentinel of this master that cannot save, which then has the reason. */
export function withSaveProblems(master: FleetMasterJson, members: readonly MemberReading[]): FleetMasterJson {
  const added = members.flatMap((one) => {
    const problem = saveProblemOf(one)
    if (problem === undefined || !one.member.views.has(master.name)) return []
    const known = master.findings.find(({ code, about }) => code === 'config-not-saved' && about === one.address)
    return [finding(one, problem, known, members.length > 1)]
  })
  if (added.length === 0) return master
  const others = master.findings.filter(({ code, about }) => code !== 'config-not-saved' || !added.some((one) => one.about === about))
  const findings = [...others, ...added].sort((a, b) => SEVERITY_ORDER[a.severity] - SEVERITY_ORDER[b.severity])
  return { ...master, findings }
}

function finding(
  { address }: MemberReading, problem: string, known: FindingJson | undefined, isNamed: boolean,
): FindingJson {
  return {
    code: 'config-not-saved', severity: 'warning', about: address,
    text: `${isNamed ? `${address}: ` : ''}The configuration file cannot be saved: ${problem}`,
    remedy: known?.remedy ?? 'Free disk space or make the file and its folder writable.', command: known?.command ?? null,
  }
}
