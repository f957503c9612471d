/** One command as the ACL uses it. The rows of the command table have this form. */
export interface AclCommand {
  /** `ping`, `sentinel|masters`; lower case. */
  readonly fullName: string
  readonly categories: readonly string[]
  /** `no_auth`: any client may run it, whatever its rules, because it is needed for logging in. */
  readonly flags: readonly string[]
  /** For an alias, the full name of its command, whose rights it shares. */
  readonly aliasOf?: string
  readonly subcommands?: readonly AclCommand[]
}

/** The names that rules can use: the commands of this sentinel and all categories (protocol.md 5.6). */
export class CommandCatalogue {
  readonly #byName = new Map<string, AclCommand>()
  /** Without aliases. */
  readonly #all: readonly AclCommand[]
  readonly #categories: ReadonlySet<string>

  constructor(commands: readonly AclCommand[], categories: readonly string[]) {
    this.#categories = new Set(categories)
    const named = commands.flatMap((command) => [command, ...command.subcommands ?? []])
    this.#all = named.filter(({ aliasOf }) => aliasOf === undefined)
    for (const command of this.#all) this.#byName.set(command.fullName, command)
    for (const { fullName, aliasOf } of named) {
      if (aliasOf !== undefined) this.#byName.set(fullName, this.#standsFor(fullName, aliasOf))
    }
  }

  /** By full name, in any case. An alias gives its command. */
  command(name: string): AclCommand | undefined {
    return this.#byName.get(name.toLowerCase())
  }

  all(): Iterable<AclCommand> {
    return this.#all
  }

  /** The commands of a category, or undefined if there is no such category. A container includes its subcommands. */
  category(name: string): readonly AclCommand[] | undefined {
    const wanted = name.toLowerCase()
    if (!this.#categories.has(wanted)) return undefined
    return this.#all.filter(({ categories }) => categories.includes(wanted)).flatMap(withSubcommands)
  }

  #standsFor(alias: string, name: string): AclCommand {
    const command = this.#byName.get(name)
    if (command === undefined) throw new Error(`The command '${alias}' is an alias of '${name}', which does not exist.`)
    return command
  }
}

/** Without aliases. */
export function withSubcommands(command: AclCommand): readonly AclCommand[] {
  return [command, ...command.subcommands?.filter(({ aliasOf }) => aliasOf === undefined) ?? []]
}

/** The name under which the rights of a command are stored. */
export function rightsName({ fullName, aliasOf }: AclCommand): string {
  return aliasOf ?? fullName
}
