/** The result so far while a configuration is being read. Directives take effect in order. */
import type { Words } from './directives/directive.ts'
import type { ConfigEnvironment } from './environment.ts'
import { sentinelDefaults, settingsFrom, type Settings, type UserLine } from './settings.ts'
import type { UserValidator } from './user-rules.ts'

export interface Loading {
  readonly environment: ConfigEnvironment
  readonly sentinelMode: boolean
  readonly validateUser: UserValidator
  readonly values: Map<string, Words>
  readonly users: UserLine[]
  readonly userNames: Set<string>
  readonly renamedCommands: (readonly [string, string])[]
  /** Lower case; a `rename-command` line changes the set. */
  readonly commandNames: Set<string>
  /** Every line that is not a comment, of all texts, in the order in which they were read. */
  readonly lines: ConfigLine[]
  /** `sentinel` lines are kept until all text has been read, and run then. */
  readonly sentinelLines: SentinelLine[]
  /** Lines that load but should be changed. */
  readonly remarks: LineRemark[]
  /** Lines for the log, in order, all at level warning unless they have another one. */
  readonly log: LogLine[]
  /** Files that are being read, outermost first, by identity: an include must not include itself. */
  readonly openFiles: string[]
  /** All files that were read, by identity. */
  readonly readFiles: string[]
}

/** One line as it was read: its words, and its position. */
export interface ConfigLine {
  readonly words: readonly string[]
  /** From 1, in the combined text; inside an include it starts again. */
  readonly number: number
  /** The path of the include that holds the line; undefined in the main text. */
  readonly include: string | undefined
}

/** A line that loads but should be changed. */
export interface LineRemark {
  readonly kind: 'repeated-line' | 'exhausted-epoch'
  readonly line: SentinelLine
}

export interface SentinelLine {
  /** Without the word `sentinel`. */
  readonly words: readonly string[]
  readonly text: string
  readonly number: number
  readonly include: string | undefined
}

/** One line that loading writes to the log. */
export interface LogLine {
  readonly level: 'warning' | 'notice'
  readonly text: string
}

export interface LoadingOptions {
  readonly environment: ConfigEnvironment
  readonly sentinelMode: boolean
  readonly validateUser: UserValidator
  readonly commandNames: Iterable<string>
}

export function startLoading({ environment, sentinelMode, validateUser, commandNames }: LoadingOptions): Loading {
  return {
    environment, sentinelMode, validateUser,
    values: sentinelDefaults(),
    users: [],
    userNames: new Set(),
    renamedCommands: [],
    commandNames: new Set(commandNames),
    lines: [],
    sentinelLines: [],
    remarks: [],
    log: [],
    openFiles: [],
    readFiles: [],
  }
}

export function currentSettings({ values, users, renamedCommands, environment }: Loading): Settings {
  return settingsFrom({ values, users, renamedCommands, directory: environment.workingDirectory() })
}
