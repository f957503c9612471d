/**
 * Reads a text line by line: all lines but the `sentinel` lines, which are only collected (config.md 2.1, 2.3 to 2.5).
 */
import { fromBytes, lowerAscii, splitWords } from '../text/index.ts'
import { readDirective, WRONG_COUNT } from './directives/read.ts'
import { findDirective, FOREIGN_DIRECTIVES, IGNORED_DIRECTIVES } from './directives/table.ts'
import { isGlobPattern } from './environment.ts'
import { configFailure, type Failure, type FailureLine } from './failure.ts'
import type { Loading } from './loading.ts'
import { directiveValue } from './settings.ts'
import { dropAfterNul, isIgnoredLine, trimLine } from './text-lines.ts'

const BAD_DIRECTIVE = 'Bad directive or wrong number of arguments'

/** Reads a whole text: the main one, or an include as a text of its own. */
export function readText(loading: Loading, bytes: string, include?: string): Failure | undefined {
  for (const [index, line] of bytes.split('\n').entries()) {
    const trimmed = trimLine(line)
    if (isIgnoredLine(trimmed)) continue
    const where = { number: index + 1, text: fromBytes(trimmed), ...include === undefined ? {} : { include } }
    const failure = readLine(loading, trimmed, where)
    if (failure !== undefined) return failure
  }
  return checkAtEnd(loading)
}

/** The problem of one line, or the failure of an include in it. */
function readLine(loading: Loading, trimmed: string, where: FailureLine): Failure | undefined {
  const words = splitWords(trimmed)?.map(fromBytes)
  if (words === undefined) return configFailure('Unbalanced quotes in configuration line', where)
  loading.lines.push({ words, number: where.number, include: where.include })
  return runWords(loading, words, where)
}

/** Reads a line that has been split into words, in byte text. */
export function readWords(loading: Loading, words: readonly string[], where: FailureLine): Failure | undefined {
  return runWords(loading, words.map(fromBytes), where)
}

function runWords(loading: Loading, words: readonly string[], where: FailureLine): Failure | undefined {
  const [word, ...args] = words
  if (word === undefined) return undefined
  const name = lowerAscii(word)
  if (name === 'include' && args.length === 1) return include(loading, args[0] ?? '', where)
  const problem = standardLine(loading, name, args, where)
  return problem === undefined ? undefined : configFailure(problem, where)
}

function standardLine(
  loading: Loading, name: string, args: readonly string[], where: FailureLine,
): string | undefined {
  const directive = findDirective(name)
  if (directive !== undefined) return standardDirective(loading, name, args)
  if (name === 'dir') return changeDirectory(loading, args)
  if (IGNORED_DIRECTIVES.has(name) && args.length === 1) return undefined
  if (FOREIGN_DIRECTIVES.has(name) && args.length > 0) return foreignDirective(loading, name)
  if (name === 'rename-command' && args.length === 2) return renameCommand(loading, args)
  if (name === 'user' && args.length > 0) return user(loading, args)
  if (name === 'loadmodule' && args.length > 0) return undefined
  if (name.includes('.')) return args.length > 0 ? undefined : 'Module config specified without value'
  if (name === 'sentinel') return sentinelLine(loading, args, where)
  return BAD_DIRECTIVE
}

function standardDirective(loading: Loading, name: string, args: readonly string[]): string | undefined {
  const directive = findDirective(name)
  if (directive === undefined) return BAD_DIRECTIVE
  const previous = directiveValue(loading.values, directive.name)
  const unixSocket = directiveValue(loading.values, 'unixsocket')?.[0] ?? ''
  const reading = readDirective(directive, args, { previous, unixSocket })
  if (!reading.ok) return reading.problem
  loading.values.set(directive.name, reading.value)
  return undefined
}

function foreignDirective({ log }: Loading, name: string): undefined {
  log.push({ level: 'notice', text: `The directive '${name}' of another release is ignored: a Sentinel does not use it.` })
}

/** Takes effect at once: later paths, those of includes among them, are relative to the new directory. */
function changeDirectory({ environment }: Loading, args: readonly string[]): string | undefined {
  const [path] = args
  return path === undefined || args.length > 1 ? WRONG_COUNT : environment.changeDirectory(path)
}

function renameCommand(loading: Loading, [from = '', to = '']: readonly string[]): string | undefined {
  const { commandNames, renamedCommands } = loading
  if (!commandNames.has(lowerAscii(from))) return 'No such command in rename-command'
  commandNames.delete(lowerAscii(from))
  if (commandNames.has(lowerAscii(to))) return 'Target command name already exists'
  if (to !== '') commandNames.add(lowerAscii(to))
  renamedCommands.push([from, to])
  return undefined
}

function user(loading: Loading, [name = '', ...rules]: readonly string[]): string | undefined {
  const problem = loading.userNames.has(name)
    ? { at: name, reason: 'Duplicate user found. A user can only be defined once in config files' }
    : userProblem(loading, name, rules)
  if (problem !== undefined) return `Error in user declaration '${problem.at}': ${problem.reason}`
  loading.userNames.add(name)
  loading.users.push({ name, rules })
  return undefined
}

/** The original names the word two positions before the wrong rule. */
function userProblem({ validateUser }: Loading, name: string, rules: readonly string[]) {
  const problem = validateUser(rules)
  return problem && { at: ['user', name, ...rules][problem.rule] ?? '', reason: problem.reason }
}

function sentinelLine(
  { sentinelMode, sentinelLines }: Loading, words: readonly string[], { number, text, include }: FailureLine,
): string | undefined {
  if (words.length === 0) return undefined
  if (!sentinelMode) return 'sentinel directive while not in sentinel mode'
  sentinelLines.push({ words, text, number, include })
  return undefined
}

/** All matches are joined before they are split into lines, as in the original. */
function include(loading: Loading, path: string, where: FailureLine): Failure | undefined {
  const { environment, openFiles, readFiles } = loading
  const paths = isGlobPattern(path) ? environment.glob(path) : [path]
  let bytes = ''
  const identities: string[] = []
  for (const file of paths) {
    const reading = environment.readFile(file)
    if (!reading.ok) return cannotOpen(file, reading.problem)
    const identity = environment.identity(file)
    if (openFiles.includes(identity)) return configFailure(`'${file}' includes itself`, where)
    identities.push(identity)
    bytes += dropAfterNul(reading.value)
  }
  openFiles.push(...identities)
  readFiles.push(...identities)
  const failure = readText(loading, bytes, path)
  openFiles.splice(openFiles.length - identities.length)
  return failure
}

export function cannotOpen(path: string, problem: string): Failure {
  return { kind: 'log', text: `Fatal error, can't open config file '${path}': ${problem}` }
}

/** Checks that the original makes at the end of each text, includes among them. */
function checkAtEnd({ values, environment }: Loading): Failure | undefined {
  const logFile = directiveValue(values, 'logfile')?.[0] ?? ''
  const problem = logFile === '' ? undefined : environment.checkLogFile(logFile)
  if (problem !== undefined) return configFailure(`Can't open the log file: ${problem}`)
  const isCluster = directiveValue(values, 'cluster-enabled')?.[0] === 'yes'
  if (isCluster && directiveValue(values, 'replicaof') !== undefined) {
    return configFailure('replicaof directive not allowed in cluster mode')
  }
  return undefined
}
