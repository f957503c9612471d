/**
 * Which epochs of others are accepted (hardens behaviour.md Q17). The numbers end at 2^63-1, and an epoch never goes
 * back: a sentinel that accepted the largest one could never take part in an election again.
 */
import { EPOCH_FREE_MAX, EPOCH_MAX, EPOCH_STEP_MAX } from './limits.ts'
import type { Epoch } from './state/ids.ts'

/** True when a sentinel whose epoch is `current` may adopt this one: it is far below the largest, or near. */
export function isPlausible(epoch: Epoch, current: Epoch): boolean {
  return epoch <= EPOCH_FREE_MAX || (epoch <= current + EPOCH_STEP_MAX && epoch <= EPOCH_MAX)
}
