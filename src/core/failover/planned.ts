/** Ends scheduled failovers (docs/decisions/0053-schedule.md). */
import type { ScheduleEnd } from '../event.ts'
import { SCHEDULE_LATE_MS } from '../limits.ts'
import type { Epoch } from '../state/ids.ts'
import type { Master } from '../state/master.ts'
import type { Turn } from '../turn.ts'

export function endSchedule(turn: Turn, master: Master, why: ScheduleEnd): void {
  if (master.schedule === undefined) return
  master.schedule = undefined
  turn.keep()
  turn.emit('-scheduled', master, { why })
}

/** A candidate has our vote for an order at the time of our schedule: it holds the same one, and probably leads. */
export function leaveScheduleTo(turn: Turn, master: Master, candidate: string, epoch: Epoch): void {
  const { schedule, orderNotice } = master
  if (orderNotice?.candidate !== candidate || orderNotice.epoch !== epoch || turn.now.mono >= orderNotice.until) return
  if (schedule === undefined || Math.abs(turn.now.wall - schedule.kept.at) > SCHEDULE_LATE_MS) return
  endSchedule(turn, master, 'left-to-another')
}
