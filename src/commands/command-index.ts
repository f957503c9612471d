import type { CommandSpec } from './command-spec.ts'

/** The command table, indexed by name. Names are case-insensitive everywhere. */
export class CommandIndex {
  /** Commands that are not subcommands, in the order of the table. */
  readonly topLevel: readonly CommandSpec[]
  readonly #byName: NameMap
  readonly #subcommands = new Map<CommandSpec, NameMap>()

  /** `renames`: pairs of old and new name, applied in order; a command whose new name is empty is removed. */
  constructor(topLevel: readonly CommandSpec[], renames: readonly CommandRename[] = []) {
    this.#byName = renamed(nameMap(topLevel), renames)
    const reachable = new Set(this.#byName.values())
    this.topLevel = topLevel.filter((command) => reachable.has(command))
    for (const command of this.topLevel) {
      if (command.subcommands !== undefined) this.#subcommands.set(command, nameMap(command.subcommands))
    }
  }

  /** A top-level command by its first word. */
  command(word: string): CommandSpec | undefined {
    return this.#byName.get(word) ?? this.#byName.get(word.toLowerCase())
  }

  subcommand(container: CommandSpec, word: string): CommandSpec | undefined {
    const names = this.#subcommands.get(container)
    return names?.get(word) ?? names?.get(word.toLowerCase())
  }

  /** Finds a command by its full name, such as `ping` or `sentinel|myid`; a renamed command has its new name. */
  byFullName(name: string): CommandSpec | undefined {
    const [first = '', second, ...more] = name.split('|')
    const command = this.command(first)
    if (command === undefined || second === undefined) return command
    return more.length === 0 ? this.subcommand(command, second) : undefined
  }

  /** The command that a request would run: a subcommand if the command has some. */
  resolve(argv: readonly string[]): CommandSpec | undefined {
    const found = this.command(argv[0] ?? '')
    if (found?.subcommands === undefined || argv[1] === undefined) return found
    return this.subcommand(found, argv[1])
  }

  /** All commands; containers are followed by their subcommands. */
  * all(): Generator<CommandSpec> {
    for (const command of this.topLevel) {
      yield command
      yield* command.subcommands ?? []
    }
  }
}

/** Old and new name of a top-level command (`rename-command`, config.md 4.3). */
export type CommandRename = readonly [from: string, to: string]

type NameMap = ReadonlyMap<string, CommandSpec>

/** Changes only the word that calls a command: replies, ACL rules and errors keep its own name. */
function renamed(names: NameMap, renames: readonly CommandRename[]): NameMap {
  const result = new Map(names)
  for (const [from, to] of renames) {
    const command = result.get(from.toLowerCase())
    result.delete(from.toLowerCase())
    result.delete(from.toUpperCase())
    if (command === undefined || to === '') continue
    result.set(to.toLowerCase(), command)
    result.set(to.toUpperCase(), command)
  }
  return result
}

/** Has each name in lower and in upper case: most clients use one of the two, which then needs no conversion. */
function nameMap(specs: readonly CommandSpec[]): NameMap {
  return new Map(specs.flatMap((spec) => [[spec.name, spec], [spec.name.toUpperCase(), spec]]))
}

/** Whether the command accepts a request of this many words. */
export function arityFits(spec: CommandSpec, words: number): boolean {
  return spec.arity >= 0 ? words === spec.arity : words >= -spec.arity
}
