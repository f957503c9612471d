/**
 * The environment for loading a file without side effects: no file is created, the working directory does not change.
 */
import { accessSync, constants, existsSync, readFileSync, realpathSync, statfsSync, statSync } from 'node:fs'
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
    // file-rules.ts checks this and reports more.
    checkWritable: () => undefined,
    isExecutable: (path) => real.isExecutable(at(path)),
  }
}

/** Why this user may not write a file or a folder; undefined when it may. */
export function writeProblem(path: string): string | undefined {
  return systemProblem(() => { accessSync(path, constants.W_OK) })
}

/** Whether this folder's file system has no space for users. False where that is unknown or not counted. */
export function isFull(folder: string): boolean {
  try {
    const { blocks, bavail } = statfsSync(folder)
    return blocks > 0 && bavail === 0
  } catch {
    return false
  }
}

/** Whether the path itself is a mount point, as with `docker run --volume FILE:FILE`. False where that is unknown. */
export function isMountPoint(path: string, mountInfo = '/proc/self/mountinfo'): boolean {
  try {
    const real = realpathSync(path)
    const mounts = readFileSync(mountInfo, 'utf8').split('\n')
    return mounts.some((line) => unescaped(line.split(' ')[4] ?? '') === real)
  } catch {
    // Without /proc the answer is unknown. A missing file is reported by a rule of its own.
    return false
  }
}

/** Mount information has blanks and backslashes as octal numbers. */
function unescaped(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_all, digits: string) => String.fromCharCode(parseInt(digits, 8)))
}
