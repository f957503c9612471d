/** Why the rules of a user were not applied. */
export type RulesProblem =
  /** `index` counts rules, after the words of selectors were joined. */
  | { readonly kind: 'rule', readonly rule: string, readonly index: number, readonly reason: string }
  /** `index` counts words. */
  | { readonly kind: 'parenthesis', readonly opening: string, readonly index: number }
