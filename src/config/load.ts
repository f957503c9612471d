/** Loads settings and state from the command line and the files that it names (config.md 1.5, 1.6, 2). */
import type { DurableState } from '../core/index.ts'
import type { RunCommandLine } from './command-line.ts'
import { SENTINEL_COMMAND_NAMES } from './command-names.ts'
import { backupPaths } from './backup.ts'
import { absoluteConfigPath } from './config-path.ts'
import { isGlobPattern, type ConfigEnvironment } from './environment.ts'
import type { Failure } from './failure.ts'
import { remarkLines } from './line-remarks.ts'
import type { LineRemark } from './loading.ts'
import { currentSettings, startLoading, type ConfigLine, type Loading, type LogLine } from './loading.ts'
import { accepted } from './outcome.ts'
import { restoredText } from './restore.ts'
import { finishDraft, type SentinelDraft } from './sentinel-draft.ts'
import { runSentinelLines } from './sentinel-lines.ts'
import type { Settings } from './settings.ts'
import { asMain } from './state-draft.ts'
import { placeOfState, readState, stateRemarks, type StateFile } from './state-file.ts'
import { cannotOpen, readText } from './standard-lines.ts'
import { dropAfterNul } from './text-lines.ts'
import type { UserValidator } from './user-rules.ts'

export interface LoadOptions {
  readonly commandLine: RunCommandLine
  readonly environment: ConfigEnvironment
  /** The commands that the top-level `rename-command` may name, in lower case. */
  readonly commandNames?: Iterable<string>
  /** Checks the rules of `user` lines. Default: no check. */
  readonly validateUser?: UserValidator
}

/** A configuration that can be used: the settings, and the state that the files hold. */
export interface LoadedConfig {
  readonly settings: Settings
  /** `myId` is empty when neither file nor command line gave one. */
  readonly durable: DurableState
  /** Absolute path of the main file. */
  readonly configFile: string
  readonly saved: SavedFile
}

/** The file that saves write. */
export interface SavedFile {
  /** Absolute: that of the state file if there is one, else of the main file. */
  readonly path: string
  /** Undefined without a `state-config-file` line. */
  readonly state: StateFile | undefined
  /** The text, as byte text, that the file should have, where a save in place was interrupted. */
  readonly restored: string | undefined
  /** Where saves that write the file in place may put their backup, the best place first. */
  readonly backups: readonly string[]
  /** The file is missing or not up to date: it is written at the start. */
  readonly isDue: boolean
}

/** `log` holds the lines for the log that `settings` describe; a logged failure is its last line. */
export type LoadResult =
  | {
    readonly ok: true
    readonly config: LoadedConfig
    readonly log: readonly LogLine[]
    readonly lines: readonly ConfigLine[]
    /** Lines that load but should be changed; `log` names them too. */
    readonly remarks: readonly LineRemark[]
  }
  | {
    readonly ok: false
    readonly failure: Failure
    /** The settings read before the failure: a `logfile` line above it applies already. */
    readonly settings: Settings
    readonly log: readonly LogLine[]
  }

/**
 * Reads the configuration. Directives take effect in order while it runs: `dir` changes the working directory of
 * `environment`. Only the first problem is reported (config.md 2.7).
 */
export function loadConfig(options: LoadOptions): LoadResult {
  const { commandLine, environment } = options
  const loading = startLoading({
    environment,
    sentinelMode: commandLine.sentinelMode,
    validateUser: options.validateUser ?? (() => undefined),
    commandNames: options.commandNames ?? SENTINEL_COMMAND_NAMES,
  })
  const configFile = commandLine.configPath === undefined
    ? undefined : absoluteConfigPath(commandLine.configPath, environment.workingDirectory())
  const outcome = load(loading, commandLine, configFile)
  if (outcome.ok) {
    const { log, lines, remarks } = loading
    log.push(...remarkLines(remarks, outcome.config.configFile))
    return { ok: true, config: outcome.config, log, lines, remarks }
  }
  const { failure } = outcome
  if (failure.kind === 'log') loading.log.push({ level: 'warning', text: failure.text })
  return { ok: false, failure, settings: currentSettings(loading), log: loading.log }
}

type LoadOutcome =
  | { readonly ok: true, readonly config: LoadedConfig }
  | { readonly ok: false, readonly failure: Failure }

