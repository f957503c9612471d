/** The world as loading sees it, for looking only: no file is made and the working directory stays. */
import { accessSync, constants, existsSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'

import { nodeConfigEnvironment, systemProblem, type ConfigEnvironment } from '../../config/index.ts'

export function checkEnvironment(): ConfigEnvironment {
  const real = nodeConfigEnvironment()
  let directory = real.workingDirectory()
  const at = (path: string): string => resolve(directory, path)
  return {
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
    checkLogFile: (path) => writeProblem(existsSync(at(path)) ? at(path) : dirname(at(path))),
    // Judged by a rule of its own, which says more.
    checkWritable: () => undefined,
    isExecutable: (path) => real.isExecutable(at(path)),
  }
}

/** Why this user may not write a file or a folder. */
export function writeProblem(path: string): string | undefined {
  return systemProblem(() => { accessSync(path, constants.W_OK) })
}
