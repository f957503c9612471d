/** Why rules of a user were not applied. */
export type RulesProblem =
  /** `index` counts rules after selectors were put together. */
  | { readonly kind: 'rule', readonly rule: string, readonly index: number, readonly reason: string }
  /** `index` counts words. */
  | { readonly kind: 'parenthesis', readonly opening: string, readonly index: number }
