import { type AclCommand, type CommandCatalogue, rightsName, withSubcommands } from './catalogue.ts'
import { NO_FIRST_ARGUMENT, SYNTAX, UNKNOWN_COMMAND } from './reasons.ts'
import { breaksLine } from './words.ts'

/** With more rules than this the description keeps those without effect: looking for them is quadratic. */
const PRUNED_RULES_MAX = 32

/** Which commands a selector allows (protocol.md 5.6). */
export class CommandRights {
  readonly #catalogue: CommandCatalogue
  /** Full names. */
  readonly #allowed = new Set<string>()
  /** `+ping|x` where ping itself is not allowed: the first arguments that are, as they were written. */
  readonly #firstArguments = new Map<string, string[]>()
  #base: '+@all' | '-@all' = '-@all'
  /** The rules since then by what they speak of, in order. A later rule about the same thing takes the place. */
  readonly #rules = new Map<string, string>()
  #words: readonly string[] | undefined

  constructor(catalogue: CommandCatalogue) {
    this.#catalogue = catalogue
  }

  get size(): number {
    return this.#rules.size
  }

  clone(): CommandRights {
    const copy = new CommandRights(this.#catalogue)
    for (const name of this.#allowed) copy.#allowed.add(name)
    for (const [name, values] of this.#firstArguments) copy.#firstArguments.set(name, [...values])
    for (const [subject, rule] of this.#rules) copy.#rules.set(subject, rule)
    copy.#base = this.#base
    copy.#words = this.#words
    return copy
  }

  allows(command: AclCommand, argv: readonly string[]): boolean {
    const name = rightsName(command)
    if (this.#allowed.has(name) || command.flags.includes('no_auth')) return true
    const first = argv[1]?.toLowerCase()
    if (first === undefined) return false
    return this.#firstArguments.get(name)?.some((value) => value.toLowerCase() === first) ?? false
  }

  /** Everything, or nothing, and what commands are added later follows. */
  setAll(base: '+@all' | '-@all'): void {
    this.#words = undefined
    this.#base = base
    this.#rules.clear()
    this.#firstArguments.clear()
    this.#allowed.clear()
    if (base === '+@all') for (const { fullName } of this.#catalogue.all()) this.#allowed.add(fullName)
  }

  /** `+name`, `-name`, `+name|sub`, `+name|first-argument`, `+@category` …; returns what is wrong with it. */
  apply(rule: string): string | undefined {
    const isGrant = rule.startsWith('+')
    const subject = this.#subjectOf(rule.slice(1).toLowerCase())
    if (subject === '@all') {
      this.setAll(isGrant ? '+@all' : '-@all')
      return undefined
    }
    const commands = this.#named(subject)
    if (commands !== undefined) {
      for (const { fullName } of commands) this.#set(fullName, isGrant)
      this.#remember(subject, `${isGrant ? '+' : '-'}${subject}`)
      return undefined
    }
    return isGrant ? this.#addFirstArgument(rule.slice(1)) : UNKNOWN_COMMAND
  }

  /**
   * The rules that lead here, the base first. The original sums up what is allowed in categories, in an order that
   * differs from process to process. We keep what was said, as its newer releases do: a category that nobody named
   * would bring commands of later releases along. Only rules without any effect are left out.
   */
  words(): readonly string[] {
    this.#words ??= [this.#base, ...this.#rulesWithEffect()]
    return this.#words
  }

  /** A rule about an alias is a rule about the command that it stands for, and is kept under that name. */
  #subjectOf(written: string): string {
    return written.startsWith('@') ? written : this.#catalogue.command(written)?.fullName ?? written
  }

  #named(subject: string): readonly AclCommand[] | undefined {
    if (subject.startsWith('@')) return this.#catalogue.category(subject.slice(1))
    const command = this.#catalogue.command(subject)
    return command && withSubcommands(command)
  }

  #set(fullName: string, isAllowed: boolean): void {
    if (isAllowed) this.#allowed.add(fullName)
    else this.#allowed.delete(fullName)
    this.#firstArguments.delete(fullName)
  }

  #addFirstArgument(text: string): string | undefined {
    const bar = text.lastIndexOf('|')
    const name = text.slice(0, Math.max(0, bar)).toLowerCase()
    const argument = text.slice(bar + 1)
    const command = this.#catalogue.command(name)
    if (command === undefined) return UNKNOWN_COMMAND
    if (name.includes('|')) return NO_FIRST_ARGUMENT
    // The original takes blanks, and then writes a line that it does not read back, or that is two.
    if (argument === '' || breaksLine(argument)) return SYNTAX
    if (command.subcommands !== undefined) return UNKNOWN_COMMAND
    if (this.#allowed.has(name)) return undefined
    const known = this.#firstArguments.get(name) ?? []
    if (known.some((value) => value.toLowerCase() === argument.toLowerCase())) return undefined
    this.#firstArguments.set(name, [...known, argument])
    this.#remember(`${name}|${argument.toLowerCase()}`, `+${name}|${argument}`)
    return undefined
  }

  /** A rule about a command settles all that was said before about it, its subcommands and first arguments. */
  #remember(subject: string, rule: string): void {
    this.#words = undefined
    for (const earlier of this.#rules.keys()) {
      if (earlier === subject || earlier.startsWith(`${subject}|`)) this.#rules.delete(earlier)
    }
    this.#rules.set(subject, rule)
  }

  #rulesWithEffect(): readonly string[] {
    let rules = [...this.#rules.values()]
    if (rules.length > PRUNED_RULES_MAX) return rules
    const outcome = this.#outcome()
    // From the end, so that a category that was named stays rather than the commands that it brought. What a rule
    // took back may be without effect itself once that rule is gone, so this goes on while there is something.
    for (let before = -1; before !== rules.length;) {
      before = rules.length
      for (let at = rules.length - 1; at >= 0; at -= 1) {
        const without = rules.toSpliced(at, 1)
        if (this.#outcomeOf(without) === outcome) rules = without
      }
    }
    return rules
  }

  #outcomeOf(rules: readonly string[]): string {
    const rights = new CommandRights(this.#catalogue)
    rights.setAll(this.#base)
    for (const rule of rules) rights.apply(rule)
    return rights.#outcome()
  }

  #outcome(): string {
    const firstArguments = [...this.#firstArguments].flatMap(([name, values]) => values.map((value) => `${name}|${value}`))
    return [...this.#allowed, ...firstArguments].sort().join('\n')
  }
}
