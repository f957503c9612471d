import type { OwnState } from '../core/index.ts'

export interface OwnStateStore {
  /** Absolute path of the file, for the log. */
  readonly path: string
  /**
   * Replaces the file durably by this state and what other modules keep in it. Never called while an earlier call runs.
   * Rejects when the old file remains.
   */
  save(state: OwnState): Promise<void>
}
