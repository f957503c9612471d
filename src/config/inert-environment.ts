import type { ConfigEnvironment } from './environment.ts'
import { accepted } from './outcome.ts'

/** A machine on which every file exists, holds `text` and may be used: only the form of a configuration is at stake. */
export function inertEnvironment({ directory, text }: { directory: string, text: string }): ConfigEnvironment {
  return {
    workingDirectory: () => directory,
    changeDirectory: () => undefined,
    readFile: () => accepted(text),
    readStandardInput: () => '',
    glob: () => [],
    identity: (path) => path,
    checkLogFile: () => undefined,
    checkWritable: () => undefined,
    isExecutable: () => true,
  }
}
