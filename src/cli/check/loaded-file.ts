/** The configuration as the program loads it, and the places of its lines. */
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'

import { loadConfig, readCommandLine, type ConfigLine, type LineRemark, type LoadedConfig } from '../../config/index.ts'
import { validateUser } from '../../daemon/index.ts'
import { systemErrorText } from '../../text/index.ts'
import { checkEnvironment } from './check-environment.ts'
import { foreignFormat } from './file-kind.ts'
import type { Finding } from './finding.ts'
import { refusedLines } from './load-problems.ts'
import { isProxyFile } from './proxy-file.ts'

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
  /** The file, absolute. */
  readonly file: string
  readonly words: readonly string[]
}

/** Returns the place of the first line that begins with these words, as `file:line`; the file when there is none. */
export type Places = (...words: readonly string[]) => string

export type Loading =
  | { readonly kind: 'loaded', readonly file: LoadedFile }
  /** The program does not start with it, or it is another kind of file. */
  | { readonly kind: 'refused', readonly findings: readonly Finding[] }
  | { readonly kind: 'unreadable', readonly problem: string }
  /** The file of a proxy; `text` is byte text. */
  | { readonly kind: 'proxy', readonly text: string }

export function loadFile(path: string): Loading {
  let text: string
  try {
    text = readFileSync(path, 'latin1')
  } catch (error) {
    return { kind: 'unreadable', problem: systemErrorText(error) }
  }
  // A path that begins with a dash would be read as an option.
  const commandLine = readCommandLine('ts-sentinel', [path.startsWith('-') ? `./${path}` : path])
  if (commandLine.action !== 'run') return { kind: 'unreadable', problem: 'its name is that of an option; write ./ before it' }
  const foreign = foreignFormat(path, text)
  if (foreign !== undefined) return { kind: 'refused', findings: [foreign] }
  if (isProxyFile(text)) return { kind: 'proxy', text }
  const environment = checkEnvironment()
  const result = loadConfig({ commandLine, environment, validateUser })
  if (!result.ok) return { kind: 'refused', findings: refusedLines(path, text, commandLine) }
  const { config, remarks } = result
  const whereOf: LoadedFile['whereOf'] = ({ number, include }) => `${include ?? path}:${number}`
  const directory = environment.workingDirectory()
  const lines = result.lines.map(({ words, number, include }) => ({
    where: whereOf({ number, include }),
    file: include === undefined ? config.configFile : resolve(directory, include),
    words,
  }))
  const place = placesOf(path, lines)
  return { kind: 'loaded', file: { config, place, lines, remarks, whereOf, directory } }
}

function placesOf(path: string, lines: readonly FileLine[]): Places {
  const lower = lines.map(({ words }) => words.map((word) => word.toLowerCase()))
  return (...words) => {
    const at = lower.findIndex((line) => words.every((word, index) => line[index] === word.toLowerCase()))
    return lines[at]?.where ?? path
  }
}
