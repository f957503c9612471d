/** The lines of `ts-sentinel status`. */
import type { FleetMasterJson, StatusDocument } from '../../documents/index.ts'
import { count } from '../../text/index.ts'
import type { Line } from '../lines.ts'
import { momentText, withLocalTimes } from '../local-time.ts'
import { findingLines } from './finding-lines.ts'
import { factsOf, type FleetReading } from './fleet-reader.ts'
import { commonFindings, isAmong, overviewLines } from './overview-lines.ts'
import { masterTable } from './master-table.ts'
import { countsText, statesOfMaster, worstFirst, type MasterState } from './master-state.ts'
import { durationText } from '../../explain/index.ts'
import type { Entry } from './sentinel-facts.ts'

/** More masters are shown as an overview, one line each. */
const WHOLE_MAX = 3

export interface StatusView {
  /** Show masters whose name, addresses or states have this word; undefined for all. */
  readonly search: string | undefined
  readonly onlyProblems: boolean
  readonly utc: boolean
}

export interface Status {
  readonly reading: FleetReading
  readonly document: StatusDocument
}

/** The findings first, then the masters, the worst first. */
export function statusLines({ reading, document }: Status, view: StatusView): readonly Line[] {
  if (document.masters.length === 0) return [{ text: 'This sentinel monitors no master.' }]
  const chosen = worstFirst(document.masters).filter((master) => isChosen(master, reading, view))
  if (chosen.length === 0) return noneLines(document, view)
  if (chosen.length > WHOLE_MAX) return overviewLines(chosen, document.masters.length, view)
  const common = chosen.length === 1 ? [] : commonFindings(chosen)
  return [
    ...findingLines(common, view), ...common.length === 0 ? [] : [{ text: '' }],
    ...chosen.flatMap((master, at) => [
      ...at === 0 ? [] : [{ text: '' }],
      ...masterLines({
        ...master, findings: master.findings.filter((one) => !isAmong(one, common)),
      }, statesOfMaster(master), reading, view),
    ]),
    ...chosen.length < document.masters.length ? [{ text: '' }, { text: `All ${count(document.masters.length, 'master')}: ${countsText(document.masters)}.` }] : [],
  ]
}

/** Who was asked, at what time, and who answers. */
export function identityLine({ members, self, wall }: FleetReading, first: string, view: StatusView): Line {
  const answering = members.filter(({ reading }) => reading !== undefined).length
  const given = members.find(({ address }) => address === first)
  const asked = self.address === first || given === undefined
    ? `asked ${self.address}`
    : `${first} does not answer (${given.member.sentinel.problem ?? 'unknown'}), so asked ${self.address}`
  return {
    text: `${momentText(wall, view)}  ${asked}; ${answering} of ${count(members.length, 'sentinel')} ${answering === 1 ? 'answers' : 'answer'}`,
    style: self.address === first && self.reading !== undefined ? 'title' : 'warning',
    wraps: true,
  }
}

/** Whether a master is among those that were asked for. */
export function isChosen(
  master: FleetMasterJson, reading: FleetReading, { search, onlyProblems }: StatusView,
): boolean {
  const states = statesOfMaster(master)
  if (onlyProblems && states[0] === 'ok') return false
  if (search === undefined) return true
  const word = search.toLowerCase()
  const facts = factsOf(master.name, reading)
  const addresses = [...facts?.replicas ?? [], ...facts?.sentinels ?? []].map((entry) => `${entry.get('ip') ?? ''}:${entry.get('port') ?? ''}`)
  return [master.name, master.address, ...addresses, ...states].some((text) => text.toLowerCase().includes(word))
    || master.findings.some(({ code, severity }) => code === word || severity === word)
}

function noneLines({ masters }: StatusDocument, { search, onlyProblems }: StatusView): Line[] {
  const all = `${count(masters.length, 'master')}: ${countsText(masters)}.`
  if (search === undefined) return [{ text: `No master has a problem. ${all}`, style: 'good' }]
  return [{ text: `No master${onlyProblems ? ' with a problem' : ''} has ${JSON.stringify(search)} in its name, its addresses or its state. ${all}` }]
}

function masterLines(
  master: FleetMasterJson, states: readonly MasterState[], reading: FleetReading, view: StatusView,
): readonly Line[] {
  const facts = factsOf(master.name, reading)
  const style = states[0] === 'ok' ? 'good' : states[0] === 'warning' ? 'warning' : 'critical'
  return [
    ...findingLines(master.findings, view),
    { text: `${master.name} at ${master.address}: ${states.join(', ')}`, style },
    ...facts === undefined ? [] : [
      ...plannedLines(facts.explained, view), ...masterTable(master, facts, reading),
      { text: settingsText(facts.master) }, { text: `  ${facts.quorumCheck}` },
    ],
  ]
}

/** What operators have planned. */
function plannedLines(explained: Entry, view: StatusView): Line[] {
  return ['paused', 'scheduled'].flatMap((field) => {
    const text = explained.get(field)
    return text === undefined ? [] : [{ text: `  ${field}: ${withLocalTimes(text, view)}` }]
  })
}

function settingsText(master: Entry): string {
  return `  quorum ${master.get('quorum') ?? '?'}, config-epoch ${master.get('config-epoch') ?? '?'},`
    + ` down-after ${durationText(Number(master.get('down-after-milliseconds')))},`
    + ` failover-timeout ${durationText(Number(master.get('failover-timeout')))}`
}
