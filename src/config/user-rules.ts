/**
 * The problem of a `user` line. The ACL module knows the rules and checks them while the text is read, because the
 * original refuses a wrong rule at its line (config.md 2.7, rows 42, 143 to 147).
 */
export interface UserProblem {
  /** Index of the rule that is wrong, counted after selectors were joined. */
  readonly rule: number
  readonly reason: string
}

/** Returns undefined when the rules are valid. */
export type UserValidator = (rules: readonly string[]) => UserProblem | undefined
