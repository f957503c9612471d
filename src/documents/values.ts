/** What several documents have. */

/** The version of the form of the documents. */
export type SchemaVersion = 1

/**
 * A time in ISO 8601, in UTC, such as `2026-07-01T09:30:00.000Z`.
 *
 * @format date-time
 */
export type TimeJson = string

/**
 * A duration.
 *
 * @minimum 0
 */
export type Milliseconds = number

/** A number, or its decimal digits when it is too large for a number of JavaScript. */
export type EpochJson = number | string

export type Status = 'ok' | 'sdown' | 'odown'

/**
 * `critical`: writes are refused or lost, or a failover that is needed cannot happen. `warning`: it could not happen if
 * something more failed, or data are at risk. `notice`: worth knowing, nothing to repair.
 */
export type SeverityJson = 'critical' | 'warning' | 'notice'

/** What is wrong. Lists of findings have the cause first, and are empty when nothing is wrong. */
export interface FindingJson {
  /** Stable, for scripts; the anchor in docs/troubleshooting.md. */
  readonly code: string
  readonly severity: SeverityJson
  /** Sentences, the cause first. */
  readonly text: string
  /** What to do, as sentences; null when nothing can be done. */
  readonly remedy: string | null
  /** The command of the remedy, as it is typed in a shell; null when there is no single one. */
  readonly command: string | null
  /** Address of the node or sentinel that it is about; null for the whole deployment. */
  readonly about: string | null
}

/** The body of an error response. */
export interface ErrorJson {
  readonly schemaVersion: SchemaVersion
  /** What is wrong and what to do. */
  readonly error: string
}
