import type { GlobalChange } from '../../core/index.ts'
import { error, isError } from '../../resp/index.ts'
import type { ErrorReply } from '../../resp/index.ts'
import type { Answer } from '../command-spec.ts'
import type { CommandEnvironment, LogLevelName } from '../environment.ts'
import { LOG_LEVELS } from '../environment.ts'
import { LOG_LEVEL_NOT_SAVED, passwordIsOutside, TOO_MANY_OPTIONS } from '../errors.ts'
import { OPTIONS_MAX } from '../limits.ts'
import { encodingProblem, integerBetween, keepingProblem } from '../words.ts'
import { okIfSaved, submit } from './operation-reply.ts'

type Change = GlobalChange | { readonly kind: 'log-level', readonly level: LogLevelName }

/** All or nothing: everything is read before anything is applied, and the first error from the left is returned. */
export function configSet(words: readonly string[], env: CommandEnvironment): Answer {
  const changes = readAll(words, env)
  if (isError(changes)) return changes
  const levelBefore = env.logLevel.get()
  const globals: GlobalChange[] = []
  for (const change of changes) {
    if (change.kind === 'log-level') env.logLevel.set(change.level)
    else globals.push(change)
  }
  // The core does not use the log level, but it is saved with the rest.
  const operation = globals.length > 0 ? { kind: 'set-globals', changes: globals } as const : { kind: 'save' } as const
  const isUnsaved = env.stateFile !== undefined && globals.length < changes.length
  return submit(
    env, operation,
    (outcome) => isUnsaved && outcome.save !== 'failed' ? LOG_LEVEL_NOT_SAVED : okIfSaved(outcome),
    () => { env.logLevel.set(levelBefore) },
  )
}

function readAll(words: readonly string[], { view }: CommandEnvironment): readonly Change[] | ErrorReply {
  if (words.length > 2 * OPTIONS_MAX) return TOO_MANY_OPTIONS
  const seen = new Set<string>()
  const changes: Change[] = []
  for (let at = 0; at < words.length; at += 2) {
    const [option = '', value] = words.slice(at, at + 2)
    const name = option.toLowerCase()
    const read = READERS.get(name)
    if (read === undefined) return error(`ERR Invalid argument '${option}' to SENTINEL CONFIG SET`)
    if (seen.has(name)) return error(`ERR Duplicate argument '${option}' to SENTINEL CONFIG SET`)
    if (value === undefined) return error(`ERR Missing argument '${option}' value`)
    seen.add(name)
    const change = name === 'sentinel-pass' && view.isPasswordOutside('peers') ? passwordIsOutside(name) : read(value)
    if (isError(change)) return change
    if (change === undefined) return error(`ERR Invalid value '${value}' to SENTINEL CONFIG SET '${option}'`)
    changes.push(change)
  }
  return changes
}

/** Returns undefined for text that is not a value of this option. */
type Reader = (value: string) => Change | ErrorReply | undefined

const READERS: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ['announce-ip', (value) => {
    // An empty announce address would make every peer forget this sentinel, so it means "not set".
    const problem = keepingProblem('Announced address', value) ?? commaProblem(value)
    return problem === undefined ? { kind: 'announce-ip', host: orNothing(value) } : error(problem)
  }],
  ['announce-port', (value) => {
    const port = integerBetween(value, 0, 65_535)
    return port === undefined ? undefined : { kind: 'announce-port', port }
  }],
  ['resolve-hostnames', (value) => {
    const on = readYesNo(value)
    return on === undefined ? undefined : { kind: 'resolve-hostnames', on }
  }],
  ['announce-hostnames', (value) => {
    const on = readYesNo(value)
    return on === undefined ? undefined : { kind: 'announce-hostnames', on }
  }],
  ['sentinel-user', (value) => {
    const problem = encodingProblem('User', value)
    return problem === undefined ? { kind: 'sentinel-user', user: orNothing(value) } : error(problem)
  }],
  ['sentinel-pass', (value) => {
    const problem = encodingProblem('Password', value)
    return problem === undefined ? { kind: 'sentinel-pass', secret: orNothing(value) } : error(problem)
  }],
  ['loglevel', (value) => {
    const level = LOG_LEVELS.find((name) => name === value.toLowerCase())
    return level === undefined ? undefined : { kind: 'log-level', level }
  }],
])

/** The address is a field of the hello message: a blank or comma in it would break every peer's view of us. */
function commaProblem(host: string): string | undefined {
  return /[ ,]/.test(host) ? 'ERR Announced address must not contain spaces or commas' : undefined
}

function readYesNo(value: string): boolean | undefined {
  switch (value.toLowerCase()) {
    case 'yes':
      return true
    case 'no':
      return false
    default:
      return undefined
  }
}

function orNothing(value: string): string | undefined {
  return value === '' ? undefined : value
}
