/**
 * What `user` lines say is for the ACL to know. It is asked while the text is read, because the original refuses
 * rules that cannot be read at their line (config.md 2.7, rows 42, 143 to 147).
 */
export interface UserProblem {
  /** Index of the rule that is wrong, counted after selectors were put together. */
  readonly rule: number
  readonly reason: string
}

/** Undefined when the rules can be read. */
export type UserValidator = (rules: readonly string[]) => UserProblem | undefined
