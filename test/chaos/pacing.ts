/** The pace of programs that run for minutes: pauses between faults, samples and requests are what they are about. */
import { setTimeout as delay } from 'node:timers/promises'

/** @param ms milliseconds */
export function pause(ms: number): Promise<void> {
  return delay(Math.max(ms, 0))
}
