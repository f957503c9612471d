import { globMatch } from '../../core/index.ts'
import { error, map, prepared } from '../../resp/index.ts'
import type { RespValue } from '../../resp/index.ts'
import type { Answer, Call, CommandSpec } from '../command-spec.ts'
import { longPattern, SYNTAX_ERROR } from '../errors.ts'
import { COMMAND_NAMES_MAX, GLOB_CHARS_MAX } from '../limits.ts'
import { commandDocs } from './docs.ts'
import { commandEntry } from './entry.ts'

const TOO_MANY_NAMES = error(`ERR too many command names, at most ${COMMAND_NAMES_MAX}`)

/** COMMAND and its subcommands, which describe the command table (protocol.md 1.7). */

export function all({ env }: Call): Answer {
  return env.commands.topLevel.map(commandEntry)
}

export function count({ env }: Call): Answer {
  return env.commands.topLevel.length
}

/** COMMAND INFO [name…]; unknown names get a null. */
export function info({ argv, env }: Call): Answer {
  if (argv.length === 2) return env.commands.topLevel.map(commandEntry)
  if (argv.length > 2 + COMMAND_NAMES_MAX) return TOO_MANY_NAMES
  const entryOf = onceEach(commandEntry)
  return argv.slice(2).map((name) => {
    const spec = env.commands.byFullName(name)
    return spec === undefined ? null : entryOf(spec)
  })
}

/** COMMAND DOCS [name…]. Unknown names are left out; a name given twice is described twice. */
export function docs({ argv, env }: Call): Answer {
  if (argv.length > 2 + COMMAND_NAMES_MAX) return TOO_MANY_NAMES
  const { commands } = env
  const docsOf = onceEach(commandDocs)
  const specs = argv.length === 2 ? commands.topLevel : argv.slice(2).flatMap((name) => commands.byFullName(name) ?? [])
  return map(specs.flatMap((spec) => [spec.fullName, docsOf(spec)]))
}

/** Describes a command once, even if its name is given many times, and encodes the description only once. */
function onceEach(describe: (spec: CommandSpec) => RespValue): (spec: CommandSpec) => RespValue {
  const repeated = new Map<CommandSpec, RespValue>()
  return (spec) => {
    const known = repeated.get(spec)
    if (known !== undefined) return known
    const value = describe(spec)
    repeated.set(spec, prepared(value))
    return value
  }
}

/** COMMAND LIST [FILTERBY MODULE|ACLCAT|PATTERN value]. */
export function list({ argv, env }: Call): Answer {
  if ((argv[4]?.length ?? 0) > GLOB_CHARS_MAX) return longPattern(GLOB_CHARS_MAX)
  const filter = argv.length === 2 ? () => true : readFilter(argv.slice(2))
  if (filter === undefined) return SYNTAX_ERROR
  return [...env.commands.all()].filter(filter).map((spec) => spec.fullName)
}

function readFilter(words: readonly string[]): ((spec: CommandSpec) => boolean) | undefined {
  const [filterBy, kind, value] = words.map((word, at) => at < 2 ? word.toLowerCase() : word)
  if (filterBy !== 'filterby' || value === undefined || words.length !== 3) return undefined
  switch (kind) {
    case 'module':
      return () => false
    case 'aclcat':
      return (spec) => spec.categories.some((category) => category === value.toLowerCase())
    case 'pattern':
      return (spec) => globMatch(value, spec.fullName, { ignoreCase: true })
    default:
      return undefined
  }
}

/** COMMAND GETKEYS and GETKEYSANDFLAGS: no command of a sentinel has keys. */
export function getKeys({ argv, env }: Call): Answer {
  const isKnown = env.commands.resolve(argv.slice(2)) !== undefined
  return error(isKnown ? 'ERR The command has no key arguments' : 'ERR Invalid command specified')
}
