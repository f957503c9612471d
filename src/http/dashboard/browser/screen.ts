/** Draws the page from what the sentinel answered. */
import type {
  ExplanationJson, FindingJson, FleetMasterDocument, FleetMasterJson, FleetSentinelJson, MasterDetailsJson,
  MastersDocument, StatusDocument,
} from '../../json.ts'
import { forgetButton, masterActions } from './actions.ts'
import { copyButton } from './copy-button.ts'
import { byId, el, inputById } from './elements.ts'
import { showInTab } from './favicon.ts'
import { findingsView } from './findings-view.ts'
import { fleetCauses, hasCode, kindOf, ordered, type FleetCause } from './findings.ts'
import { causesView, countsView, masterItem, matching, type ListedMaster } from './fleet-view.ts'
import { duration } from './format.ts'
import { countGroups, GROUP_WORDS, masterHealth, overallHealth, sortedByHealth, worst } from './health.ts'
import { historyView } from './history-view.ts'
import { LagHistory } from './lag.ts'
import { diagnosisView, headView, pill, unreachableText } from './master-views.ts'
import { GROUPS, HOME, type Group, type Place } from './place.ts'
import type { Regions } from './regions.ts'
import { sentinelsView } from './sentinels-view.ts'
import { topologyView } from './topology-view.ts'

/** What the sentinel answered last. */
export interface State {
  readonly overview: MastersDocument
  /** Details of the selected master; undefined when no master is selected. */
  readonly details: MasterDetailsJson | undefined
  readonly explanation: ExplanationJson | undefined
  /** Added to `performance.now()`, it is the time of the sentinel's clock in milliseconds since 1970. */
  readonly clockOffset: number
}

/** What the other sentinels say. It is requested apart, because they may be slow to answer. */
export interface FleetState {
  readonly all: StatusDocument | undefined
  readonly one: FleetMasterDocument | undefined
}

/** What the user can do on the page. */
export interface Doings {
  readonly go: (place: Place) => void
  readonly refresh: () => void
}

/** The picture of a running failover grows this often, in milliseconds. */
const LIVE_MS = 250

export class Screen {
  readonly lag = new LagHistory()
  readonly #regions: Regions
  readonly #doings: Doings

  constructor(regions: Regions, doings: Doings) {
    this.#regions = regions
    this.#doings = doings
  }

  draw(state: State, fleet: FleetState, place: Place): void {
    const { overview: { masters, sentinel } } = state
    const causes = fleetCauses(masters)
    const listed = sortedByHealth(masters.map((master): ListedMaster => {
      const details = state.details?.name === master.name ? state.details : master
      const health = masterHealth(details, { causes, fleet: fleetMaster(fleet, master.name) })
      return { name: master.name, master, health }
    }))
    const shared = causes.map(({ finding }) => finding)
    const known = [...shared, ...masters.flatMap(({ findings }) => findings)]
    const alarms = sentinel.findings.filter(({ code }) => !hasCode(known, code))
    const others = worst(kindOf(alarms), kindOf(shared))
    const overall = overallHealth(listed.map(({ health }) => health), others)
    this.#regions.draw('overall', overall, () => pill(overall))
    this.#drawHeader(state, place)
    this.#drawAlarms(alarms)
    this.#drawPages(state, place)
    this.#drawCauses(causes, listed.length)
    this.#drawList(listed, causes, place)
    this.#drawDetails(state, fleet, listed)
    this.#drawSentinels(fleet)
    showInTab(overall.kind, tabState(listed, overall.kind), state.details?.name)
  }

