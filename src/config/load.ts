/** Loads settings and state from the command line and the files that it names (config.md 1.5, 1.6, 2). */
import type { DurableState } from '../core/index.ts'
import type { RunCommandLine } from './command-line.ts'
import { SENTINEL_COMMAND_NAMES } from './command-names.ts'
import { absoluteConfigPath } from './config-path.ts'
import { isGlobPattern, type ConfigEnvironment } from './environment.ts'
import type { Failure } from './failure.ts'
import { remarkLines } from './line-remarks.ts'
import type { LineRemark } from './loading.ts'
import { currentSettings, startLoading, type ConfigLine, type Loading, type LogLine } from './loading.ts'
import { runSentinelLines } from './sentinel-lines.ts'
import type { Settings } from './settings.ts'
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

/** A configuration that can be used: the settings, and the state that the file holds. */
export interface LoadedConfig {
  readonly settings: Settings
  /** `myId` is empty when neither file nor command line gave one. */
  readonly durable: DurableState
  /** Absolute path of the file that rewrites replace. */
  readonly configFile: string
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

function load(loading: Loading, commandLine: RunCommandLine, configFile: string | undefined): LoadOutcome {
  const assembled = assemble(loading, commandLine, configFile)
  if ('failure' in assembled) return { ok: false, failure: assembled.failure }
  const failure = readText(loading, assembled.bytes)
  if (failure !== undefined) return { ok: false, failure }
  const sentinel = runSentinelLines(loading)
  if (!sentinel.ok) return sentinel
  const problem = fileProblem(loading, configFile)
  if (problem !== undefined) return { ok: false, failure: { kind: 'log', text: problem } }
  return {
    ok: true,
    config: { settings: currentSettings(loading), durable: sentinel.durable, configFile: configFile ?? '' },
  }
}

/** Joins file, standard input and options to one text; line numbers count through all of it. */
function assemble(
  loading: Loading, { readsStandardInput, optionText }: RunCommandLine, configFile: string | undefined,
): { readonly bytes: string } | { readonly failure: Failure } {
  const { environment, log, openFiles } = loading
  let bytes = ''
  if (configFile !== undefined) {
    for (const file of isGlobPattern(configFile) ? environment.glob(configFile) : [configFile]) {
      const reading = environment.readFile(file)
      if (!reading.ok) return { failure: cannotOpen(file, reading.problem) }
      openFiles.push(environment.identity(file))
      bytes += dropAfterNul(reading.value)
    }
  }
  if (readsStandardInput) {
    log.push({ level: 'notice', text: 'Reading config from stdin' })
    bytes += dropAfterNul(environment.readStandardInput())
  }
  return { bytes: `${bytes}\n${optionText}` }
}

/** A Sentinel keeps its state in its configuration file, so it needs one that it can write. */
function fileProblem({ sentinelMode, environment }: Loading, configFile: string | undefined): string | undefined {
  if (!sentinelMode) return undefined
  if (configFile === undefined) return 'Sentinel needs config file on disk to save state. Exiting...'
  const problem = environment.checkWritable(configFile)
  return problem === undefined
    ? undefined : `Sentinel config file ${configFile} is not writable: ${problem}. Exiting...`
}
