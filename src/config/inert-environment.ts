import type { ConfigEnvironment } from './environment.ts'
import { accepted } from './outcome.ts'

/**
 * An environment in which every file exists, has the content `text` and may be used: only the syntax of a configuration
 * is checked.
 */
export function inertEnvironment({ directory, text }: { directory: string, text: string }): ConfigEnvironment {
  return {
    workingDirectory: () => directory,
    changeDirectory: () => undefined,
    readFile: () => accepted(text),
    readStandardInput: () => '',
    glob: () => [],
    identity: (path) => path,
    isSameFile: () => false,
    lookAtStateFile: () => ({ kind: 'missing' }),
    checkLogFile: () => undefined,
    checkWritable: () => undefined,
    isExecutable: () => true,
  }
}
