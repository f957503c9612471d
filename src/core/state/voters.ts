/** Voters that a sentinel was made to forget, and that still count (election/voters.ts). */

/** What is kept of them over restarts. */
export interface KeptVoters {
  /** The ids of those that were forgotten last. */
  readonly ids: readonly string[]
  /** There are so many voters at least, this sentinel included. */
  readonly least: number
  /** When they count no more: Unix time in milliseconds. */
  readonly until: number
}
