/** The door of the configuration room: grammar, directives, loading and rewriting of sentinel.conf. */
export { fromBytes, toBytes } from './byte-text.ts'
export { readCommandLine, type CommandLine, type RunCommandLine } from './command-line.ts'
export type { Directive } from './directives/directive.ts'
export { DIRECTIVES } from './directives/table.ts'
export { DurableFile, SaveError, type DurableFileOptions, type FileContent, type StoreFileSystem } from './durable-file.ts'
export type { ConfigEnvironment } from './environment.ts'
export { failureBanner, type Failure, type FailureLine } from './failure.ts'
export { FileConfigStore, type FileConfigStoreOptions } from './file-config-store.ts'
export { loadConfig, type LoadedConfig, type LoadOptions, type LoadResult } from './load.ts'
export type { LogLine } from './loading.ts'
export { nodeConfigEnvironment } from './node-environment.ts'
export type { Outcome } from './outcome.ts'
export { expandTitle, type TitleVariables } from './process-title.ts'
export { rewriteConfig, type RewriteInput } from './rewrite.ts'
export {
  changeSetting, directiveValue, type DirectiveValues, type OutputBufferLimit, type Settings, type TlsSettings,
  type UserLine,
} from './settings.ts'
export { systemErrorText, systemProblem } from './system-errors.ts'
export { TEST_MEMORY_USAGE, USAGE, versionLine, type BuildFacts } from './usage.ts'
export { userLine } from './user-lines.ts'
export type { UserProblem, UserValidator } from './user-rules.ts'
export { rewriteProblem } from './verify.ts'
