import type { AccessList } from './access-list.ts'
import { mergeSelectors } from './merge-selectors.ts'
import { UNKNOWN_COMMAND } from './reasons.ts'
import type { User } from './user.ts'
import { hasNoChannelRules } from './user-lines.ts'
import { isUserName } from './words.ts'

export type AclFileReading =
  /** `usersWithoutChannelRules`: names of the users without a rule about channels. */
  | { readonly ok: true, readonly users: readonly User[], readonly usersWithoutChannelRules: readonly string[] }
  /** All problems, in one line as the original words them. */
  | { readonly ok: false, readonly problem: string }

const NOTHING_CHANGED = 'WARNING: ACL errors detected, no change to the previously active ACL rules was performed'

/**
 * Reads an ACL file (protocol.md 5.6): lines of the form `user name rule…`, and empty ones. Words are split at single
 * blanks and have no quotes. The list is not changed; all mistakes are reported, each with its line.
 */
export function readAclFile(list: AccessList, path: string, text: string): AclFileReading {
  const users = new Map<string, User>()
  const usersWithoutChannelRules: string[] = []
  let problems = ''
  for (const [index, raw] of text.split('\n').entries()) {
    const line = raw.replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, '')
    if (line === '') continue
    const words = line.split(' ')
    problems += readLine({ list, users, path, number: index + 1 }, words)
    if (hasNoChannelRules(words.slice(2))) usersWithoutChannelRules.push(words[1] ?? '')
  }
  return problems === ''
    ? { ok: true, users: [...users.values()], usersWithoutChannelRules }
    : { ok: false, problem: problems + NOTHING_CHANGED }
}

interface Reading {
  readonly list: AccessList
  readonly users: Map<string, User>
  readonly path: string
  readonly number: number
}

/** The problem of the line; empty if there is none. */
function readLine({ list, users, path, number }: Reading, [keyword, name, ...words]: readonly string[]): string {
  const where = `${path}:${number}`
  if (keyword !== 'user' || name === undefined) return `${where} should start with user keyword followed by the username. `
  // The unmatched quote is the original's.
  if (!isUserName(name)) return `'${where}: username '${name}' contains invalid characters. `
  if (users.has(name)) return `WARNING: Duplicate user '${name}' found on line ${number}. `
  const user = list.newUser(name)
  users.set(name, user)
  return applyAll(user, words, where)
}

/** Reports each unknown command, and of other mistakes the first one of the line. */
function applyAll(user: User, words: readonly string[], where: string): string {
  const merged = mergeSelectors(words)
  if (!merged.ok) return `${where}: Unmatched parenthesis in selector definition. `
  let problems = ''
  let hasSyntaxProblem = false
  for (const rule of merged.rules) {
    const reason = user.apply(rule)
    if (reason === UNKNOWN_COMMAND) {
      problems += `${where}: Error in applying operation '${rule}': ${reason}. `
    } else if (reason !== undefined && !hasSyntaxProblem) {
      problems += `${where}: ${reason}. `
      hasSyntaxProblem = true
    }
  }
  return problems
}

/** The text that `readAclFile` reads back as these users. */
export function writeAclFile(list: AccessList): string {
  return list.lines({ showsDefaults: false })
    .map(({ name, rules }) => `${['user', name, ...rules].join(' ')}\n`).join('')
}
