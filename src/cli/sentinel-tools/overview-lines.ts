/** Many masters, one line each, with what concerns most of them said once. */
import type { FindingJson, FleetMasterJson } from '../../documents/index.ts'
import { count } from '../../text/index.ts'
import { tableLines, type Line } from '../lines.ts'
import { findingLines } from './finding-lines.ts'
import { countsText, stateOfMaster, statesOfMaster } from './master-state.ts'

/** Characters of the column CAUSE. */
const CAUSE_MAX = 80

/** `masters`: those to show, the worst first, of `total` in the fleet. */
export function overviewLines(
  masters: readonly FleetMasterJson[], total: number, times: { readonly utc?: boolean } = {},
): readonly Line[] {
  const common = commonFindings(masters)
  const shown = masters.length === total ? `${count(total, 'master')}` : `${masters.length} of ${count(total, 'master')}`
  const rows = masters.map((master) => {
    const [own] = master.findings.filter((one) => !isAmong(one, common))
    const cells = [master.name, master.address, statesOfMaster(master).join(', '), shortened(own?.text ?? '')]
    return { cells, style: styleOf(master) }
  })
  return [
    { text: `${shown}: ${countsText(masters)}`, style: 'title' },
    ...common.length === 0 ? [] : [{ text: '' }, ...findingLines(common, times)],
    ...firstLines(masters, common, times),
    { text: '' },
    ...tableLines(['MASTER', 'ADDRESS', 'STATE', 'CAUSE'], rows),
    { text: '' },
    { text: 'One of them in full: ts-sentinel status HOST[:PORT] NAME; ts-sentinel explain HOST[:PORT] NAME', style: 'faint' },
  ]
}

/** The whole text is in `status HOST NAME` and in `explain`. */
function shortened(text: string): string {
  return text.length <= CAUSE_MAX ? text : `${text.slice(0, CAUSE_MAX - 1)}…`
}

/** Findings that most of these masters share, such as a sentinel that is down. */
export function commonFindings(masters: readonly FleetMasterJson[]): readonly FindingJson[] {
  const all = masters.flatMap(({ findings }) => findings)
  const isFirst = (one: FindingJson, at: number): boolean => all.findIndex((other) => isSame(other, one)) === at
  return all.filter((one, at) => isFirst(one, at) && one.about !== null
    && masters.filter(({ findings }) => isAmong(one, findings)).length > masters.length / 2)
}

/** The cause of the worst master, with its remedy and command. */
function firstLines(
  [worst]: readonly FleetMasterJson[], common: readonly FindingJson[], times: { readonly utc?: boolean },
): readonly Line[] {
  const own = worst?.findings.find((one) => one.severity === 'critical' && !isAmong(one, common))
  return worst === undefined || own === undefined
    ? [] : [{ text: '' }, ...findingLines([{ ...own, text: `${worst.name}: ${own.text}` }], times)]
}

function isSame(one: FindingJson, other: FindingJson): boolean {
  return one.code === other.code && one.about === other.about
}

/** Whether these findings have one with the same code and subject. */
export function isAmong(one: FindingJson, findings: readonly FindingJson[]): boolean {
  return findings.some((other) => isSame(one, other))
}

function styleOf(master: FleetMasterJson): Line['style'] {
  const state = stateOfMaster(master)
  return state === 'ok' ? undefined : state === 'warning' ? 'warning' : 'critical'
}
