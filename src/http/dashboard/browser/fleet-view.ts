/** The list of masters: how many are in which state, what is wrong with all of them, and each in one line. */
import type { MasterJson } from '../../json.ts'
import { count } from '../../../text/index.ts'
import { el, mark, type Content } from './elements.ts'
import { findingItem } from './findings-view.ts'
import { ownFindings, type FleetCause } from './findings.ts'
import { GROUP_KINDS, GROUP_WORDS, type MasterHealth } from './health.ts'
import { GROUPS, masterHash, type Group } from './place.ts'

/** A master with its state. */
export interface ListedMaster {
  readonly name: string
  readonly master: MasterJson
  readonly health: MasterHealth
}

/** One button for each state; the pressed one limits the list. `choose` gets undefined when it is released. */
export function countsView(
  counts: Readonly<Record<Group, number>>, pressed: Group | undefined, choose: (group: Group | undefined) => void,
): HTMLElement[] {
  return GROUPS.map((group) => {
    const kind = counts[group] === 0 && group !== 'healthy' ? 'none' : GROUP_KINDS[group]
    const button = el(
      `button.count.${kind}`, { 'type': 'button', 'aria-pressed': String(group === pressed), 'data-key': group },
      mark(kind), el('b', {}, String(counts[group])), ` ${GROUP_WORDS[group]}`,
    )
    button.addEventListener('click', () => { choose(group === pressed ? undefined : group) })
    return button
  })
}

/** Causes that most masters share. */
export function causesView(causes: readonly FleetCause[], total: number): HTMLElement[] {
  return causes.map(({ finding, masters }) => findingItem(
    finding, el('small', {}, masters === total ? `All ${total} masters` : `${masters} of ${count(total, 'master')}`),
  ))
}

/** The masters that match all words of `find` by state, address or name, and the group where one is given. */
export function matching(masters: readonly ListedMaster[], find: string, group: Group | undefined): ListedMaster[] {
  const words = find.toLowerCase().split(/\s+/).filter((word) => word !== '')
  return masters.filter(({ name, master, health }) => {
    const state = `${health.word} ${GROUP_WORDS[health.group]} ${master.status === 'ok' ? '' : 'down'}`
    const text = `${name} ${master.address} ${state}`.toLowerCase()
    return (group === undefined || health.group === group) && words.every((word) => text.includes(word))
  })
}

/** One line of the list: a link to the page of the master. */
export function masterItem({ name, master, health }: ListedMaster, causes: readonly FleetCause[]): HTMLElement {
  const { replicas, sentinels, address } = master
  const [cause] = ownFindings(master.findings, causes)
  const isWorthShowing = cause !== undefined && (health.group !== 'healthy' || cause.severity !== 'notice')
  return el(
    'li', {},
    el(
      'a.pick', { 'href': masterHash(name), 'data-key': name },
      mark(health.kind),
      el('b', {}, name), el('span.addr.muted', {}, address),
      el('span.state', {}, el(`b.${health.kind}`, {}, health.word), isWorthShowing ? el('small', {}, cause.text) : undefined),
      el('span.counts', {}, countText(replicas, 'replica'), countText(sentinels, 'sentinel', causes.length > 0)),
    ),
  )
}

/** Sentinels that are missing at all masters are shown once above the list, not in colour at each. */
function countText({ ok, total }: MasterJson['replicas'], word: string, isQuiet = false): Content {
  return el(ok < total && !isQuiet ? 'small.warn' : 'small', {}, ok === total ? count(total, word) : `${ok} of ${count(total, word)}`)
}
