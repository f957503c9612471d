/** The failovers of a master, the latest first, each as one line of time. */
import type { FailoverJson, MasterDetailsJson } from '../../json.ts'
import { count } from '../../../text/index.ts'
import { el, type Content } from './elements.ts'
import { outcomeOf, reasonText, type Phase } from './failover-phases.ts'
import { counting, duration, timeView } from './format.ts'
import { pill } from './master-views.ts'
import { outagesOf, type Outage } from './outages.ts'

/** `now` is the time of the sentinel's clock, in milliseconds since 1970. */
export function historyView({ failovers, status }: MasterDetailsJson, now: number): Content[] {
  const outages = outagesOf(failovers, now, status !== 'ok').toReversed()
  return [
    el('h3', {}, 'Failovers'),
    outages.length === 0
      ? el('p.muted', {}, 'No failover since this sentinel started.')
      : el('ol', {}, outages.map(outageView)),
  ]
}

function outageView(outage: Outage): HTMLElement {
  const { attempts, last, segments } = outage
  const [first] = attempts
  return el(
    'li.run', {},
    el(
      'div.line', {},
      el('span', {}, pill(outcomeOf(last)), ' ', change(last), ' ', plannedTag(last)),
      el('span.total', {}, totalText(outage)),
    ),
    el('div.bar', { 'aria-hidden': 'true' }, segments.map(bar)),
    el('div.legend', {}, merged(segments).map(legendItem)),
    attempts.length === 1 ? undefined : el('ol.attempts', {}, attempts.map(attemptItem)),
    el(
      'p.muted', {}, first.lastAnswer === null ? 'Started ' : 'Last good answer ', timeView(first.lastAnswer ?? first.started),
      last.beforeRestart ? ' \u00b7 before the last start of this sentinel' : undefined,
    ),
  )
}

/** The outage that clients saw, which is longer than the work of the sentinels. */
function totalText({ isRunning, isFromLastAnswer, totalMs, attempts, last }: Outage): string {
  const tries = attempts.length === 1 ? '' : `, ${count(attempts.length, 'attempt')}`
  if (isRunning) return `${isFromLastAnswer ? 'outage' : 'running'} for ${counting(totalMs)}${tries}`
  if (isFromLastAnswer) return `outage of ${duration(totalMs)}${tries}`
  return `took ${duration(last.durationMs)}${tries}`
}

function plannedTag({ planned }: FailoverJson): Content {
  if (planned === null) return undefined
  return el(planned ? 'span.tag' : 'span.tag.unplanned', {}, planned ? 'planned' : 'unplanned')
}

function attemptItem(attempt: FailoverJson): HTMLElement {
  const { attempt: number, outcome, reason, started, waitedMs } = attempt
  const end = outcome === 'aborted' && reason !== null ? `aborted: ${reasonText(reason)}` : outcomeOf(attempt).word.toLowerCase()
  const waited = waitedMs === null ? '' : ` after a wait of ${duration(waitedMs)}`
  return el('li', {}, `Attempt ${number}${waited}: ${end} \u00b7 `, timeView(started))
}

/** The old and the new address, or why there is no new one. */
function change({ from, to, reason }: FailoverJson): Content {
  if (from !== null && to !== null) return el('span.addr', {}, `${from} \u2192 ${to}`)
  return reason === null ? undefined : reasonText(reason)
}

/** The content security policy allows no style attribute, but scripts may set styles. */
function bar({ colour, ms, isRunning }: Phase): HTMLElement {
  const node = el(`i.${colour}${isRunning ? '.running' : ''}`)
  node.style.flexGrow = String(Math.max(ms, 1))
  return node
}

function legendItem({ name, colour, ms, isRunning }: Phase): HTMLElement {
  return el('span', {}, el(`i.${colour}`, { 'aria-hidden': 'true' }), `${name} ${isRunning ? `${counting(ms)} so far` : duration(ms)}`)
}

/** Phases of the same name as one, in the order of their first appearance. */
function merged(segments: readonly Phase[]): Phase[] {
  const found = new Map<string, Phase>()
  for (const one of segments) {
    const ms = (found.get(one.name)?.ms ?? 0) + one.ms
    found.set(one.name, { ...one, ms })
  }
  return [...found.values()]
}