  #drawHeader({ overview: { sentinel, masters } }: State, place: Place): void {
    const facts = [sentinel.version, `up ${duration(sentinel.uptimeMs)}`]
    this.#regions.draw('about', [sentinel.id, facts], () => [
      `sentinel ${sentinel.id.slice(0, 8)} `, copyButton(sentinel.id, 'the id of this sentinel'), ` \u00b7 ${facts.join(' \u00b7 ')}`,
    ])
    const current = place.page === 'sentinels' ? 'sentinels' : 'masters'
    this.#regions.draw('places', [current, place.page, masters.length === 1], () => [
      placeLink('#/', masters.length === 1 ? 'Master' : 'Masters', current === 'masters', place.page === 'masters'),
      placeLink('#/sentinels', 'Sentinels', current === 'sentinels', true),
    ])
  }

  #drawAlarms(findings: readonly FindingJson[]): void {
    byId('alarmbox').hidden = findings.length === 0
    this.#regions.draw('alarms', findings, () => findingsView(ordered(findings)))
  }

  /** Shows the page of the place, and hides the others. */
  #drawPages({ overview, details }: State, place: Place): void {
    byId('detail').hidden = place.page === 'sentinels' || details === undefined
    byId('fleetpage').hidden = place.page === 'sentinels' || details !== undefined
    byId('sentinelspage').hidden = place.page !== 'sentinels'
    const isMissing = place.page === 'master' && overview.masters.every(({ name }) => name !== place.name)
    byId('missing').hidden = !isMissing
    if (isMissing) byId('missing').textContent = `This sentinel monitors no master with the name ${place.name}.`
  }

  #drawCauses(causes: readonly FleetCause[], total: number): void {
    byId('causes').hidden = causes.length === 0
    this.#regions.draw('causes', [causes, total], () => causesView(causes, total))
  }

  #drawList(listed: readonly ListedMaster[], causes: readonly FleetCause[], place: Place): void {
    const { find, group } = place.page === 'masters' ? place : HOME
    const box = inputById('find')
    if (box.value !== find && document.activeElement !== box) box.value = find
    const choose = (chosen: Group | undefined) => { this.#doings.go({ page: 'masters', find: box.value, group: chosen }) }
    const counts = countGroups(listed.map(({ health }) => health))
    this.#regions.draw('counts', [counts, group], () => countsView(counts, group, choose))
    const shown = matching(listed, find, group)
    this.#regions.draw('fleet', [shown, causes], () => shown.map((one) => masterItem(one, causes)))
    byId('none').hidden = shown.length > 0
  }

  #drawDetails(state: State, fleet: FleetState, listed: readonly ListedMaster[]): void {
    const { overview, details, explanation, clockOffset } = state
    if (details === undefined) return
    const { name, failovers, status } = details
    const health = listed.find((one) => one.name === name)?.health ?? masterHealth(details)
    const { actions } = overview.sentinel
    const { refresh } = this.#doings
    const unreachable = unreachableText(details, explanation)
    this.#regions.draw('head', [details, health, unreachable, actions], () => (
      headView(details, { ...health, word: unreachable ?? health.word }, actions ? masterActions(details, refresh) : [])
    ))
    const findings = fleetMaster(fleet, name)?.findings ?? details.findings
    this.#regions.draw('notes', [findings, details, explanation], () => diagnosisView(details, findings, explanation))
    const sentinels = sentinelsOf(fleet)
    this.#regions.draw('topology', [details, sentinels, actions], () => topologyView(details, {
      lag: this.lag, sentinels, forgetButton: (node) => actions ? forgetButton(name, node, refresh) : undefined,
    }))
    const now = Math.floor((performance.now() + clockOffset) / LIVE_MS) * LIVE_MS
    const isLive = status !== 'ok' || failovers.at(-1)?.outcome === 'running'
    this.#regions.draw('history', [failovers, status, isLive ? now : 0], () => historyView(details, now))
  }

  #drawSentinels({ all }: FleetState): void {
    if (byId('sentinelspage').hidden) return
    this.#regions.draw('membership', all ?? null, () => (
      all === undefined ? el('p.muted', {}, 'The sentinels are being asked\u2026') : sentinelsView(all)
    ))
  }
}

/** The sentinels as they were last asked: those of the selected master, or of all masters. */
export function sentinelsOf({ all, one }: FleetState): readonly FleetSentinelJson[] {
  return one?.sentinels ?? all?.sentinels ?? []
}

function fleetMaster({ all, one }: FleetState, name: string): FleetMasterJson | undefined {
  return one?.master.name === name ? one.master : all?.masters.find((master) => master.name === name)
}

/** What the title has in front: the worst group of masters with its number. */
function tabState(listed: readonly ListedMaster[], overall: string): string | undefined {
  const counts = countGroups(listed.map(({ health }) => health))
  const group = GROUPS.find((one) => one !== 'healthy' && counts[one] > 0)
  if (group !== undefined) return `${counts[group]} ${GROUP_WORDS[group]}`
  return overall === 'ok' ? undefined : '!'
}

function placeLink(href: string, text: string, isCurrent: boolean, isThisPage: boolean): HTMLElement {
  const current = isCurrent ? { 'aria-current': isThisPage ? 'page' : 'true' } : {}
  return el('a', { href, 'data-key': href, ...current }, text)
}
