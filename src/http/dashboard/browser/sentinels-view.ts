/** The page of the sentinels: what each of them says, and where they differ. */
import type { FleetMasterJson, FleetSentinelJson, FleetViewJson, StatusDocument } from '../../json.ts'
import { addressView, idView } from './copy-button.ts'
import { el, mark, type Content, type Kind } from './elements.ts'
import { counting, duration } from './format.ts'
import { pill } from './master-views.ts'
import { masterHash } from './place.ts'
import { nodeView, pageLink } from './topology-view.ts'

const KINDS = { 'ts-sentinel': 'ts-sentinel', 'older': 'ts-sentinel, an earlier release', 'original': 'redis-sentinel' } as const

export function sentinelsView({ sentinels, masters }: StatusDocument): Content[] {
  const differing = masters.filter(isDisputed)
  return [
    el('h2', {}, 'Sentinels'),
    el('ul.watch', { 'aria-label': 'Sentinels' }, sentinels.map(sentinelItem)),
    el('h3', {}, 'Where they differ'),
    differing.length === 0
      ? el('p.agreed', {}, mark('ok'), agreedText(sentinels, masters))
      : el('ul.disputes', {}, differing.map((master) => disputeItem(master, sentinels))),
  ]
}

function agreedText(sentinels: readonly FleetSentinelJson[], masters: readonly FleetMasterJson[]): string {
  const answering = sentinels.filter(({ answers }) => answers).length
  return `The ${answering} of ${sentinels.length} sentinels that answer say the same about ${masters.length === 1 ? 'the master' : `all ${masters.length} masters`}.`
}

function sentinelItem(sentinel: FleetSentinelJson): HTMLElement {
  const { address, id, answers, problem, kind, version, page, isSelf, ageMs } = sentinel
  const { kind: state, word } = sentinelState(sentinel)
  const age = answers && ageMs > 5_000 ? `, ${duration(ageMs)} ago` : ''
  const lines = [
    `${isSelf ? `this sentinel, ${word}` : word}${age}`,
    problem ?? undefined,
    kind === null ? undefined : `${KINDS[kind]} ${version ?? ''}`,
    id === null ? undefined : idView(id),
    page === null || isSelf ? undefined : pageLink(page),
  ]
  return el('li', {}, nodeView(state, addressView(address), lines))
}

function sentinelState({ answers, tilt }: FleetSentinelJson): { kind: Kind, word: string } {
  if (!answers) return { kind: 'bad', word: 'does not answer' }
  return tilt === true ? { kind: 'warn', word: 'in TILT: it makes no decisions' } : { kind: 'ok', word: 'answers' }
}

/** Whether the sentinels that answer differ about the address or the state of a master, or two of them lead. */
function isDisputed({ agreed, views }: FleetMasterJson): boolean {
  const states = new Set(views.map(({ status }) => status))
  const quorums = new Set(views.map(({ quorum }) => quorum?.ok ?? true))
  const leaders = views.filter(({ failover }) => failover !== null).length
  return !agreed || states.size > 1 || quorums.size > 1 || leaders > 1
}

function disputeItem({ name, agreed, views }: FleetMasterJson, sentinels: readonly FleetSentinelJson[]): HTMLElement {
  const silent = sentinels.filter(({ address }) => views.every(({ sentinel }) => sentinel !== address))
  return el(
    'li', {},
    el('div.title', {}, el('a', { href: masterHash(name) }, name), agreed ? undefined : pill({ kind: 'bad', word: 'different masters' })),
    el(
      'table', {},
      el('caption.offscreen', {}, `What each sentinel says about ${name}`),
      el('thead', {}, el('tr', {}, ['Sentinel', 'Master', 'State', 'Last answer'].map((text) => el('th', { scope: 'col' }, text)))),
      el('tbody', {}, views.map(viewRow), silent.map(({ address }) => el(
        'tr', {}, el('th', { scope: 'row' }, address), el('td.muted', { colspan: '3' }, 'does not answer'),
      ))),
    ),
  )
}

function viewRow(view: FleetViewJson): HTMLElement {
  const { sentinel, address, lastPingReplyMs } = view
  const { kind, word } = viewState(view)
  return el(
    'tr', {},
    el('th', { scope: 'row' }, sentinel), el('td.addr', {}, address), el('td', {}, el(`b.${kind}`, {}, word)),
    el('td', {}, lastPingReplyMs === null ? '\u2013' : `${counting(lastPingReplyMs)} ago`),
  )
}

/** Where two sentinels lead for a moment, the higher epoch is the current one. */
function viewState({ failover, failoverEpoch, status, quorum }: FleetViewJson): { kind: Kind, word: string } {
  if (failover !== null) {
    return { kind: 'warn', word: failoverEpoch === null ? 'leads a failover' : `leads the failover of epoch ${failoverEpoch}` }
  }
  if (status === 'odown') return { kind: 'bad', word: 'down, agreed' }
  if (status === 'sdown') return { kind: 'bad', word: 'down' }
  return quorum !== null && !quorum.ok ? { kind: 'warn', word: 'up, no quorum' } : { kind: 'ok', word: 'up' }
}
