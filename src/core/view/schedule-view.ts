import type { Endpoint } from '../state/address.ts'
import type { Master } from '../state/master.ts'
import type { Millis, Now } from '../time.ts'

/** The coordinated failover that is scheduled. */
export interface ScheduleView {
  /** Unix time in milliseconds at which it begins. */
  readonly atWall: number
  readonly leftMs: Millis
  /** The replica that shall become the master; undefined: the best one. */
  readonly to: Endpoint | undefined
}

export function viewSchedule({ schedule }: Master, { wall }: Now): ScheduleView | undefined {
  if (schedule === undefined) return undefined
  const { at, to } = schedule.kept
  return { atWall: at, leftMs: Math.max(0, at - wall), to }
}
