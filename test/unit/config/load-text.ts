import {
  loadConfig, readCommandLine, type LoadedConfig, type LoadOptions, type LoadResult,
} from '../../../src/config/index.ts'
import { validateUser as validateRules } from '../../../src/daemon/index.ts'
import { MemoryEnvironment, type MemoryEnvironmentOptions } from './memory-environment.ts'

export interface LoadTextOptions extends MemoryEnvironmentOptions, Pick<LoadOptions, 'validateUser' | 'commandNames'> {
  readonly args?: readonly string[]
  readonly program?: string
  readonly environment?: MemoryEnvironment
}

/** Loads byte text as the file `s.conf` in the start directory. */
export function load(text: string, options: LoadTextOptions = {}): LoadResult {
  const { args = [], program = 'redis-sentinel', environment, files, validateUser, commandNames, ...rest } = options
  const commandLine = readCommandLine(program, ['s.conf', ...args])
  if (commandLine.action !== 'run') throw new Error(`the command line means ${commandLine.action}`)
  return loadConfig({
    commandLine,
    environment: environment ?? new MemoryEnvironment({ ...rest, files: { 's.conf': text, ...files } }),
    validateUser: validateUser ?? validateRules,
    ...commandNames && { commandNames },
  })
}

/** Loads text that must be good. */
export function loadGood(text: string, options: LoadTextOptions = {}): LoadedConfig {
  const result = load(text, options)
  if (!result.ok) throw new Error(`did not load: ${JSON.stringify(result.failure)}`)
  return result.config
}
