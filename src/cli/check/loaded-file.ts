/** The configuration as the program loads it, and the places of its lines. */
import { readFileSync } from 'node:fs'

import {
  failureBanner, loadConfig, readCommandLine, type ConfigLine, type LineRemark, type LoadedConfig,
} from '../../config/index.ts'
import { validateUser } from '../../daemon/index.ts'
import { checkEnvironment } from './check-environment.ts'
import { finding, type Finding } from './finding.ts'

export interface LoadedFile {
  readonly config: LoadedConfig
  readonly place: Places
  /** Every line of the file and its includes that is not a comment. */
  readonly lines: readonly FileLine[]
  /** Lines that the program accepts, but that should be changed. */
  readonly remarks: readonly LineRemark[]
  /** The place of a line that the program has read, as `file:line`. */
  readonly whereOf: (line: Pick<ConfigLine, 'number' | 'include'>) => string
  /** The directory to which relative paths in the file are relative. */
  readonly directory: string
}

export interface FileLine {
  /** The place of the line, as `file:line`. */
  readonly where: string
  readonly words: readonly string[]
}

/** Returns the place of the first line that begins with these words, as `file:line`; the file when there is none. */
export type Places = (...words: readonly string[]) => string

export type Loading =
  | { readonly kind: 'loaded', readonly file: LoadedFile }
  | { readonly kind: 'refused', readonly finding: Finding }
  | { readonly kind: 'unreadable', readonly problem: string }

/** The release in the error banner of the original. */
const BANNER_RELEASE = '7.0.15'

export function loadFile(path: string): Loading {
  try {
    readFileSync(path)
  } catch (error) {
    return { kind: 'unreadable', problem: error instanceof Error ? error.message : String(error) }
  }
  // A path that begins with a dash would be read as an option.
  const commandLine = readCommandLine('ts-sentinel', [path.startsWith('-') ? `./${path}` : path])
  if (commandLine.action !== 'run') return { kind: 'unreadable', problem: 'its name is that of an option; write ./ before it' }
  const environment = checkEnvironment()
  const result = loadConfig({ commandLine, environment, validateUser })
  if (result.ok) {
    const { config, remarks } = result
    const whereOf: LoadedFile['whereOf'] = ({ number, include }) => `${include ?? path}:${number}`
    const lines = result.lines.map((line) => ({ where: whereOf(line), words: line.words }))
    const place = placesOf(path, lines)
    return { kind: 'loaded', file: { config, place, lines, remarks, whereOf, directory: environment.workingDirectory() } }
  }
  const { failure } = result
  const message = failure.kind === 'log' ? failure.text : failureBanner(failure, BANNER_RELEASE).trim()
  const number = failure.kind === 'config' ? failure.where?.number : undefined
  return {
    kind: 'refused',
    finding: finding('error', 'not-loadable', number === undefined ? path : `${path}:${number}`, [
      `the program does not start with this file:\n${message}`, 'correct the line; only the first problem is reported',
    ]),
  }
}

function placesOf(path: string, lines: readonly FileLine[]): Places {
  const lower = lines.map(({ words }) => words.map((word) => word.toLowerCase()))
  return (...words) => {
    const at = lower.findIndex((line) => words.every((word, index) => line[index] === word.toLowerCase()))
    return lines[at]?.where ?? path
  }
}
