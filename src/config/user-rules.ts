/**
 * The form of `user` lines (config.md 2.7, rows 42, 43, 143 to 147): enough to refuse at the right line what the
 * original refuses while it reads. What the rules mean, and whether commands and categories exist, is for the ACL.
 */
export interface UserProblem {
  /** Index of the rule that is wrong, counted after selectors were put together. */
  readonly rule: number
  readonly reason: string
}

/** Undefined when the rules can be read. */
export type UserValidator = (rules: readonly string[]) => UserProblem | undefined

const SYNTAX = 'Syntax error'
const BAD_HASH = 'The password hash must be exactly 64 characters and contain only lowercase hexadecimal characters'
const NO_SUCH_PASSWORD = 'The password you are trying to remove from the user does not exist'
const NO_FIRST_ARGUMENT = 'Allowing first-arg of a subcommand is not supported'

const USER_WORDS = new Set([
  'on', 'off', 'nopass', 'resetpass', 'reset', 'sanitize-payload', 'skip-sanitize-payload', 'clearselectors',
])
const SELECTOR_WORDS = new Set([
  'allkeys', 'resetkeys', 'allchannels', 'resetchannels', 'allcommands', 'nocommands',
])

/** The validator that is used when none is given. */
export const validateUserRules: UserValidator = (rules) => {
  const merged = mergeSelectors(rules)
  if (!merged.ok) return { rule: merged.opening, reason: 'Unknown command or category name in ACL' }
  const state: UserState = { passwords: new Set(), unknownHashes: false, ...emptySelector() }
  for (const [index, rule] of merged.rules.entries()) {
    const reason = userRuleProblem(rule, state)
    if (reason !== undefined) return { rule: index, reason }
  }
  return undefined
}

type Merged =
  | { readonly ok: true, readonly rules: readonly string[] }
  | { readonly ok: false, readonly opening: number }

/** `(~a` `+get)` is one rule that was written with a blank in it. */
function mergeSelectors(rules: readonly string[]): Merged {
  const merged: string[] = []
  let opening: number | undefined
  for (const [index, rule] of rules.entries()) {
    if (opening === undefined && rule.startsWith('(')) {
      opening = index
      merged.push('')
    }
    if (opening === undefined) {
      merged.push(rule)
    } else {
      merged.push(`${merged.pop() ?? ''}${opening === index ? '' : ' '}${rule}`)
      if (rule.endsWith(')')) opening = undefined
    }
  }
  return opening === undefined ? { ok: true, rules: merged } : { ok: false, opening }
}

interface SelectorState {
  allKeys: boolean
  allChannels: boolean
}

interface UserState extends SelectorState {
  /** `>` with the text, `#` with the hash. */
  readonly passwords: Set<string>
  /** A password was given in clear: a hash may be the one of it. */
  unknownHashes: boolean
}

function emptySelector(): SelectorState {
  return { allKeys: false, allChannels: false }
}

function userRuleProblem(rule: string, state: UserState): string | undefined {
  const word = rule.toLowerCase()
  if (word === '') return undefined
  if (word === 'reset') Object.assign(state, emptySelector())
  if (word === 'reset' || word === 'nopass' || word === 'resetpass') state.passwords.clear()
  if (USER_WORDS.has(word)) return undefined
  switch (rule.charAt(0)) {
    case '>':
      state.passwords.add(rule)
      state.unknownHashes = true
      return undefined
    case '#':
      if (!isHash(rule.slice(1))) return BAD_HASH
      state.passwords.add(rule)
      return undefined
    case '<':
      return state.passwords.delete(`>${rule.slice(1)}`) ? undefined : NO_SUCH_PASSWORD
    case '!':
      if (!isHash(rule.slice(1))) return BAD_HASH
      return state.passwords.delete(`#${rule.slice(1)}`) || state.unknownHashes ? undefined : NO_SUCH_PASSWORD
    case '(':
      return selectorProblem(rule)
    default:
      return selectorRuleProblem(rule, state)
  }
}

function isHash(text: string): boolean {
  return /^[0-9a-f]{64}$/.test(text)
}

function selectorProblem(rule: string): string | undefined {
  const state = emptySelector()
  for (const inner of rule.slice(1, -1).split(/[ \t\r\n]+/).filter((word) => word !== '')) {
    const reason = selectorRuleProblem(inner, state)
    if (reason !== undefined) return reason
  }
  return undefined
}

function selectorRuleProblem(rule: string, state: SelectorState): string | undefined {
  const word = rule.toLowerCase()
  if (word === 'allkeys' || word === '~*') state.allKeys = true
  if (word === 'resetkeys') state.allKeys = false
  if (word === 'allchannels' || word === '&*') state.allChannels = true
  if (word === 'resetchannels') state.allChannels = false
  if (SELECTOR_WORDS.has(word) || word === '~*' || word === '&*') return undefined
  switch (rule.charAt(0)) {
    case '~':
    case '%':
      return keyPatternProblem(rule, state)
    case '&':
      if (/\s/.test(rule)) return SYNTAX
      return state.allChannels ? patternAfterAll('allchannels', 'resetchannels', 'channels') : undefined
    case '+':
      return rule.split('|').length > 2 && !rule.startsWith('+@') ? NO_FIRST_ARGUMENT : undefined
    case '-':
      return undefined
    default:
      return SYNTAX
  }
}

function keyPatternProblem(rule: string, state: SelectorState): string | undefined {
  // `%R~pattern`; without the tilde the pattern is empty.
  const isKey = rule.startsWith('~') || /^%(?:[rR][wW]?|[wW][rR]?)(?:~|$)/.test(rule)
  if (!isKey || /\s/.test(rule)) return SYNTAX
  return state.allKeys ? patternAfterAll('allkeys', 'resetkeys', 'patterns') : undefined
}

function patternAfterAll(all: string, reset: string, list: string): string {
  return `Adding a pattern after the * pattern (or the '${all}' flag) is not valid and does not have any effect. `
    + `Try '${reset}' to start with an empty list of ${list}`
}
