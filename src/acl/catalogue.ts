/** One command as the ACL sees it. The rows of the command table fit as they are. */
export interface AclCommand {
  /** `ping`, `sentinel|masters`; lower case. */
  readonly fullName: string
  readonly categories: readonly string[]
  /** `no_auth`: everybody may run it, whatever the rules say, because it is the way in. */
  readonly flags: readonly string[]
  readonly subcommands?: readonly AclCommand[]
}

/** What rules can speak of: the commands of this sentinel and the names of all categories (protocol.md 5.6). */
export class CommandCatalogue {
  readonly #byName = new Map<string, AclCommand>()
  readonly #categories: ReadonlySet<string>

  constructor(commands: readonly AclCommand[], categories: readonly string[]) {
    this.#categories = new Set(categories)
    for (const command of commands) {
      for (const each of [command, ...command.subcommands ?? []]) this.#byName.set(each.fullName, each)
    }
  }

  /** By full name, in any case. */
  command(name: string): AclCommand | undefined {
    return this.#byName.get(name.toLowerCase())
  }

  all(): Iterable<AclCommand> {
    return this.#byName.values()
  }

  /** The commands of a category, or undefined if there is no such category. A container brings its subcommands. */
  category(name: string): readonly AclCommand[] | undefined {
    const wanted = name.toLowerCase()
    if (!this.#categories.has(wanted)) return undefined
    return [...this.all()].filter(({ categories }) => categories.includes(wanted)).flatMap(withSubcommands)
  }
}

export function withSubcommands(command: AclCommand): readonly AclCommand[] {
  return [command, ...command.subcommands ?? []]
}
