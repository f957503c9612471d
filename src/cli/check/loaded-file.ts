/** The configuration as the program would load it, and where its lines stand. */
import { readFileSync } from 'node:fs'

import { failureBanner, loadConfig, readCommandLine, type LoadedConfig } from '../../config/index.ts'
import { validateUser } from '../../daemon/index.ts'
import { checkEnvironment } from './check-environment.ts'
import { finding, type Finding } from './finding.ts'

export interface LoadedFile {
  readonly config: LoadedConfig
  readonly place: Places
  /** Every line of the file that is no comment. Includes are not among them. */
  readonly lines: readonly FileLine[]
  /** What relative paths in it are relative to. */
  readonly directory: string
}

export interface FileLine {
  /** As `file:line`. */
  readonly where: string
  readonly words: readonly string[]
}

/** Where a line of the file stands: `file:line`; the file alone for what is not in it, or in an include. */
export type Places = (...words: readonly string[]) => string

export type Loading =
  | { readonly kind: 'loaded', readonly file: LoadedFile }
  | { readonly kind: 'refused', readonly finding: Finding }
  | { readonly kind: 'unreadable', readonly problem: string }

/** The release that the original's banner names. */
const BANNER_RELEASE = '7.0.15'

export function loadFile(path: string): Loading {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    return { kind: 'unreadable', problem: error instanceof Error ? error.message : String(error) }
  }
  // A path that begins like an option would be taken for one.
  const commandLine = readCommandLine('ts-sentinel', [path.startsWith('-') ? `./${path}` : path])
  if (commandLine.action !== 'run') return { kind: 'unreadable', problem: 'it has the name of an option' }
  const environment = checkEnvironment()
  const result = loadConfig({ commandLine, environment, validateUser })
  if (result.ok) {
    const { config } = result
    const [place, lines] = [placesOf(path, text), linesOf(path, text)]
    return { kind: 'loaded', file: { config, place, lines, directory: environment.workingDirectory() } }
  }
  const { failure } = result
  const said = failure.kind === 'log' ? failure.text : failureBanner(failure, BANNER_RELEASE).trim()
  const number = failure.kind === 'config' ? failure.where?.number : undefined
  return {
    kind: 'refused',
    finding: finding('error', 'not-loadable', number === undefined ? path : `${path}:${number}`, [
      `the file is refused, as the original refuses it:\n${said}`, 'correct the line; only the first problem is reported',
    ]),
  }
}

function linesOf(path: string, text: string): FileLine[] {
  return text.split('\n').flatMap((line, at) => {
    const words = line.replaceAll('"', '').trim().split(/\s+/)
    return words[0] === '' || words[0]?.startsWith('#') === true ? [] : [{ where: `${path}:${at + 1}`, words }]
  })
}

function placesOf(path: string, text: string): Places {
  const lines = text.replaceAll('"', '').toLowerCase().split('\n').map((line) => line.trim().split(/\s+/))
  return (...words) => {
    const at = lines.findIndex((line) => words.every((word, index) => line[index] === word.toLowerCase()))
    return at < 0 ? path : `${path}:${at + 1}`
  }
}
