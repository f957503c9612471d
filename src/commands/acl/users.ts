import { DEFAULT_USER, userNameProblem, type RulesProblem, type UserDescription } from '../../acl/index.ts'
import { error, map, OK, set } from '../../resp/index.ts'
import type { RespValue } from '../../resp/index.ts'
import { visibleText } from '../../text/index.ts'
import type { Client } from '../client.ts'
import { arityFits } from '../command-index.ts'
import type { Answer, Call } from '../command-spec.ts'
import { denialText } from '../denial.ts'
import { wrongArity } from '../errors.ts'
import { RULE_CHARS_MAX, RULES_PER_REQUEST_MAX, USER_NAME_CHARS_MAX, USER_RULES_MAX, USERS_MAX } from '../limits.ts'
import { disconnect } from './disconnect.ts'

/** ACL subcommands about users (protocol.md 5.6). */

export function whoAmI({ client }: Call): Answer {
  return client.user
}

export function users({ env }: Call): Answer {
  return env.access.users()
}

export function list({ env }: Call): Answer {
  return env.access.lines({ showsDefaults: true }).map(({ name, rules }) => ['user', name, ...rules].join(' '))
}

export function getUser({ argv, env }: Call): Answer {
  const user = env.access.describe(argv[2] ?? '')
  if (user === undefined) return null
  return map([
    'flags', set(user.flags),
    'passwords', [...user.passwordHashes],
    ...selectorFields(user),
    'selectors', user.selectors.map((selector) => map(selectorFields(selector))),
  ])
}

type SelectorDescription = UserDescription['selectors'][number]

function selectorFields({ commands, keys, channels }: SelectorDescription): readonly RespValue[] {
  return ['commands', commands, 'keys', keys, 'channels', channels]
}

/**
 * ACL SETUSER user rule…: applies all of the rules or none. The user becomes durable with the next save
 * (config.md 6.1).
 */
export function setUser(call: Call): Answer {
  const { argv, env } = call
  const [, , name = '', ...rules] = argv
  const bound = boundProblem(name, rules, env.access)
  if (bound !== undefined) return error(`ERR ${bound}`)
  const nameProblem = userNameProblem(name)
  if (nameProblem !== undefined) return error(`ERR ${nameProblem}`)
  const problem = env.access.setUser(name, rules)
  if (problem !== undefined) return error(`ERR ${problemText(problem)}`)
  warnIfUnsaved(env, [name])
  return disconnect(call, (other) => other.user === name && hearsTooMuch(other, env.access), OK)
}

/** Why a request exceeds a bound, or undefined. Users in files may exceed it: only what requests can add is bounded. */
function boundProblem(name: string, rules: readonly string[], access: Call['env']['access']): string | undefined {
  if (rules.length > RULES_PER_REQUEST_MAX) return `too many rules, at most ${RULES_PER_REQUEST_MAX} in one request`
  if (rules.some((rule) => rule.length > RULE_CHARS_MAX)) return `rule too long, at most ${RULE_CHARS_MAX} characters`
  if (access.sizeOf(name) + rules.length > USER_RULES_MAX && access.sizeOf(name) > 0 && !startsAfresh(rules)) {
    return `too many rules, at most ${USER_RULES_MAX} for a user; 'reset' removes those that there are`
  }
  if (access.hasUser(name)) return undefined
  if (name.length > USER_NAME_CHARS_MAX) return `user name too long, at most ${USER_NAME_CHARS_MAX} characters`
  return access.userCount < USERS_MAX ? undefined : `too many users, at most ${USERS_MAX}`
}

function startsAfresh(rules: readonly string[]): boolean {
  return rules[0]?.toLowerCase() === 'reset'
}

function problemText(problem: RulesProblem): string {
  switch (problem.kind) {
    case 'rule':
      return `Error in ACL SETUSER modifier '${problem.rule}': ${problem.reason}`
    case 'parenthesis':
      return `Unmatched parenthesis in acl selector starting at '${problem.opening}'.`
  }
}

/** Whether the client is subscribed to a channel or pattern that its user may no longer receive. */
function hearsTooMuch({ user, channels, patterns }: Client, access: Call['env']['access']): boolean {
  return [...channels].some((channel) => !access.allowsChannel(user, 'channel', channel))
    || [...patterns].some((pattern) => !access.allowsChannel(user, 'pattern', pattern))
}

/** ACL DELUSER user…: answers with the number of users that were removed. */
export function delUser(call: Call): Answer {
  const { argv, env } = call
  const names = argv.slice(2)
  if (names.includes(DEFAULT_USER)) return error('ERR The \'default\' user cannot be removed')
  const removed = new Set(names.filter((name) => env.access.deleteUser(name)))
  warnIfUnsaved(env, [...removed])
  return disconnect(call, (other) => removed.has(other.user), removed.size)
}

function warnIfUnsaved({ stateFile, aclFile, logger }: Call['env'], names: readonly string[]): void {
  if (stateFile === undefined || aclFile !== undefined) return
  for (const name of names) {
    logger.log('warning', `The change of the user '${visibleText(name)}' ends with this process: users are not saved, because sentinel `
    + 'state-config-file is set. Use an ACL file, or write user lines into the main file.')
  }
}

/** ACL DRYRUN user command arg…: whether the user may run the command. */
export function dryRun({ argv, env }: Call): Answer {
  const [, , user = '', ...request] = argv
  if (!env.access.hasUser(user)) return error(`ERR User '${user}' not found`)
  const spec = env.commands.resolve(request)
  if (spec === undefined) return error(`ERR Command '${request[0] ?? ''}' not found`)
  if (!arityFits(spec, request.length)) return wrongArity(spec.fullName)
  const denial = env.access.denial(user, { command: spec, argv: request, channels: spec.channels?.(request) })
  return denial === undefined ? OK : denialText(denial, user, spec)
}
