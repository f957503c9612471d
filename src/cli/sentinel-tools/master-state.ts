/** The state of a master in one or two words, for counting, sorting and searching. */
import type { FleetMasterJson } from '../../documents/index.ts'

/** The worst first. */
const MASTER_STATES = [
  'down', 'failing over', 'read-only', 'disagreed', 'unreachable', 'no quorum', 'critical', 'warning', 'ok',
] as const
export type MasterState = typeof MASTER_STATES[number]

const BY_FINDING: Readonly<Record<string, MasterState>> = {
  'master-down': 'down', 'master-is-replica': 'read-only', 'sentinels-disagree': 'disagreed', 'master-unreachable': 'unreachable',
  'no-quorum': 'no quorum', 'no-majority': 'no quorum', 'quorum-too-high': 'no quorum',
}

export function stateOfMaster(master: FleetMasterJson): MasterState {
  return statesOfMaster(master)[0] ?? 'ok'
}

/** All that it is in, the worst first; `ok` alone for a healthy one. */
export function statesOfMaster({ findings, views }: FleetMasterJson): readonly MasterState[] {
  const present = new Set<MasterState>(findings.flatMap(({ code }) => BY_FINDING[code] ?? []))
  if (views.some(({ failover }) => failover !== null)) present.add('failing over')
  if (isDown(views)) present.add('down')
  if (views.some(({ quorum }) => quorum?.ok === false)) present.add('no quorum')
  // These stand for all that has no word of its own.
  if (present.size === 0) for (const { severity } of findings) if (severity !== 'notice') present.add(severity)
  return present.size === 0 ? ['ok'] : MASTER_STATES.filter((state) => present.has(state))
}

/** As the quorum agrees, or as the sentinel sees it whose view is shown. */
function isDown([own, ...others]: FleetMasterJson['views']): boolean {
  return (own !== undefined && own.status !== 'ok') || others.some(({ status }) => status === 'odown')
}

/** The worst first, otherwise by name. */
export function worstFirst(masters: readonly FleetMasterJson[]): readonly FleetMasterJson[] {
  const rank = (master: FleetMasterJson): number => MASTER_STATES.indexOf(stateOfMaster(master))
  return masters.toSorted((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name))
}

/** `60 masters: 1 down, 2 warning, 57 ok`. */
export function countsText(masters: readonly FleetMasterJson[]): string {
  const states = masters.map(stateOfMaster)
  const counts = MASTER_STATES.map((state) => ({ state, many: states.filter((one) => one === state).length }))
  return counts.filter(({ many }) => many > 0).map(({ state, many }) => `${many} ${state}`).join(', ')
}
