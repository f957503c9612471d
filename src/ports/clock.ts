import type { Millis, Now } from '../core/index.ts'

export interface Clock {
  /** Whole milliseconds; `mono` never goes back. */
  now(): Now
  /** Arm the process's one timer for this point of the monotonic clock, replacing the last; undefined disarms it. */
  armAt(mono: Millis | undefined, fire: () => void): void
}
