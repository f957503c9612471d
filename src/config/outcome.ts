/** The result of reading a value: the value, or the message with which the original refuses it. */
export type Outcome<Value> =
  | { readonly ok: true, readonly value: Value }
  | { readonly ok: false, readonly problem: string }

export function accepted<Value>(value: Value): Outcome<Value> {
  return { ok: true, value }
}

export function refused(problem: string): Outcome<never> {
  return { ok: false, problem }
}
