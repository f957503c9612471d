import type { Now, SentinelView } from '../core/index.ts'
import type { FailoverRecord } from '../events/index.ts'
import type { Logger, Operator, ScriptRunner } from '../ports/index.ts'
import type { AccessList, AclLog } from '../acl/index.ts'
import type { AclFile } from './acl-file.ts'
import type { ClientRegistry } from './client.ts'
import type { CommandIndex } from './command-index.ts'
import type { ReplyMemo } from './reply-memo.ts'
import type { ServerCounters, ServerFacts } from './server-facts.ts'

/** The dependencies of the commands. Passed to every handler; nothing else in src/commands keeps state. */
export interface CommandEnvironment {
  readonly commands: CommandIndex
  readonly view: SentinelView
  /** Earlier answers from `view` that are still valid. */
  readonly memo: ReplyMemo
  readonly operator: Operator
  readonly scripts: Pick<ScriptRunner, 'pending'>
  /** The remembered failovers of a master, oldest first; the last one may be running. */
  readonly failovers: (master: string) => readonly FailoverRecord[]
  readonly clients: ClientRegistry
  /** The users, their passwords and their rights (protocol.md 5.4 to 5.6). */
  readonly access: AccessList
  readonly aclLog: AclLog
  /** Undefined when the users are in the configuration file. */
  readonly aclFile: AclFile | undefined
  /** Where saves write `sentinel` lines alone; undefined when they write the main file. */
  readonly stateFile: string | undefined
  readonly facts: ServerFacts
  readonly counters: ServerCounters
  readonly logger: Logger
  readonly logLevel: LogLevelSetting
  readonly now: () => Now
  /** Whether the path names a file that this process may execute (SENTINEL SET, protocol.md 2.11). */
  readonly isExecutable: (path: string) => boolean
  /** Starts the clean shutdown (protocol.md 7.2). */
  readonly shutdown: () => void
  /** Unpredictable bytes (ACL GENPASS). */
  readonly randomBytes: (count: number) => Uint8Array
}

/** The levels of `loglevel`, lowest first; `nothing` writes no line at all (protocol.md 6.1). */
export const LOG_LEVELS = ['debug', 'verbose', 'notice', 'warning', 'nothing'] as const
export type LogLevelName = typeof LOG_LEVELS[number]

/** SENTINEL CONFIG SET loglevel: takes effect at once and is part of the next save. */
export interface LogLevelSetting {
  get(): LogLevelName
  set(level: LogLevelName): void
}
