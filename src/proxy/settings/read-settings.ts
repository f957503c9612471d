/**
 * Reads proxy.conf and the options of the command line. The grammar of a line is that of redis.conf. Every problem
 * names the file, the line, and what to do; all problems are found in one go.
 */
import { dropAfterNul, isIgnoredLine, trimLine } from '../../config/index.ts'
import { count, fromBytes, lowerAscii, nearestWord, splitWords } from '../../text/index.ts'
import { crossProblems } from './cross-checks.ts'
import { DIRECTIVES, findDirective, laterProblem, type Directive } from './directives.ts'
import { defaultDraft, type Draft, type Login, type ProxySettings } from './settings.ts'

export interface SettingsSource {
  /** The name of the file in messages; undefined when there is none. */
  readonly file: string | undefined
  /** The bytes of the file, one character each. */
  readonly text: string
  /** The words after the file: `--option value ...`. */
  readonly options: readonly string[]
}

export type SettingsRead =
  | { readonly ok: true, readonly settings: ProxySettings }
  /** One line for each problem. */
  | { readonly ok: false, readonly problems: readonly string[] }

/** More problems than that are a file of another kind. */
const PROBLEMS_MAX = 20

/** One directive with its values, and where it comes from. */
interface Line {
  readonly words: readonly string[]
  readonly where: string
}

export function readSettings({ file, text, options }: SettingsSource): SettingsRead {
  const problems: string[] = []
  const fileLines = linesOf(text, file ?? '', problems)
  const optionLines = linesOfOptions(options, problems)
  const draft = defaultDraft()
  const places = new Map<string, string>()
  const given = new Set(optionLines.map((line) => nameOf(line)))
  // A line that an option replaces must still be right; it is read into a draft that nothing uses.
  const unused = defaultDraft()
  for (const line of fileLines) readLine(line, { draft: given.has(nameOf(line)) ? unused : draft, places, problems })
  for (const line of optionLines) readLine(line, { draft, places, problems })
  if (problems.length === 0) problems.push(...crossProblems(draft, places, file))
  return problems.length === 0 ? { ok: true, settings: finished(draft) } : { ok: false, problems: limited(problems) }
}

function limited(problems: readonly string[]): readonly string[] {
  const rest = problems.length - PROBLEMS_MAX
  return rest <= 0 ? problems : [...problems.slice(0, PROBLEMS_MAX), `${count(rest, 'more problem')}.`]
}

function linesOf(bytes: string, file: string, problems: string[]): Line[] {
  return dropAfterNul(bytes).split('\n').flatMap((physical, at) => {
    const line = trimLine(physical)
    if (isIgnoredLine(line)) return []
    const where = `${file}:${at + 1}`
    const words = splitWords(line)?.map(fromBytes)
    if (words === undefined) problems.push(`${where}: the quotes are unbalanced: close them, or write \\" for a quote inside`)
    return words === undefined || words.length === 0 ? [] : [{ words, where }]
  })
}

function linesOfOptions(options: readonly string[], problems: string[]): Line[] {
  const lines: { words: string[], where: string }[] = []
  for (const option of options) {
    const last = lines.at(-1)
    if (option.startsWith('--') && option.length > 2) lines.push({ words: [option.slice(2)], where: `command line, ${option}` })
    else if (last === undefined) problems.push(`command line: '${option}' is no option: give options as --name value`)
    else last.words.push(option)
  }
  return lines
}

/** The name under which the directive is in the table; for an unknown one, as it is written. */
function nameOf({ words: [word = ''] }: Line): string {
  const name = lowerAscii(word)
  return findDirective(name)?.name ?? name
}

function readLine({ words: [word = '', ...values], where }: Line, { draft, places, problems }: {
  readonly draft: Draft
  readonly places: Map<string, string>
  readonly problems: string[]
}): void {
  const name = lowerAscii(word)
  const directive = findDirective(name)
  const problem = directive === undefined ? laterProblem(name) ?? unknown(word) : lineProblem(directive, values, draft)
  if (problem !== undefined) problems.push(`${where}: ${problem}`)
  else if (directive !== undefined) places.set(directive.name, where)
}

function lineProblem(directive: Directive, values: readonly string[], draft: Draft): string | undefined {
  const { name, usage, minWords, maxWords } = directive
  if (values.length < minWords || values.length > maxWords) {
    const wanted = minWords === maxWords ? count(minWords, 'value') : `at least ${count(minWords, 'value')}`
    return `${name} needs ${wanted}, not ${values.length}: write ${name} ${usage}`
  }
  const problem = directive.apply(draft, values)
  return problem === undefined ? undefined : `${name}: ${problem}`
}

function unknown(word: string): string {
  const meant = nearestWord(lowerAscii(word), DIRECTIVES.map(({ name }) => name))
  return `there is no directive '${word}': ${meant === undefined ? 'remove the line, or see docs/proxy.md for the names' : `did you mean ${meant}?`}`
}

function finished(draft: Draft): ProxySettings {
  const { sentinelUser, sentinelPassword, nodeUser, nodePassword, ...settings } = draft
  return {
    ...settings,
    sentinelLogin: loginOf(sentinelUser, sentinelPassword),
    nodeLogin: loginOf(nodeUser, nodePassword),
  }
}

function loginOf(user: string | undefined, password: string | undefined): Login | undefined {
  return password === undefined ? undefined : { user, password }
}
