/** What is wrong with a master, its nodes or its sentinels, for every output: the cause, and what to type. */

/**
 * `critical`: writes are refused or lost, or a failover that is needed cannot happen. `warning`: it could not happen if
 * something more failed, or data are at risk. `notice`: worth knowing, nothing to repair.
 */
export type Severity = 'critical' | 'warning' | 'notice'

export interface Finding {
  /** Stable, such as `promotion-refused`: for scripts, and the anchor in docs/troubleshooting.md. */
  readonly code: string
  readonly severity: Severity
  /** Sentences with full stops, the cause first: what happened, at which address, why. */
  readonly text: string
  /** What to do, as sentences with full stops; undefined when nothing can be done. */
  readonly remedy: string | undefined
  /** The command of the remedy, as it is typed in a shell; undefined when there is no single one. */
  readonly command: string | undefined
  /** `addr:port` of the node or sentinel that it is about; undefined for the whole deployment. */
  readonly about: string | undefined
}
