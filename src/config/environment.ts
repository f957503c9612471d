import type { Outcome } from './outcome.ts'

/**
 * The system calls that loading needs. They are synchronous: loading happens once, before the process serves clients,
 * and directives take effect in order. Problems are the texts of the operating system, such as `Permission denied`.
 */
export interface ConfigEnvironment {
  workingDirectory(): string
  /** The problem, or undefined when it succeeded. */
  changeDirectory(path: string): string | undefined
  /** The bytes as byte text; a directory reads as empty, as it does for the original. */
  readFile(path: string): Outcome<string>
  /** Reads until the end of the input. */
  readStandardInput(): string
  /** Matching paths in byte order. */
  glob(pattern: string): readonly string[]
  /** Equal for two paths of one file. */
  identity(path: string): string
  /** Whether two paths are one file: by links, other spellings, or mounts. False where one of them is missing. */
  isSameFile(one: string, other: string): boolean
  lookAtStateFile(path: string): StateFileLook
  /** Opens the log file for appending, creating it, and closes it. */
  checkLogFile(path: string): string | undefined
  /** Whether the real user may write it. */
  checkWritable(path: string): string | undefined
  /** Whether the real user may execute it. */
  isExecutable(path: string): boolean
}

/** What is at the place of a state file. A missing one can be created. */
export type StateFileLook =
  | { readonly kind: 'found' | 'missing' }
  | { readonly kind: 'unusable', readonly problem: string }

/** Whether the path is a pattern. Applies to includes and to the configuration file itself. */
export function isGlobPattern(path: string): boolean {
  return /[*?[]/.test(path)
}
