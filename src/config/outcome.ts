/** What reading a value leads to: the value, or the words in which the original refuses it. */
export type Outcome<Value> =
  | { readonly ok: true, readonly value: Value }
  | { readonly ok: false, readonly problem: string }

export function accepted<Value>(value: Value): Outcome<Value> {
  return { ok: true, value }
}

export function refused(problem: string): Outcome<never> {
  return { ok: false, problem }
}
