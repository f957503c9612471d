/**
 * Writes the state file: the state, and settings that differ from the main file
 * (docs/decisions/0057-state-config-file.md). A setting of the main file is not copied: it stays a setting that can be
 * changed there, and its secrets stay there.
 */
import type { DurableMaster, DurableState, MasterSettings, Setting } from '../core/index.ts'
import { lowerAscii, splitWords, toBytes, writeWord } from '../text/index.ts'
import { applyEmissions, MARKER, NOT_UNDERSTOOD, parseDocument, type DocumentLine } from './document.ts'
import { fileWords } from './file-words.ts'
import { lineWords } from './master-settings.ts'
import { sentinelEmissions } from './rewrite-sentinel.ts'
import { trimLine } from './text-lines.ts'

export interface StateInput {
  /** The present content of the file, as byte text; empty for a new one. */
  readonly current: string
  readonly durable: DurableState
  /** What the main file alone says. */
  readonly main: DurableState
  /** Masters of the main file about which it is ignored from now on. */
  readonly ignored: ReadonlySet<string>
}

/** The new content of the state file, as byte text. */
export function rewriteState({ current, durable, main, ignored }: StateInput): string {
  const lines = parseDocument(current === '' ? HEADER : current).filter(isNoRecord).map(onlySentinelLines)
  const masters = new Map(main.masters.filter(({ name }) => !ignored.has(name)).map((master) => [master.name, master]))
  const emissions = sentinelEmissions(durable, fileWords(lines), {
    globals: main, linesOf: (master, setting) => differences(master, masters.get(master.name), setting),
  })
  const text = applyEmissions(lines, emissions)
  return text + [...ignored].map((name) => `${RECORD} ${writeWord(toBytes(name))}\n`).join('')
}

const HEADER = [
  '# The state of this sentinel: it writes this file itself. Settings without a line here are those of the main file.', MARKER,
].join('\n')

/**
 * The start of the lines that name masters of the main file which SENTINEL REMOVE removed. They are comments, because
 * no directive says this; they are here, because they must be as durable as the removal.
 */
const RECORD = '# removed-master'

/** The masters that a text names as removed. */
export function recordedMasters(text: string): ReadonlySet<string> {
  return new Set(text.split('\n').flatMap((line) => recordedMaster(trimLine(line)) ?? []))
}

function recordedMaster(line: string): string | undefined {
  if (!line.startsWith(`${RECORD} `)) return undefined
  const words = splitWords(line.slice(RECORD.length))
  return words?.length === 1 ? words[0] : undefined
}

function isNoRecord(line: DocumentLine): boolean {
  return line.kind !== 'kept' || !line.text.startsWith(`${RECORD} `)
}

/** Another line, added by hand since the start, would stop the next start. */
function onlySentinelLines(line: DocumentLine): DocumentLine {
  return line.kind === 'kept' || line.key.startsWith('sentinel ') ? line : { kind: 'kept', text: NOT_UNDERSTOOD + line.text }
}

/** The words of the lines that a setting needs so that reading both files gives its value. */
function differences(
  { settings }: DurableMaster, main: DurableMaster | undefined, setting: Setting,
): Lines {
  const lines = lineWords(settings, setting)
  if (main === undefined) return lines
  if (isSameLines(lines, lineWords(main.settings, setting))) return []
  return lines.length > 0 ? lines : initialLines(main.settings, setting)
}

/** Lines that take the setting of the main file back. */
function initialLines(main: Readonly<MasterSettings>, setting: Setting): Lines {
  switch (setting.kind) {
    case 'time':
    case 'count':
      return [[setting.initial]]
    case 'text':
    case 'script':
      return [['']]
    case 'renames':
      // A command that is renamed to itself is not renamed.
      return main[setting.key].slice(0, 1).map(([from]) => [from, lowerAscii(from)])
  }
}

type Lines = readonly (readonly (string | number)[])[]

function isSameLines(one: Lines, other: Lines): boolean {
  if (one.length !== other.length) return false
  return one.every((line, at) => line.every((word, index) => word === other[at]?.[index]))
}
