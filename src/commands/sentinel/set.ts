import type { SetChange } from '../../core/index.ts'
import { error, isError } from '../../resp/index.ts'
import type { ErrorReply } from '../../resp/index.ts'
import type { Answer, Call } from '../command-spec.ts'
import type { CommandEnvironment } from '../environment.ts'
import { NO_SUCH_MASTER, TOO_MANY_OPTIONS } from '../errors.ts'
import { OPTIONS_MAX } from '../limits.ts'
import { encodingProblem, integerBetween, keepingProblem } from '../words.ts'
import { okIfSaved, submit } from './operation-reply.ts'

/**
 * SENTINEL SET name option value … (protocol.md 2.11). Options count from left to right: those before the first bad
 * one are applied and saved, and the error is the answer.
 */
export function set({ argv, env }: Call): Answer {
  const name = argv[2] ?? ''
  if (!env.view.hasMaster(name)) return NO_SUCH_MASTER
  if (argv.length > 3 + 3 * OPTIONS_MAX) return TOO_MANY_OPTIONS
  const changes: SetChange[] = []
  let at = 3
  while (at < argv.length) {
    const read = readChange(argv.slice(at, at + 3), env)
    if (isError(read)) return changes.length === 0 ? read : submit(env, { kind: 'set', name, changes }, () => read)
    changes.push(read)
    at += read.kind === 'rename-command' ? 3 : 2
  }
  return submit(env, { kind: 'set', name, changes }, okIfSaved)
}

const MILLISECONDS_MAX = Number.MAX_SAFE_INTEGER
/** Counts are 32-bit integers. The original takes larger ones and keeps the lower half of their bits. */
const COUNT_MAX = 2_147_483_647

const DENIED = error(
  'ERR Reconfiguration of scripts path is denied for security reasons. Check the deny-scripts-reconfig configuration directive in your Sentinel configuration',
)

/** `words`: option, value and, for rename-command, a second value. `option` keeps its case for the +set event. */
function readChange(words: readonly string[], env: CommandEnvironment): SetChange | ErrorReply {
  const [option = '', value, second] = words
  if (value === undefined) return unknownOption(option)
  switch (option.toLowerCase()) {
    case 'down-after-milliseconds':
      return number(option, value, 1, MILLISECONDS_MAX, (ms) => ({ option, kind: 'down-after', ms }))
    case 'failover-timeout':
      return number(option, value, 1, MILLISECONDS_MAX, (ms) => ({ option, kind: 'failover-timeout', ms }))
    case 'master-reboot-down-after-period':
    case 'primary-reboot-down-after-period':
      return number(option, value, 0, MILLISECONDS_MAX, (ms) => ({ option, kind: 'reboot-down-after', ms }))
    case 'parallel-syncs':
      return number(option, value, 1, COUNT_MAX, (count) => ({ option, kind: 'parallel-syncs', count }))
    case 'quorum':
      return number(option, value, 1, COUNT_MAX, (count) => ({ option, kind: 'quorum', count }))
    case 'notification-script':
      return script(value, env, 'Notification script')
        ?? { option, kind: 'notification-script', path: orNothing(value) }
    case 'client-reconfig-script':
      return script(value, env, 'Client reconfiguration script')
        ?? { option, kind: 'client-reconfig-script', path: orNothing(value) }
    case 'auth-pass':
      return kept('Password', value) ?? { option, kind: 'auth-pass', secret: orNothing(value) }
    case 'auth-user':
      return kept('User', value) ?? { option, kind: 'auth-user', user: orNothing(value) }
    case 'rename-command':
      return second === undefined ? unknownOption(option) : rename(option, value, second)
    default:
      return unknownOption(option)
  }
}

function number(
  option: string, value: string, min: number, max: number, change: (read: number) => SetChange,
): SetChange | ErrorReply {
  const read = integerBetween(value, min, max)
  return read === undefined ? badValue(option, value) : change(read)
}

/** Why the path may not be set, or undefined. An empty path takes the script away. */
function script(path: string, env: CommandEnvironment, what: string): ErrorReply | undefined {
  if (env.view.globals().denyScriptsReconfig) return DENIED
  const problem = keepingProblem(what, path)
  if (problem !== undefined) return error(problem)
  if (path === '' || env.isExecutable(path)) return undefined
  return error(`ERR ${what} seems non existing or non executable`)
}

function rename(option: string, from: string, to: string): SetChange | ErrorReply {
  if (from === '' || to === '') return badValue(option, from === '' ? from : to)
  const problem = keepingProblem('Command name', from + to)
  return problem === undefined ? { option, kind: 'rename-command', from, to } : error(problem)
}

function kept(what: string, value: string): ErrorReply | undefined {
  const problem = encodingProblem(what, value)
  return problem === undefined ? undefined : error(problem)
}

function orNothing(value: string): string | undefined {
  return value === '' ? undefined : value
}

function badValue(option: string, value: string): ErrorReply {
  return error(`ERR Invalid argument '${value}' for SENTINEL SET '${option}'`)
}

function unknownOption(option: string): ErrorReply {
  return error(`ERR Unknown option or number of arguments for SENTINEL SET '${option}'`)
}
