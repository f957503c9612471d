/** The parts of a master's page above its topology. */
import type { ExplanationJson, FindingJson, MasterDetailsJson, MasterJson } from '../../json.ts'
import { count } from '../../../text/index.ts'
import { addressView } from './copy-button.ts'
import { el, mark, type Content } from './elements.ts'
import { findingsView } from './findings-view.ts'
import { hasCode, ordered } from './findings.ts'
import { counting, duration, timeView } from './format.ts'
import { unreachableOf, type Health } from './health.ts'

export function pill({ kind, word }: Health): HTMLElement {
  return el(`span.pill.${kind}`, {}, mark(kind), word)
}

/** `actions` are the buttons that change something; none where the sentinel does not allow them. */
export function headView(master: MasterDetailsJson, health: Health, actions: readonly Content[] = []): Content[] {
  const { quorum, sentinels, settings, failovers, address } = master
  return [
    el('div.title', {}, el('h2', {}, master.name), pill(health)),
    actions.length === 0 ? undefined : el('div.actions', {}, actions),
    el(
      'dl.facts', {},
      fact('Master', ...addressView(address), note(answerText(master))),
      fact(
        'Sentinels', `${quorum.usable} of ${sentinels.total} reachable`, quorumMeter(master),
        note(`quorum ${quorum.quorum}, majority ${quorum.majority}`),
      ),
      fact('Down after', duration(settings.downAfterMs), note(`failover timeout ${duration(settings.failoverTimeoutMs)}`)),
      fact('Configuration', `epoch ${master.configEpoch}`, note(`${count(failovers.length, 'failover')} recorded`)),
    ),
  ]
}

/**
 * What is wrong, the cause first, and whether a failover would happen. `findings` are those of all sentinels together
 * where they were asked.
 */
export function diagnosisView(
  master: MasterDetailsJson, findings: readonly FindingJson[], explanation: ExplanationJson | undefined,
): Content[] {
  const shown = ordered(findings)
  const isExplained = hasCode(findings, 'master-unreachable') || hasCode(findings, 'master-unreachable-here')
  const unreachable = isExplained ? undefined : unreachableNote(master, explanation)
  const notes = [unreachable, scheduleNote(master), ...explanationNotes(explanation)]
  const isQuiet = shown.length === 0 && unreachableOf(master) === undefined
  return [
    el('h3', {}, 'Diagnosis'),
    ...findingsView(shown),
    listOf([isQuiet ? noteItem('ok', 'No problems found.') : undefined, ...notes]),
  ]
}

/** What follows when a master does not answer but is not yet taken for down. */
export function unreachableText(
  master: MasterDetailsJson, explanation: ExplanationJson | undefined,
): string | undefined {
  const unreachable = unreachableOf(master)
  if (unreachable === undefined) return undefined
  const died = explanation?.ifMasterDied ?? undefined
  const next = died === undefined || died.failover ? 'failover' : 'taken for down without a failover'
  return `Unreachable for ${counting(unreachable.forMs)}, ${next} in ${counting(Math.ceil(unreachable.leftMs / 1_000) * 1_000)}`
}

function unreachableNote(master: MasterDetailsJson, explanation: ExplanationJson | undefined): Content {
  const text = unreachableText(master, explanation)
  if (text === undefined) return undefined
  const { downAfterMs } = master.settings
  return noteItem('warn', `${text}. The master counts as down after ${duration(downAfterMs)} without an answer.`)
}

function scheduleNote({ scheduled }: MasterDetailsJson): Content {
  if (scheduled === null) return undefined
  const to = scheduled.to === null ? 'the best replica' : scheduled.to
  return noteItem('info', `A coordinated failover to ${to} is scheduled: `, timeView(scheduled.at))
}

function explanationNotes(explanation: ExplanationJson | undefined): Content[] {
  if (explanation === undefined) return []
  const { answer, ifMasterDied } = explanation
  return [
    noteItem('info', answer),
    ifMasterDied === null
      ? undefined : noteItem(ifMasterDied.failover ? 'ok' : 'warn', `If the master died now: ${ifMasterDied.text}.`),
  ]
}

function listOf(items: readonly Content[]): Content {
  return items.every((item) => item === undefined) ? undefined : el('ul.notes', {}, items)
}

function noteItem(kind: Parameters<typeof mark>[0], ...contents: readonly Content[]): HTMLElement {
  return el('li', {}, mark(kind), el('span.grow', {}, contents))
}

function answerText(master: MasterDetailsJson): string {
  if (master.downMs !== null) return `down for ${counting(master.downMs)}`
  const unreachable = unreachableOf(master)
  return unreachable === undefined
    ? `answered ${duration(master.lastPingReplyMs)} ago` : `last answer ${counting(unreachable.forMs)} ago`
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
