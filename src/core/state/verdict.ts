/** The result of a selection (behaviour.md 9.3); kept for explanations. */
import type { Ineligible, LastResort } from './ineligible.ts'
import type { Replica } from './replica.ts'

export type { Ineligible, LastResort } from './ineligible.ts'

export interface Verdict {
  readonly best: Replica | undefined
  /** The eligible replicas, best first. */
  readonly ranked: readonly Replica[]
  readonly rejected: readonly { readonly replica: Replica, readonly why: Ineligible }[]
  /** The rule that all ranked replicas break, if no replica breaks none; otherwise undefined. */
  readonly lastResort: LastResort | undefined
}
