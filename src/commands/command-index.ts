import type { CommandSpec } from './command-spec.ts'

/** The command table, arranged for looking up. Names are case-insensitive everywhere. */
export class CommandIndex {
  /** In table order. */
  readonly topLevel: readonly CommandSpec[]
  readonly #byName: NameMap
  readonly #subcommands = new Map<CommandSpec, NameMap>()
  readonly #byFullName = new Map<string, CommandSpec>()

  constructor(topLevel: readonly CommandSpec[]) {
    this.topLevel = topLevel
    this.#byName = nameMap(topLevel)
    for (const command of topLevel) {
      if (command.subcommands !== undefined) this.#subcommands.set(command, nameMap(command.subcommands))
    }
    for (const spec of this.all()) this.#byFullName.set(spec.fullName, spec)
  }

  /** A top-level command by its first word. */
  command(word: string): CommandSpec | undefined {
    return this.#byName.get(word) ?? this.#byName.get(word.toLowerCase())
  }

  subcommand(container: CommandSpec, word: string): CommandSpec | undefined {
    const names = this.#subcommands.get(container)
    return names?.get(word) ?? names?.get(word.toLowerCase())
  }

  /** `ping` or `sentinel|myid`. */
  byFullName(name: string): CommandSpec | undefined {
    return this.#byFullName.get(name.toLowerCase())
  }

  /** What a request would run: the subcommand if the command has some. */
  resolve(argv: readonly string[]): CommandSpec | undefined {
    const found = this.command(argv[0] ?? '')
    if (found?.subcommands === undefined || argv[1] === undefined) return found
    return this.subcommand(found, argv[1])
  }

  /** Containers are followed by their subcommands. */
  * all(): Generator<CommandSpec> {
    for (const command of this.topLevel) {
      yield command
      yield* command.subcommands ?? []
    }
  }
}

type NameMap = ReadonlyMap<string, CommandSpec>

/** Nearly everybody types all capitals or none: those need no conversion. */
function nameMap(specs: readonly CommandSpec[]): NameMap {
  return new Map(specs.flatMap((spec) => [[spec.name, spec], [spec.name.toUpperCase(), spec]]))
}

/** Whether a request of so many words suits the command. */
export function arityFits(spec: CommandSpec, words: number): boolean {
  return spec.arity >= 0 ? words === spec.arity : words >= -spec.arity
}
