import type { DurableState } from '../core/index.ts'

export interface ConfigStore {
  /**
   * Rewrites the configuration file durably. Never called while an earlier call runs.
   * Rejects with a SaveFailure when the old file remains.
   */
  save(state: DurableState): Promise<void>
}

export interface SaveFailure extends Error {
  /** The text of the operating system, such as `Permission denied`. */
  readonly strerror: string
  /** The first log line of the original for this step, if it has one (config.md 6.7). */
  readonly step: string | undefined
}
