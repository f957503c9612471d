import type { Outcome } from './outcome.ts'

/**
 * What loading asks of the world. Everything is synchronous: it happens once, before the process serves anybody, and
 * directives take effect in order. Problems are the texts of the operating system, such as `Permission denied`.
 */
export interface ConfigEnvironment {
  workingDirectory(): string
  /** The problem, or undefined when it went well. */
  changeDirectory(path: string): string | undefined
  /** The bytes as byte text; a directory reads as empty, as it does for the original. */
  readFile(path: string): Outcome<string>
  /** Everything until its end. */
  readStandardInput(): string
  /** Matching paths in byte order. */
  glob(pattern: string): readonly string[]
  /** Equal for two names of one file. */
  identity(path: string): string
  /** Opens the log file for appending, creating it, and closes it. */
  checkLogFile(path: string): string | undefined
  /** Whether the real user may write it. */
  checkWritable(path: string): string | undefined
  /** Whether the real user may execute it. */
  isExecutable(path: string): boolean
}

/** Paths with one of these are patterns, for includes and for the configuration file itself. */
export function isGlobPattern(path: string): boolean {
  return /[*?[]/.test(path)
}
