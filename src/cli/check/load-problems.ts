/** Finds every line that prevents the start, where loading ends at the first one. */
import { loadConfig, type FailureLine, type RunCommandLine } from '../../config/index.ts'
import { validateUser } from '../../daemon/index.ts'
import { fromBytes, splitWords } from '../../text/index.ts'
import { checkEnvironment } from './check-environment.ts'
import { dataNodeFile } from './file-kind.ts'
import { finding, type Finding } from './finding.ts'
import { adviceFor, type RefusedLine } from './load-advice.ts'

/** Number of lines that are reported. A file with more is one of another kind. */
const REFUSED_MAX = 20

/**
 * Findings about a file that does not load. It is read again without each line that was refused; a problem of an
 * include or of the state file ends the search. `text` is byte text.
 */
export function refusedLines(path: string, text: string, commandLine: RunCommandLine): readonly Finding[] {
  const lines = text.split('\n')
  const words = lines.map(wordsOf)
  const kind = dataNodeFile(words.map((line, at) => ({ words: line, where: `${path}:${at + 1}` })))
  if (kind !== undefined) return [kind]
  const masters = monitoredIn(words)
  const found: Finding[] = []
  while (found.length < REFUSED_MAX) {
    const environment = checkEnvironment({ path, text: lines.join('\n') })
    const result = loadConfig({ commandLine, environment, validateUser })
    if (result.ok) break
    const { failure } = result
    if (failure.kind === 'log') return [...found, refusal(path, { words: [], reason: failure.text, masters })]
    const { where, reason } = failure
    const isHere = where !== undefined && where.include === undefined && where.stateFile === undefined
    const line = isHere ? words[where.number - 1] ?? [] : splitWords(where?.text ?? '') ?? []
    // The monitor line of this master was reported.
    const isFollowUp = reason.startsWith('No such master') && masters.includes(line[2] ?? '')
    if (!isFollowUp) found.push(refusal(path, { words: line, reason, masters }, where))
    if (!isHere) break
    lines[where.number - 1] = ''
  }
  return found
}

function wordsOf(line: string): readonly string[] {
  const trimmed = line.trim()
  return trimmed.startsWith('#') ? [] : splitWords(trimmed) ?? trimmed.split(/\s+/)
}

function monitoredIn(lines: readonly (readonly string[])[]): readonly string[] {
  const monitors = lines.filter(([first = '', second = '']) => `${first} ${second}`.toLowerCase() === 'sentinel monitor')
  return [...new Set(monitors.map(([, , name = '']) => name))]
}

function refusal(path: string, line: RefusedLine, where?: FailureLine): Finding {
  const words = { ...line, words: line.words.map(fromBytes) }
  if (where === undefined) return finding('error', 'not-loadable', path, [`the program does not start: ${line.reason}`, adviceFor(words)])
  return finding('error', 'not-loadable', `${where.stateFile ?? where.include ?? path}:${where.number}`, [
    `the program does not start: ${line.reason.replace(/\.$/, '')} in the line \`${fromBytes(where.text)}\``, adviceFor(words),
  ])
}
