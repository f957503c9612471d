/** What is wrong with the arguments of a tool, without the hints that Node.js adds to its messages. */
import { nearestWord } from '../../text/index.ts'

/** `error`: thrown by `parseArgs`. `options`: the names of the options of the tool. */
export function argumentProblem(error: unknown, options: readonly string[]): string {
  const message = error instanceof Error ? error.message : String(error)
  const [, unknown] = /^Unknown option '(-[^']*)'/.exec(message) ?? []
  if (unknown === undefined) return inOurWords(message)
  const meant = nearestWord(unknown.replace(/^-+/, ''), options)
  return `there is no option ${unknown}${meant === undefined ? '' : `. Did you mean: --${meant}?`}`
}

function inOurWords(message: string): string {
  const [, extra] = /^Unexpected argument '([^]*)'\. This command/.exec(message) ?? []
  if (extra !== undefined) return `unexpected argument ${JSON.stringify(extra)}`
  const [, without] = /^Option '(?:-\w, )?(--[^ ']+)(?: <value>)?' argument (?:missing|is ambiguous)/.exec(message) ?? []
  if (without !== undefined) return `${without} needs a value`
  const [, flag] = /^Option '(?:-\w, )?(--[^ ']+)' does not take an argument/.exec(message) ?? []
  return flag === undefined ? message : `${flag} takes no value`
}
