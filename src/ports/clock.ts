import type { Millis, Now } from '../core/index.ts'

export interface Clock {
  /** The time in whole milliseconds; `mono` never goes back. */
  now(): Now
  /**
   * Arms the one timer of the process for this time of the monotonic clock, instead of the last; undefined disarms it.
   */
  armAt(mono: Millis | undefined, fire: () => void): void
}
