import { type AclCommand, type CommandCatalogue, rightsName, withSubcommands } from './catalogue.ts'
import { NO_FIRST_ARGUMENT, SYNTAX, UNKNOWN_COMMAND } from './reasons.ts'
import { breaksLine } from './words.ts'

/** Above this number of rules, those without effect are kept: finding them takes quadratic time. */
const PRUNED_RULES_MAX = 32

/** Which commands a selector allows (protocol.md 5.6). */
export class CommandRights {
  readonly #catalogue: CommandCatalogue
  /** Full names. */
  readonly #allowed = new Set<string>()
  /** `+ping|x` where ping itself is not allowed: the allowed first arguments by command, as they were written. */
  readonly #firstArguments = new Map<string, string[]>()
  #base: '+@all' | '-@all' = '-@all'
  /**
   * The rules since the base, by their subject, in order. A later rule about the same subject replaces the earlier one.
   */
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

  /** Allows all commands or none; later rules change that. */
  setAll(base: '+@all' | '-@all'): void {
    this.#words = undefined
    this.#base = base
    this.#rules.clear()
    this.#firstArguments.clear()
    this.#allowed.clear()
    if (base === '+@all') for (const { fullName } of this.#catalogue.all()) this.#allowed.add(fullName)
  }

  /** `+name`, `-name`, `+name|sub`, `+name|first-argument`, `+@category` …; returns why it cannot be applied. */
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
   * The rules that give these rights, the base first. The original summarises rights as categories, in an order that
   * differs from process to process. We keep the rules as written, as its newer releases do: a category that no rule
   * named would include commands of later releases. Only rules without any effect are left out.
   */
  words(): readonly string[] {
    this.#words ??= [this.#base, ...this.#rulesWithEffect()]
    return this.#words
  }

  /** A rule about an alias applies to its command, and is stored under the name of the command. */
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
    // The original accepts blanks, and then writes a line that it cannot read back or that reads as two rules.
    if (argument === '' || breaksLine(argument)) return SYNTAX
    if (command.subcommands !== undefined) return UNKNOWN_COMMAND
    if (this.#allowed.has(name)) return undefined
    const known = this.#firstArguments.get(name) ?? []
    if (known.some((value) => value.toLowerCase() === argument.toLowerCase())) return undefined
    this.#firstArguments.set(name, [...known, argument])
    this.#remember(`${name}|${argument.toLowerCase()}`, `+${name}|${argument}`)
    return undefined
  }

  /** A rule about a command replaces all earlier ones about it, its subcommands and its first arguments. */
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
    // Starts at the end, so that the category of a rule is kept rather than its single commands. Without a rule that
    // has no effect, the rule that it cancelled may have none either, so the search is repeated until it finds no more.
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