function load(loading: Loading, commandLine: RunCommandLine, configFile = ''): LoadOutcome {
  const assembled = assemble(loading, commandLine, configFile)
  if ('failure' in assembled) return { ok: false, failure: assembled.failure }
  const failure = readText(loading, assembled.bytes)
  if (failure !== undefined) return { ok: false, failure }
  const sentinel = runSentinelLines(loading)
  if (!sentinel.ok) return sentinel
  const { draft, statePath } = sentinel
  const settings = currentSettings(loading)
  if (statePath !== undefined && configFile !== '') {
    const state = loadState(loading, asMain(draft), statePath)
    return state.ok ? { ok: true, config: { ...state, settings, configFile } } : state
  }
  const problem = fileProblem(loading, configFile)
  if (problem !== undefined) return { ok: false, failure: { kind: 'log', text: problem } }
  const { restored } = assembled
  const backups = backupsOf(loading, configFile)
  const saved = { path: configFile, state: undefined, restored, backups, isDue: restored !== undefined }
  return { ok: true, config: { settings, durable: finishDraft(draft), configFile, saved } }
}

/** Reads the state file that the main file names; a missing one has no lines. */
function loadState(loading: Loading, main: SentinelDraft, written: string): StateLoaded {
  const { environment, log } = loading
  const place = placeOfState(loading, written)
  if ('problem' in place) return { ok: false, failure: { kind: 'log', text: place.problem } }
  const { path, isMissing } = place
  const reading = isMissing ? accepted('') : environment.readFile(path)
  if (!reading.ok) return { ok: false, failure: cannotOpen(path, reading.problem) }
  const { text, isRestored } = isMissing
    ? { text: '', isRestored: false } : restoredText(loading, path, reading.value)
  const { outcome, ignored, isRecorded } = readState(loading, main, path, text)
  if (!outcome.ok) return outcome
  const state: StateFile = { path, main: finishDraft(main), ignored }
  log.push(...stateRemarks(state, outcome.durable).map((line) => ({ level: 'notice' as const, text: line })))
  const restored = isRestored ? text : undefined
  const isDue = isMissing || isRestored || !isRecorded
  const saved = { path, state, restored, backups: backupsOf(loading, path), isDue }
  return { ok: true, durable: outcome.durable, saved }
}

type StateLoaded =
  | ({ readonly ok: true } & Pick<LoadedConfig, 'durable' | 'saved'>)
  | { readonly ok: false, readonly failure: Failure }

function backupsOf({ environment }: Loading, path: string): readonly string[] {
  return path === '' ? [] : backupPaths(environment.identity(path), [environment.workingDirectory()])
}

interface Assembled {
  readonly bytes: string
  /** The text of the main file, where it came from a backup. */
  readonly restored: string | undefined
}

/** Joins file, standard input and options to one text; line numbers count through all of it. */
function assemble(
  loading: Loading, { readsStandardInput, optionText }: RunCommandLine, configFile: string,
): Assembled | { readonly failure: Failure } {
  const { environment, log, openFiles, readFiles } = loading
  let bytes = ''
  let restored: string | undefined
  if (configFile !== '') {
    for (const file of isGlobPattern(configFile) ? environment.glob(configFile) : [configFile]) {
      const reading = environment.readFile(file)
      if (!reading.ok) return { failure: cannotOpen(file, reading.problem) }
      openFiles.push(environment.identity(file))
      readFiles.push(environment.identity(file))
      const { text, isRestored } = restoredText(loading, file, reading.value, optionText)
      if (isRestored) restored = text
      bytes += dropAfterNul(text)
    }
  }
  if (readsStandardInput) {
    log.push({ level: 'notice', text: 'Reading config from stdin' })
    bytes += dropAfterNul(environment.readStandardInput())
  }
  return { bytes: `${bytes}\n${optionText}`, restored }
}

/** A Sentinel keeps its state in its configuration file, so it needs one that it can write. */
function fileProblem({ sentinelMode, environment }: Loading, configFile: string): string | undefined {
  if (!sentinelMode) return undefined
  if (configFile === '') return 'Sentinel needs config file on disk to save state. Exiting...'
  const problem = environment.checkWritable(configFile)
  return problem === undefined
    ? undefined : `Sentinel config file ${configFile} is not writable: ${problem}. Exiting...`
}
