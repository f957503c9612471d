import type { ChannelClaim } from './channel-patterns.ts'
import { storageProblem } from './storable.ts'
import type { AclContext, AclRequest, Denial } from './selector.ts'
import { applyRules, User, type UserDescription } from './user.ts'
import type { RulesProblem } from './rules-problem.ts'
import { inByteOrder, isUserName } from './words.ts'

/** The user whose rights a connection has until it logs in. There is always one. */
export const DEFAULT_USER = 'default'

/** What `default` may do where nobody defines it. */
const DEFAULT_RULES = ['on', 'nopass', '~*', '&*', '+@all']

/** A user as a line of the configuration or of ACL LIST has it. */
export interface UserLine {
  readonly name: string
  readonly rules: readonly string[]
}

/** All users: who may come in, and who may do what (protocol.md 5.4 to 5.6). */
export class AccessList {
  readonly #context: AclContext
  #users = new Map<string, User>()

  constructor(context: AclContext) {
    this.#context = context
    this.#users.set(DEFAULT_USER, initialDefaultUser(context))
  }

  /** New connections act as `default` without a password. */
  get isOpen(): boolean {
    const user = this.#users.get(DEFAULT_USER)
    return user !== undefined && user.isEnabled && user.needsNoPassword
  }

  /** Also while it is disabled; AUTH with a password alone then makes no sense. */
  get defaultNeedsNoPassword(): boolean {
    return this.#users.get(DEFAULT_USER)?.needsNoPassword ?? false
  }

  /** Names in byte order. */
  users(): readonly string[] {
    return [...this.#users.keys()].sort(inByteOrder)
  }

  get userCount(): number {
    return this.#users.size
  }

  /** How many rules a user has, about; 0 when there is no such user. */
  sizeOf(name: string): number {
    return this.#users.get(name)?.size ?? 0
  }

  hasUser(name: string): boolean {
    return this.#users.has(name)
  }

  /** Whether the password opens this user, which must be enabled. Any password opens a user with `nopass`. */
  authenticate(name: string, password: string): boolean {
    const hash = this.#context.sha256(password)
    return this.#users.get(name)?.opensWith(hash) ?? false
  }

  /** Undefined = allowed. A user that is not there may do nothing. */
  denial(name: string, request: AclRequest): Denial | undefined {
    const user = this.#users.get(name)
    return user === undefined ? { reason: 'command' } : user.denial(request)
  }

  /** Whether a user that is subscribed to this may stay so. */
  allowsChannel(name: string, kind: ChannelClaim['kind'], channel: string): boolean {
    return this.#users.get(name)?.allowsChannel(kind, channel) ?? false
  }

  describe(name: string): UserDescription | undefined {
    return this.#users.get(name)?.describe()
  }

  /** Whether the user may run a command about channels, but has no channel at all. */
  lacksChannels(name: string): boolean {
    return this.#users.get(name)?.lacksChannels() ?? false
  }

  /** Every user in the order of `users`, in full as ACL LIST shows it or as short as files have it. */
  lines(options: { readonly showsDefaults: boolean }): readonly UserLine[] {
    return [...this.#users.values()]
      .sort((one, other) => inByteOrder(one.name, other.name))
      .map((user) => ({ name: user.name, rules: user.lineWords(options) }))
  }

  /**
   * Creates or changes a user by all of the rules or, if one is wrong or could not be saved, by none. The name must be
   * a user name.
   */
  setUser(name: string, rules: readonly string[]): RulesProblem | undefined {
    return this.#change(name, (user) => applyRules(user, rules) ?? storageProblem(rules))
  }

  /** The same for rules of a configuration file, where quotes keep together what an ACL file could not hold. */
  loadUser(name: string, rules: readonly string[]): RulesProblem | undefined {
    return this.#change(name, (user) => applyRules(user, rules))
  }

  /** False if there was no such user. `default` must stay. */
  deleteUser(name: string): boolean {
    if (name === DEFAULT_USER) throw new Error(`The user '${DEFAULT_USER}' cannot be removed.`)
    return this.#users.delete(name)
  }

  /**
   * Takes these users instead of all that there are; `default` is as in a new list where they do not have it.
   * Returns the names of the users that changed or went, `default` not among them.
   */
  replace(users: readonly User[]): readonly string[] {
    const before = new Map([...this.#users].map(([name, user]) => [name, identity(user)]))
    this.#users = new Map(users.map((user) => [user.name, user]))
    if (!this.#users.has(DEFAULT_USER)) this.#users.set(DEFAULT_USER, initialDefaultUser(this.#context))
    return [...before.keys()].filter((name) => {
      const user = this.#users.get(name)
      return name !== DEFAULT_USER && (user === undefined || identity(user) !== before.get(name))
    })
  }

  /** A user without rights that is in no list yet. */
  newUser(name: string): User {
    return new User(name, this.#context)
  }

  #change(name: string, apply: (user: User) => RulesProblem | undefined): RulesProblem | undefined {
    const user = this.#users.get(name)?.clone() ?? new User(name, this.#context)
    const problem = apply(user)
    if (problem === undefined) this.#users.set(name, user)
    return problem
  }
}

/** The problem of a name, in the words of the original's ACL SETUSER. */
export function userNameProblem(name: string): string | undefined {
  return isUserName(name) ? undefined : 'Usernames can\'t contain spaces or null characters'
}

function initialDefaultUser(context: AclContext): User {
  const user = new User(DEFAULT_USER, context)
  const problem = applyRules(user, DEFAULT_RULES)
  if (problem !== undefined) throw new Error(`The rules of the default user are wrong: ${JSON.stringify(problem)}`)
  return user
}

function identity(user: User): string {
  return user.lineWords({ showsDefaults: true }).join(' ')
}
