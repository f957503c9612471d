/** Findings as text: the cause, the remedy, and the command to copy. */
import type { FindingJson } from '../../json.ts'
import { copyButton } from './copy-button.ts'
import { el, mark, type Content } from './elements.ts'
import { severityMark } from './findings.ts'

/** The finding that matters most, in large type. */
function headlineView(finding: FindingJson): HTMLElement {
  const kind = severityMark(finding)
  return el(
    `div.headline.${kind}`, { 'data-code': finding.code },
    mark(kind), el('div.grow', {}, el('p.cause', {}, finding.text), adviceView(finding)),
  )
}

/** One line of a list of findings. `before` is placed in front of the text. */
export function findingItem(finding: FindingJson, before?: Content): HTMLElement {
  return el(
    'li', { 'data-code': finding.code },
    mark(severityMark(finding)), el('div.grow', {}, before, el('p', {}, finding.text), adviceView(finding)),
  )
}

/** The first finding in large type, the others below it. */
export function findingsView([first, ...others]: readonly FindingJson[]): Content[] {
  if (first === undefined) return []
  const rest = others.length === 0 ? undefined : el('ul.notes', {}, others.map((finding) => findingItem(finding)))
  return [headlineView(first), rest]
}

function adviceView({ remedy, command }: FindingJson): Content[] {
  return [
    remedy === null ? undefined : el('p.remedy', {}, remedy),
    command === null ? undefined : commandView(command),
  ]
}

function commandView(command: string): HTMLElement {
  return el('div.command', {}, el('code', {}, command), copyButton(command, 'the command', 'Copy'))
}
