import type { CommandSpec } from './command-spec.ts'

/**
 * Who may do what. Commands ask this interface only, so that the full ACL can take the place of the simple form
 * below without touching them (protocol.md 5.4 to 5.6).
 */
export interface AccessControl {
  /** New connections act as `default` without a password. */
  readonly isOpen: boolean
  users(): readonly string[]
  hasUser(user: string): boolean
  /** Whether the password opens this user. Any password opens a user without one. */
  authenticate(user: string, password: string): boolean
  /** Undefined = allowed. */
  refusal(user: string, command: CommandSpec, argv: readonly string[]): Denial | undefined
  describe(user: string): UserDescription | undefined
}

export type Denial = { readonly reason: 'command' } | { readonly reason: 'channel', readonly channel: string }

/** One user as ACL LIST and GETUSER show it. */
export interface UserDescription {
  readonly flags: readonly string[]
  /** SHA-256, hexadecimal. */
  readonly passwordHashes: readonly string[]
  readonly commands: string
  readonly keys: string
  readonly channels: string
}

export const DEFAULT_USER = 'default'

export interface PasswordAccessOptions {
  /** Undefined or empty = none: everybody may come in. */
  readonly requirepass: string | undefined
  /** SHA-256 of the password, lower-case hexadecimal, where only that is known; counts instead of `requirepass`. */
  readonly passwordHash?: string
  readonly sha256: (text: string) => string
}

/** Access by `requirepass` alone: one user, `default`, who may do everything once the password is given. */
export class PasswordAccess implements AccessControl {
  readonly #passwordHash: string | undefined
  readonly #sha256: (text: string) => string

  constructor(options: PasswordAccessOptions) {
    this.#sha256 = options.sha256
    this.#passwordHash = options.passwordHash
      ?? (options.requirepass ? options.sha256(options.requirepass) : undefined)
  }

  get isOpen(): boolean {
    return this.#passwordHash === undefined
  }

  users(): readonly string[] {
    return [DEFAULT_USER]
  }

  hasUser(user: string): boolean {
    return user === DEFAULT_USER
  }

  authenticate(user: string, password: string): boolean {
    if (user !== DEFAULT_USER) return false
    return this.#passwordHash === undefined || equalInConstantTime(this.#sha256(password), this.#passwordHash)
  }

  refusal(): Denial | undefined {
    return undefined
  }

  describe(user: string): UserDescription | undefined {
    if (user !== DEFAULT_USER) return undefined
    return {
      flags: this.#passwordHash === undefined ? ['on', 'nopass', 'sanitize-payload'] : ['on', 'sanitize-payload'],
      passwordHashes: this.#passwordHash === undefined ? [] : [this.#passwordHash],
      commands: '+@all',
      keys: '~*',
      channels: '&*',
    }
  }
}

/** Compares digests: the time taken tells nothing about where they differ. */
function equalInConstantTime(one: string, other: string): boolean {
  let difference = one.length ^ other.length
  for (let at = 0; at < one.length; at += 1) difference |= one.charCodeAt(at) ^ other.charCodeAt(at)
  return difference === 0
}
