import { accessSync, constants, existsSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'

import { nodeConfigEnvironment, systemProblem, type ConfigEnvironment } from '../config/index.ts'

/**
 * The real files without side effects: the working directory of the process does not change, and nothing is created.
 * For loading a configuration while one is in use.
 */
export function detachedEnvironment(startDirectory: string): ConfigEnvironment {
  const real = nodeConfigEnvironment()
  let directory = startDirectory
  const at = (path: string): string => resolve(directory, path)
  return {
    ...real,
    workingDirectory: () => directory,
    changeDirectory: (path) => {
      const problem = systemProblem(() => { accessSync(at(path), constants.X_OK) })
      if (problem === undefined && !statSync(at(path)).isDirectory()) return 'Not a directory'
      if (problem === undefined) directory = at(path)
      return problem
    },
    readFile: (path) => real.readFile(at(path)),
    readStandardInput: () => '',
    glob: (pattern) => real.glob(at(pattern)),
    identity: (path) => real.identity(at(path)),
    isSameFile: (one, other) => real.isSameFile(at(one), at(other)),
    lookAtStateFile: (path) => real.lookAtStateFile(at(path)),
    checkLogFile: (path) => writeProblem(existsSync(at(path)) ? at(path) : dirname(at(path))),
    checkWritable: (path) => writeProblem(at(path)),
    isExecutable: (path) => real.isExecutable(at(path)),
  }
}

/** Why this user may not write a file or a folder; undefined when it may. */
export function writeProblem(path: string): string | undefined {
  return systemProblem(() => { accessSync(path, constants.W_OK) })
}
