/** The failovers of a master, the latest first. */
import type { FailoverJson, MasterDetailsJson } from '../../json.ts'
import { el, type Content } from './elements.ts'
import { outcomeOf, phasesOf, reasonText } from './failover-phases.ts'
import { dayAndClock, duration } from './format.ts'
import { pill } from './master-views.ts'

export function historyView({ failovers }: MasterDetailsJson): Content[] {
  return [
    el('h3', {}, 'Failovers'),
    failovers.length === 0
      ? el('p.muted', {}, 'No failover since this sentinel started.')
      : el('ol', {}, failovers.toReversed().map(failoverView)),
  ]
}

function failoverView(failover: FailoverJson): HTMLElement {
  const phases = phasesOf(failover)
  const took = failover.durationMs === null ? '' : ` \u00b7 took ${duration(failover.durationMs)}`
  return el(
    'li.run', {},
    el(
      'div.line', {},
      el('span', {}, pill(outcomeOf(failover)), ' ', change(failover)),
      el('span.muted', {}, `${dayAndClock(failover.started)}${took}${failover.beforeRestart ? ' \u00b7 before the last start' : ''}`),
    ),
    el('div.bar', { 'aria-hidden': 'true' }, phases.map(({ colour, ms }) => bar(colour, ms))),
    el('div.legend', {}, phases.map(({ name, colour, ms }) => el('span', {}, el(`i.${colour}`), `${name} ${duration(ms)}`))),
  )
}

/** The old and the new address, or why there is no new one. */
function change({ from, to, reason }: FailoverJson): Content {
  if (from !== null && to !== null) return el('span.addr', {}, `${from} \u2192 ${to}`)
  return reason === null ? undefined : reasonText(reason)
}

/** The content security policy allows no style attribute, but scripts may set styles. */
function bar(colour: string, ms: number): HTMLElement {
  const node = el(`i.${colour}`)
  node.style.flexGrow = String(Math.max(ms, 1))
  return node
}
