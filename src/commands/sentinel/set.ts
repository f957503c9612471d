import { namesOf, SETTINGS, type SetChange, type Setting } from '../../core/index.ts'
import { error, isError } from '../../resp/index.ts'
import type { ErrorReply } from '../../resp/index.ts'
import type { Answer, Call } from '../command-spec.ts'
import type { CommandEnvironment } from '../environment.ts'
import { NO_SUCH_MASTER, passwordIsOutside, TOO_MANY_OPTIONS } from '../errors.ts'
import { OPTIONS_MAX } from '../limits.ts'
import { encodingProblem, integerBetween, keepingProblem } from '../words.ts'
import { okIfSaved, submit } from './operation-reply.ts'

/**
 * SENTINEL SET name option value … (protocol.md 2.11). Options are read from left to right: those before the first
 * invalid one are applied and saved, and the answer is its error.
 */
export function set({ argv, env }: Call): Answer {
  const name = argv[2] ?? ''
  if (!env.view.hasMaster(name)) return NO_SUCH_MASTER
  if (argv.length > 3 + 3 * OPTIONS_MAX) return TOO_MANY_OPTIONS
  const changes: SetChange[] = []
  let at = 3
  while (at < argv.length) {
    const change = readChange(argv.slice(at, at + 3), env)
    const read = isError(change) ? change : outsidePasswordProblem(name, change, env) ?? change
    if (isError(read)) return changes.length === 0 ? read : submit(env, { kind: 'set', name, changes }, () => read)
    changes.push(read)
    at += read.kind === 'renames' ? 3 : 2
  }
  return submit(env, { kind: 'set', name, changes }, okIfSaved)
}

const OPTIONS: ReadonlyMap<string, Setting> = new Map(SETTINGS
  .filter(({ isFixed = false }) => !isFixed)
  .flatMap((setting) => namesOf(setting).map((name) => [name, setting] as const)))

const MILLISECONDS_MAX = Number.MAX_SAFE_INTEGER
/** Counts are 32-bit integers. The original accepts larger ones and keeps the lower half of their bits. */
const COUNT_MAX = 2_147_483_647

const DENIED = error(
  'ERR Reconfiguration of scripts path is denied for security reasons. Check the deny-scripts-reconfig configuration directive in your Sentinel configuration',
)

/** A password that no save may write is not replaced by one that a save would write. */
function outsidePasswordProblem(
  name: string, { setting }: SetChange, { view }: CommandEnvironment,
): ErrorReply | undefined {
  return setting === 'authPass' && view.isPasswordOutside({ master: name }) ? passwordIsOutside('auth-pass') : undefined
}

/** `words`: option, value and, for rename-command, a second value. `option` keeps its case for the +set event. */
function readChange(words: readonly string[], env: CommandEnvironment): SetChange | ErrorReply {
  const [option = '', value, second] = words
  const setting = OPTIONS.get(option.toLowerCase())
  if (value === undefined || setting === undefined) return unknownOption(option)
  const { kind, key } = setting
  switch (kind) {
    case 'time': {
      const ms = integerBetween(value, setting.min, MILLISECONDS_MAX)
      return ms === undefined ? badValue(option, value) : { option, kind, setting: key, value: ms }
    }
    case 'count': {
      const count = integerBetween(value, setting.min, COUNT_MAX)
      return count === undefined ? badValue(option, value) : { option, kind, setting: key, value: count }
    }
    case 'script':
      return scriptProblem(value, env, `${setting.label} script`) ?? { option, kind, setting: key, value: orNothing(value) }
    case 'text': {
      const problem = encodingProblem(setting.label, value)
      return problem === undefined ? { option, kind, setting: key, value: orNothing(value) } : error(problem)
    }
    case 'renames':
      if (second === undefined) return unknownOption(option)
      return renameProblem(option, value, second) ?? { option, kind, setting: key, value: [value, second] }
  }
}

/** Why the path may not be set, or undefined. An empty path removes the script. */
function scriptProblem(path: string, env: CommandEnvironment, what: string): ErrorReply | undefined {
  if (env.view.globals().denyScriptsReconfig) return DENIED
  const problem = keepingProblem(what, path)
  if (problem !== undefined) return error(problem)
  if (path === '' || env.isExecutable(path)) return undefined
  return error(`ERR ${what} seems non existing or non executable`)
}

function renameProblem(option: string, from: string, to: string): ErrorReply | undefined {
  if (from === '' || to === '') return badValue(option, from === '' ? from : to)
  const problem = keepingProblem('Command name', from + to)
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
