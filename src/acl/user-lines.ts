import { type AccessList, DEFAULT_USER, type UserLine } from './access-list.ts'
import { UNKNOWN_COMMAND } from './reasons.ts'
import { mergeSelectors } from './merge-selectors.ts'
import type { RulesProblem } from './user.ts'
import { isUserName } from './words.ts'

export interface UserLineProblem {
  /** Index of the wrong rule, counted after selectors were put together, or of the word that opens a selector. */
  readonly rule: number
  readonly reason: string
}

/**
 * The form of a `user` line of the configuration. The original reads such lines before it knows its commands, so
 * unknown ones are no mistake yet (config.md 2.7 and 10).
 */
export function userLineProblem(list: AccessList, words: readonly string[]): UserLineProblem | undefined {
  const merged = mergeSelectors(words)
  if (!merged.ok) return { rule: merged.index, reason: UNKNOWN_COMMAND }
  const user = list.newUser('')
  for (const [rule, text] of merged.rules.entries()) {
    const reason = user.apply(text)
    if (reason !== undefined && reason !== UNKNOWN_COMMAND) return { rule, reason }
  }
  return undefined
}

/**
 * Defines the users of the configuration in a new list. Returns why the process cannot start, in the original's words
 * (config.md 10). A line about `default` starts from a user without rights (config.md 4.3).
 */
export function loadUserLines(list: AccessList, lines: readonly UserLine[]): string | undefined {
  for (const { name, rules } of lines) {
    if (!isUserName(name)) return 'Spaces not allowed in ACL usernames'
    const problem = list.loadUser(name, name === DEFAULT_USER ? ['reset', ...rules] : rules)
    if (problem !== undefined) return loadingProblem(name, problem)
  }
  return undefined
}

function loadingProblem(name: string, problem: RulesProblem): string {
  const [rule, reason] = problem.kind === 'rule' ? [problem.rule, problem.reason] : [problem.opening, UNKNOWN_COMMAND]
  return `Error loading ACL rule '${rule}' for the user named '${name}': ${reason}`
}
