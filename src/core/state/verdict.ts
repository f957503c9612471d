/** The result of a selection (behaviour.md 9.3); kept for explanations. */
import type { Replica } from './replica.ts'

/** The first rule that a replica breaks, in the order of the rules. */
export type Ineligible =
  | 'down'
  | 'disconnected'
  | 'silent'
  | 'priority-zero'
  | 'info-too-old'
  | 'master-link-down-too-long'
  /** It is empty and never synchronised: if it were promoted, the old master would lose all keys at its return. */
  | 'no-data'
  /** It holds another deployment's data, or it follows an unknown master with unknown data. */
  | 'foreign'
  /** Its master restarted without its data, and this replica does not have them either, while another one does. */
  | 'lost-data'
  | LastResort

/** Why a replica is promoted only where no other may be: its data are not, or not yet, those of its master. */
export type LastResort = 'never-synchronised' | 'loading'

export interface Verdict {
  readonly best: Replica | undefined
  /** The eligible replicas, best first. */
  readonly ranked: readonly Replica[]
  readonly rejected: readonly { readonly replica: Replica, readonly why: Ineligible }[]
  /** The rule that all ranked replicas break, if no replica breaks none; otherwise undefined. */
  readonly lastResort: LastResort | undefined
}
