import { accessSync, closeSync, constants, existsSync, openSync, readdirSync, readFileSync, readSync, realpathSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import process from 'node:process'

import { systemErrorCode, systemErrorText } from '../text/index.ts'
import type { ConfigEnvironment, StateFileLook } from './environment.ts'
import { accepted, refused } from './outcome.ts'
import { expandGlob } from './path-glob.ts'
import { systemProblem } from './system-problem.ts'

/** Standard input is read in chunks of this size. */
const CHUNK_BYTES = 65_536
/** Pause before standard input is read again when it has no data yet. */
const INPUT_POLL_MS = 10

/** The real process and file system. `changeDirectory` changes the working directory of the process. */
export function nodeConfigEnvironment(): ConfigEnvironment {
  return {
    workingDirectory: () => process.cwd(),
    changeDirectory: (path) => systemProblem(() => { process.chdir(path) }),
    readFile: (path) => {
      try {
        return accepted(readFileSync(path, 'latin1'))
      } catch (error) {
        return systemErrorCode(error) === 'EISDIR' ? accepted('') : refused(systemErrorText(error))
      }
    },
    readStandardInput,
    glob: (pattern) => expandGlob(pattern, { list: listDirectory, exists: existsSync }),
    identity,
    isSameFile,
    lookAtStateFile,
    checkLogFile: (path) => systemProblem(() => { closeSync(openSync(path, 'a')) }),
    checkWritable: (path) => systemProblem(() => { accessSync(path, constants.W_OK) }),
    isExecutable,
  }
}

/** Whether the real user may execute it; of a folder, whether it may be entered. */
export function isExecutable(path: string): boolean {
  return systemProblem(() => { accessSync(path, constants.X_OK) }) === undefined
}

/** A pipe has no real path, for example behind `/dev/stdin`; the given path identifies it. */
function identity(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    return path
  }
}

function isSameFile(one: string, other: string): boolean {
  const [first, second] = [one, other].map((path) => statSync(path, { bigint: true, throwIfNoEntry: false }))
  return first !== undefined && first.dev === second?.dev && first.ino === second.ino
}

function lookAtStateFile(path: string): StateFileLook {
  try {
    const found = statSync(path, { throwIfNoEntry: false })
    if (found === undefined) return lookAtFolder(dirname(path))
    if (!found.isFile()) return { kind: 'unusable', problem: 'it is not a file' }
    accessSync(path, constants.R_OK | constants.W_OK)
    return { kind: 'found' }
  } catch (error) {
    return { kind: 'unusable', problem: systemErrorText(error) }
  }
}

/** Where the state file is missing, its folder must exist, and must let us create it. */
function lookAtFolder(folder: string): StateFileLook {
  try {
    accessSync(folder, constants.W_OK | constants.X_OK)
    return { kind: 'missing' }
  } catch (error) {
    const isMissing = systemErrorCode(error) === 'ENOENT'
    const problem = isMissing ? `its folder ${folder} does not exist` : `it cannot be created in ${folder} (${systemErrorText(error)})`
    return { kind: 'unusable', problem }
  }
}

/** A directory that cannot be read has no matches, as in the original. */
function listDirectory(directory: string): string[] {
  try {
    return readdirSync(directory)
  } catch {
    return []
  }
}

function readStandardInput(): string {
  const chunk = Buffer.alloc(CHUNK_BYTES)
  let text = ''
  for (;;) {
    try {
      const length = readSync(process.stdin.fd, chunk)
      if (length === 0) return text
      text += chunk.toString('latin1', 0, length)
    } catch (error) {
      // EAGAIN: a terminal or pipe in non-blocking mode has no data yet.
      if (systemErrorCode(error) !== 'EAGAIN') return text
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, INPUT_POLL_MS)
    }
  }
}
