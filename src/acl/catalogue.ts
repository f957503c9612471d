/** One command as the ACL sees it. The rows of the command table fit as they are. */
export interface AclCommand {
  /** `ping`, `sentinel|masters`; lower case. */
  readonly fullName: string
  readonly categories: readonly string[]
  /** `no_auth`: everybody may run it, whatever the rules say, because it is the way in. */
  readonly flags: readonly string[]
  /** Full name of the command that this is another name of. It has the rights of that command and none of its own. */
  readonly aliasOf?: string
  readonly subcommands?: readonly AclCommand[]
}

/** What rules can speak of: the commands of this sentinel and the names of all categories (protocol.md 5.6). */
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

  /** By full name, in any case. An alias gives the command that it is another name of. */
  command(name: string): AclCommand | undefined {
    return this.#byName.get(name.toLowerCase())
  }

  all(): Iterable<AclCommand> {
    return this.#all
  }

  /** The commands of a category, or undefined if there is no such category. A container brings its subcommands. */
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

/** The name under which rights are kept. */
export function rightsName({ fullName, aliasOf }: AclCommand): string {
  return aliasOf ?? fullName
}
