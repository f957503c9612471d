/** The state file: the text of its lines, and the place that the main file gives it. */
import type { DurableState } from '../core/index.ts'
import { fromBytes, lowerAscii, splitWords } from '../text/index.ts'
import { absoluteConfigPath } from './config-path.ts'
import { configFailure, type Failure } from './failure.ts'
import type { Loading, SentinelLine } from './loading.ts'
import { recordedMasters } from './rewrite-state.ts'
import { runStateLines, type StateOutcome } from './state-draft.ts'
import type { SentinelDraft } from './sentinel-draft.ts'
import { directiveValue } from './settings.ts'
import { dropAfterNul, isIgnoredLine, trimLine } from './text-lines.ts'

/** A file that has the state, and that saves write instead of the main file. */
export interface StateFile {
  /** Absolute. */
  readonly path: string
  /** What the main file alone says. */
  readonly main: DurableState
  /** Masters of the main file that SENTINEL REMOVE removed: the main file is ignored about them. */
  readonly ignored: ReadonlySet<string>
}

/** Where the state file of a `state-config-file` line is, or why it cannot be used. */
export function placeOfState(
  { environment, readFiles, values }: Pick<Loading, 'environment' | 'readFiles' | 'values'>, written: string,
): { readonly path: string, readonly isMissing: boolean } | { readonly problem: string } {
  const path = absoluteConfigPath(written, environment.workingDirectory())
  const other = OTHER_FILES.find((name) => {
    const value = directiveValue(values, name)?.[0] ?? ''
    if (value === '') return false
    return absoluteConfigPath(value, environment.workingDirectory()) === path || environment.isSameFile(value, path)
  })
  if (other !== undefined) return { problem: `The sentinel state-config-file ${path} is the ${other}, too. Name another file for the state. Exiting...` }
  const same = readFiles.find((file) => environment.isSameFile(file, path))
  if (same !== undefined) {
    return { problem: `The sentinel state-config-file ${path} is the configuration file ${same} itself. Name another file for the state. Exiting...` }
  }
  const look = environment.lookAtStateFile(path)
  if (look.kind !== 'unusable') return { path, isMissing: look.kind === 'missing' }
  return { problem: `The sentinel state-config-file ${path} cannot be used: ${look.problem}. Exiting...` }
}

/** Directives that name files which the program writes. */
const OTHER_FILES = ['aclfile', 'logfile', 'pidfile', 'unixsocket'] as const

export interface StateReading {
  readonly outcome: StateOutcome
  /** Masters of the main file about which it is ignored. */
  readonly ignored: ReadonlySet<string>
  /** The comments about them have all of these, and no other. */
  readonly isRecorded: boolean
}

/** Reads the text of a state file on top of the main file. `path` is for messages. */
export function readState(
  loading: Pick<Loading, 'environment' | 'log' | 'remarks' | 'lines'>, main: SentinelDraft, path: string, bytes: string,
): StateReading {
  const text = dropAfterNul(bytes)
  const recorded = new Set([...recordedMasters(text)].map(fromBytes))
  const ignored = new Set([...recorded].filter((name) => main.masters.has(name)))
  const lines = linesOf(loading, path, text)
  const outcome = Array.isArray(lines)
    ? runStateLines(loading, main, { lines, ignored }) : { ok: false as const, failure: lines }
  const isRecorded = ignored.size === recorded.size
  return { outcome: outcome.ok ? outcome : inStateFile(outcome, path), ignored, isRecorded }
}

function linesOf({ lines: all }: Pick<Loading, 'lines'>, path: string, text: string): SentinelLine[] | Failure {
  const lines: SentinelLine[] = []
  for (const [index, line] of text.split('\n').entries()) {
    const trimmed = trimLine(line)
    if (isIgnoredLine(trimmed)) continue
    const where = { number: index + 1, text: fromBytes(trimmed), include: path }
    const words = splitWords(trimmed)?.map(fromBytes)
    if (words === undefined) return configFailure('Unbalanced quotes in configuration line', where)
    if (lowerAscii(words[0] ?? '') !== 'sentinel') return configFailure(NOT_SENTINEL, where)
    all.push({ words, number: where.number, include: path })
    if (words.length > 1) lines.push({ ...where, words: words.slice(1) })
  }
  return lines
}

const NOT_SENTINEL = 'Only sentinel lines are allowed in the state config file'

/** The original has no such file, so the banner can name it. */
function inStateFile({ failure }: { readonly failure: Failure }, path: string): Extract<StateOutcome, { ok: false }> {
  if (failure.kind === 'log' || failure.where === undefined) return { ok: false, failure }
  return { ok: false, failure: { ...failure, where: { ...failure.where, stateFile: path } } }
}

/** Lines of the log about what the main file says and what does not apply. */
export function stateRemarks({ path, main, ignored }: StateFile, durable: DurableState): string[] {
  const masters = new Map(durable.masters.map((master) => [master.name, master]))
  const remarks = main.masters.flatMap(({ name, settings }) => {
    const master = masters.get(name)
    if (master === undefined) {
      return [`${name} is not monitored: SENTINEL REMOVE removed it, although the main file has it. SENTINEL MONITOR adds it again.`]
    }
    if (ignored.has(name)) {
      return [`The main file is ignored about ${name}: SENTINEL REMOVE removed it, and SENTINEL MONITOR added it again.`]
    }
    const { quorum } = master.settings
    return quorum === settings.quorum ? [] : [
      `The quorum of ${name} is ${quorum}, from ${path}, and not ${settings.quorum} as in the main file. SENTINEL SET changes it.`,
    ]
  })
  return [
    `The state and what SENTINEL SET changes are saved in ${path}. The main file is not written: changes of loglevel, and of `
    + 'users without an ACL file, end with the process.',
    ...remarks,
  ]
}
