/** A scheduled failover in words. */
import type { ScheduleView } from '../core/index.ts'
import { addressText } from './address-text.ts'
import { durationText } from './duration-text.ts'

/** A sentence without a full stop. */
export function scheduleText({ atWall, leftMs, to }: ScheduleView): string {
  const target = to === undefined ? 'the best replica' : addressText(to)
  return `A coordinated failover to ${target} is scheduled at ${new Date(atWall).toISOString()}, in ${durationText(leftMs)}`
}
