/**
 * Theory of operation. SENTINEL FAILOVER <name> COORDINATED ... AT <time> is kept by each sentinel that is given it. At
 * its time on the wall clock the sentinels that hold it take turns, as candidates do: the first one begins the
 * coordinated failover and asks for votes, and the others drop theirs when they are asked, or when they see the switch.
 * Any switch drops it: the master that it was about has been replaced. What cannot begin within a minute is dropped.
 */
import { rank, staggerStep } from '../election/candidacy.ts'
import { endSchedule } from '../failover/planned.ts'
import { SCHEDULE_AHEAD_MS, SCHEDULE_LATE_MS, SCHEDULE_RETRY_MS } from '../limits.ts'
import type { CoordinatedOrder, Operation, OperationResult } from '../operation.ts'
import type { Master } from '../state/master.ts'
import type { OwnState } from '../state/own-state.ts'
import type { KeptSchedule } from '../state/planned.ts'
import type { SentinelState } from '../state/sentinel-state.ts'
import type { Millis } from '../time.ts'
import type { Turn } from '../turn.ts'
import { beginCoordinated } from './coordinated.ts'

type Respond = (result: OperationResult) => void

/** Keeps the order for its time; a later one replaces it. */
export function scheduleFailover(
  turn: Turn, master: Master, { to, timeoutMs }: CoordinatedOrder, at: number,
): OperationResult {
  const { wall } = turn.now
  // Another sentinel may have carried it out already.
  if (at < wall) return { kind: 'refused', error: 'time-has-passed' }
  if (at - wall > SCHEDULE_AHEAD_MS) return { kind: 'refused', error: 'time-too-far' }
  setSchedule(turn, master, { at, to, timeoutMs, configEpoch: master.configEpoch })
  turn.keep()
  return { kind: 'ok' }
}

function setSchedule(turn: Turn, master: Master, kept: KeptSchedule): void {
  master.schedule = { kept, tryAt: undefined }
  turn.emit('+scheduled', master, { at: kept.at, to: kept.to })
  turn.touch(master)
}

type Cancel = Extract<Operation, { kind: 'cancel-failover' }>

export function cancelFailover(turn: Turn, asked: Cancel, respond: Respond): void {
  const master = turn.state.masters.get(asked.name)
  if (master === undefined) return respond({ kind: 'refused', error: 'no-such-master' })
  if (master.schedule === undefined) return respond({ kind: 'refused', error: 'no-schedule' })
  endSchedule(turn, master, 'cancelled')
  respond({ kind: 'ok' })
}

/** Takes over the schedules from before a restart. Those that are late by now are dropped when they are reviewed. */
export function loadSchedules(turn: Turn, { schedules }: OwnState): void {
  for (const master of turn.state.masters.values()) {
    const kept = schedules.get(master.name)
    if (kept === undefined) continue
    setSchedule(turn, master, kept)
    if (isOverSwitch(master, kept)) endSchedule(turn, master, 'switched')
  }
}

/**
 * Whether the master was replaced since the order. After a crash, sentinel.conf may know of a switch that had ended the
 * schedule, and the file of remembered state, which is written later, may still have the schedule.
 */
function isOverSwitch(master: Master, kept: KeptSchedule): boolean {
  return kept.configEpoch !== master.configEpoch
}

/** The schedules to keep, by master's name. */
export function schedulesOf(state: SentinelState): ReadonlyMap<string, KeptSchedule> {
  return new Map([...state.masters.values()].flatMap(({ name, schedule }) => (
    schedule === undefined ? [] : [[name, schedule.kept] as const]
  )))
}

/** Begins the failover when its time has come and it is our turn. Not called in TILT. */
export function reviewSchedule(turn: Turn, master: Master): void {
  const { schedule } = master
  if (schedule === undefined) return
  const { mono, wall } = turn.now
  const { at, to, timeoutMs } = schedule.kept
  if (wall < at) {
    schedule.tryAt = undefined
    return
  }
  if (isOverSwitch(master, schedule.kept)) return endSchedule(turn, master, 'switched')
  if (wall - at > SCHEDULE_LATE_MS) return endSchedule(turn, master, 'late')
  schedule.tryAt ??= mono + rank(turn, master) * staggerStep(turn, master)
  if (mono < schedule.tryAt) return
  schedule.tryAt = mono + SCHEDULE_RETRY_MS
  const order = { ...to === undefined ? {} : { to }, ...timeoutMs === undefined ? {} : { timeoutMs } }
  if (beginCoordinated(turn, master, order).kind === 'ok') endSchedule(turn, master, 'started')
}

/** The next time at which `reviewSchedule` acts if no input arrives. */
export function scheduleDueAt({ now: { mono, wall } }: Turn, { schedule }: Master): Millis {
  if (schedule === undefined) return Infinity
  return schedule.tryAt ?? mono + Math.max(1, schedule.kept.at - wall)
}
