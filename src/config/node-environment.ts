import { accessSync, closeSync, constants, existsSync, openSync, readdirSync, readFileSync, readSync, realpathSync } from 'node:fs'
import process from 'node:process'

import { systemErrorCode, systemErrorText } from '../text/index.ts'
import type { ConfigEnvironment } from './environment.ts'
import { accepted, refused } from './outcome.ts'
import { expandGlob } from './path-glob.ts'
import { systemProblem } from './system-problem.ts'

/** Standard input is read in pieces of this size. */
const CHUNK_BYTES = 65_536
/** How long to wait before asking again for input that is not there yet. */
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
    checkLogFile: (path) => systemProblem(() => { closeSync(openSync(path, 'a')) }),
    checkWritable: (path) => systemProblem(() => { accessSync(path, constants.W_OK) }),
    isExecutable: (path) => systemProblem(() => { accessSync(path, constants.X_OK) }) === undefined,
  }
}

/** Pipes have no path of their own, such as what `/dev/stdin` leads to; there the given one must do. */
function identity(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    return path
  }
}

/** A directory that cannot be read has no matches, for the original as well. */
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
      // A terminal or a pipe in non-blocking mode says this while nothing has been typed.
      if (systemErrorCode(error) !== 'EAGAIN') return text
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, INPUT_POLL_MS)
    }
  }
}
