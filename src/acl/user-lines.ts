import { type AccessList, DEFAULT_USER, type UserLine } from './access-list.ts'
import { UNKNOWN_COMMAND } from './reasons.ts'
import { mergeSelectors } from './merge-selectors.ts'
import type { RulesProblem } from './rules-problem.ts'
import { isUserName } from './words.ts'

export interface UserLineProblem {
  /** Index of the wrong rule, after the words of selectors were joined, or of the word that opens a selector. */
  readonly rule: number
  readonly reason: string
}

/**
 * Checks the form of a `user` line of the configuration. The original reads these lines before it knows its commands,
 * so unknown commands are reported later (config.md 2.7 and 10).
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
 * (config.md 10). A line about `default` starts from a user without rights (config.md 4.3), but a line without rules
 * about channels gets all channels: Redis 6.0 wrote such a line into every file, and its rules had no channels. The
 * original removes them, and with them every subscription of every client. `channelsAreDecided`: the file has
 * `acl-pubsub-default`, which 6.0 did not know, so that setting decides.
 */
export function loadUserLines(
  list: AccessList, lines: readonly UserLine[], { channelsAreDecided = false } = {},
): string | undefined {
  for (const { name, rules } of lines) {
    if (!isUserName(name)) return 'Spaces not allowed in ACL usernames'
    const getsChannels = !channelsAreDecided && hasNoChannelRules(rules)
    const problem = list.loadUser(
      name, name === DEFAULT_USER ? ['reset', ...rules, ...getsChannels ? ['allchannels'] : []] : rules,
    )
    if (problem !== undefined) return loadingProblem(name, problem)
  }
  return undefined
}

/**
 * Whether the channels of the user depend on the release that reads the rules. Releases from 6.2 on always write a rule
 * about channels.
 */
export function hasNoChannelRules(rules: readonly string[]): boolean {
  return !rules.some((rule) => rule.includes('&') || /^\(*(?:allchannels|resetchannels)\)?$/i.test(rule))
}

function loadingProblem(name: string, problem: RulesProblem): string {
  const [rule, reason] = problem.kind === 'rule' ? [problem.rule, problem.reason] : [problem.opening, UNKNOWN_COMMAND]
  return `Error loading ACL rule '${rule}' for the user named '${name}': ${reason}`
}
