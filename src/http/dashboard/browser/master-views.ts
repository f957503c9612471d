/** The list of masters, and the parts of the page above the topology of a master. */
import type { ExplanationJson, MasterDetailsJson, MasterJson } from '../../json.ts'
import { count } from '../../../text/index.ts'
import { el, mark, type Content } from './elements.ts'
import { duration } from './format.ts'
import { masterHealth, type Health } from './health.ts'

export function pill({ kind, word }: Health): HTMLElement {
  return el(`span.pill.${kind}`, {}, mark(kind), word)
}

/** One line of the list; `select` is called when the user chooses it. */
export function masterItem(master: MasterJson, isSelected: boolean, select: () => void): HTMLElement {
  const { kind, word } = masterHealth(master)
  const { name, replicas, sentinels } = master
  const facts = [word, `${replicas.ok}/${replicas.total} replicas`]
  if (sentinels.ok !== sentinels.total) facts.push(`${sentinels.ok}/${sentinels.total} sentinels`)
  const button = el(
    'button.pick', { 'type': 'button', 'data-key': name, 'aria-current': String(isSelected) },
    mark(kind), el('b', {}, name), el('small', {}, facts.join(' \u00b7 ')),
  )
  button.addEventListener('click', select)
  return el('li', {}, button)
}

export function headView(master: MasterDetailsJson): Content[] {
  const { quorum, sentinels, settings, failovers } = master
  const answered = master.downMs === null
    ? `answered ${duration(master.lastPingReplyMs)} ago` : `down for ${duration(master.downMs)}`
  return [
    el('div.title', {}, el('h2', {}, master.name), pill(masterHealth(master))),
    el(
      'dl.facts', {},
      fact('Master', el('span.addr', {}, master.address), note(answered)),
      fact(
        'Sentinels', `${quorum.usable} of ${sentinels.total} reachable`, quorumMeter(master),
        note(`quorum ${quorum.quorum}, majority ${quorum.majority}`),
      ),
      fact('Down after', duration(settings.downAfterMs), note(`failover timeout ${duration(settings.failoverTimeoutMs)}`)),
      fact('Configuration', `epoch ${master.configEpoch}`, note(`${count(failovers.length, 'failover')} recorded`)),
    ),
  ]
}

export function diagnosisView(master: MasterDetailsJson, explanation: ExplanationJson | undefined): Content[] {
  const isSafe = master.quorum.ok && master.status === 'ok'
  const notes = master.warnings.map((text) => el('li', {}, mark(isSafe ? 'warn' : 'bad'), el('span', {}, text)))
  if (notes.length === 0) notes.push(el('li', {}, mark('ok'), el('span', {}, 'No problems found.')))
  return [el('h3', {}, 'Diagnosis'), el('ul.notes', {}, notes, explanationNotes(explanation ?? {}))]
}

function explanationNotes({ answer, 'if-master-died': ifMasterDied }: ExplanationJson): Content[] {
  return [
    answer === undefined ? undefined : el('li', {}, mark('info'), el('span', {}, answer)),
    ifMasterDied === undefined
      ? undefined
      : el('li', {}, mark(ifMasterDied.startsWith('yes') ? 'ok' : 'warn'), el('span', {}, `If the master died now: ${ifMasterDied}.`)),
  ]
}

function fact(name: string, ...value: readonly Content[]): HTMLElement {
  return el('div', {}, el('dt', {}, name), el('dd', {}, value))
}

function note(text: string): HTMLElement {
  return el('small', {}, text)
}

/** One bar for each sentinel. As many are filled as can be reached. */
function quorumMeter({ quorum, sentinels }: MasterJson): HTMLElement {
  const bars = Array.from({ length: sentinels.total }, (_, at) => el(at < quorum.usable ? 'i.on' : 'i'))
  return el(quorum.ok ? 'div.quorum' : 'div.quorum.short', { 'aria-hidden': 'true' }, bars)
}
