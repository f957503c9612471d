import type { ChannelClaim } from './channel-patterns.ts'
import { storageProblem } from './storable.ts'
import type { AclContext, AclRequest, Denial } from './selector.ts'
import { applyRules, User, type UserDescription } from './user.ts'
import type { RulesProblem } from './rules-problem.ts'
import { inByteOrder, isUserName } from './words.ts'

/** The user of a connection until it logs in. It always exists. */
export const DEFAULT_USER = 'default'

/** The rules of `default` where the configuration does not define it. */
const DEFAULT_RULES = ['on', 'nopass', '~*', '&*', '+@all']

/** A user as a line of the configuration or of ACL LIST has it: its name and its rules. */
export interface UserLine {
  readonly name: string
  readonly rules: readonly string[]
}

/** All users with their rights (protocol.md 5.4 to 5.6). */
export class AccessList {
  readonly #context: AclContext
  #users = new Map<string, User>()

  constructor(context: AclContext) {
    this.#context = context
    this.#users.set(DEFAULT_USER, initialDefaultUser(context))
  }

  /** Whether new connections act as `default` without a password. */
  get isOpen(): boolean {
    const user = this.#users.get(DEFAULT_USER)
    return user !== undefined && user.isEnabled && user.needsNoPassword
  }

  /** Whether `default` has `nopass`, enabled or not; AUTH with a password alone is refused then. */
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

  /** Approximate number of rules of a user; 0 when there is no such user. */
  sizeOf(name: string): number {
    return this.#users.get(name)?.size ?? 0
  }

  hasUser(name: string): boolean {
    return this.#users.has(name)
  }

  /** Whether the user is enabled and the password is right; every password is right for a user with `nopass`. */
  authenticate(name: string, password: string): boolean {
    const hash = this.#context.sha256(password)
    return this.#users.get(name)?.acceptsPassword(hash) ?? false
  }

  /** Why the user may not run this; undefined = it may. A user that does not exist may run nothing. */
  denial(name: string, request: AclRequest): Denial | undefined {
    const user = this.#users.get(name)
    return user === undefined ? { reason: 'command' } : user.denial(request)
  }

  /** Whether a user may keep its subscription to this channel or pattern. */
  allowsChannel(name: string, kind: ChannelClaim['kind'], channel: string): boolean {
    return this.#users.get(name)?.allowsChannel(kind, channel) ?? false
  }

  describe(name: string): UserDescription | undefined {
    return this.#users.get(name)?.describe()
  }

  /** Whether the user may run commands about channels, but may use no channel. */
  lacksChannels(name: string): boolean {
    return this.#users.get(name)?.lacksChannels() ?? false
  }

  /** Every user in the order of `users`, in full as ACL LIST shows it or in the short form of files. */
  lines(options: { readonly showsDefaults: boolean }): readonly UserLine[] {
    return [...this.#users.values()]
      .sort((one, other) => inByteOrder(one.name, other.name))
      .map((user) => ({ name: user.name, rules: user.lineWords(options) }))
  }

  /**
   * Creates or changes a user by all of the rules or, if one is wrong or cannot be saved, by none. The name must be a
   * user name.
   */
  setUser(name: string, rules: readonly string[]): RulesProblem | undefined {
    return this.#change(name, (user) => applyRules(user, rules) ?? storageProblem(rules))
  }

  /** The same for rules of a configuration file, where quotes can keep words together that an ACL file would split. */
  loadUser(name: string, rules: readonly string[]): RulesProblem | undefined {
    return this.#change(name, (user) => applyRules(user, rules))
  }

  /** Returns false if there was no such user. `default` cannot be deleted. */
  deleteUser(name: string): boolean {
    if (name === DEFAULT_USER) throw new Error(`The user '${DEFAULT_USER}' cannot be removed.`)
    return this.#users.delete(name)
  }

  /**
   * Replaces all users by these; `default` is as in a new list if they do not include it. Returns the names of the
   * users that were changed or removed, without `default`.
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

  /** A user without rights that is not in the list yet. */
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

/** Why a name cannot be that of a user, in the words of the original's ACL SETUSER. */
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
