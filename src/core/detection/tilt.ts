/**
 * TILT (behaviour.md 2.4): after the process was suspended or its clock jumped, its measured times are not acted
 * on for a while. Links and facts are updated meanwhile; decisions wait.
 */
import { CLOCK_CHECK_MS } from '../limits.ts'
import type { TiltCause } from '../event.ts'
import type { Millis } from '../time.ts'
import type { Turn } from '../turn.ts'

/** The key of the clock check in the deadline table; records start at 1. */
export const CLOCK_KEY = 0

/** Enters or leaves TILT. Runs at the start of every step. */
export function updateTilt(turn: Turn): void {
  const { state, now } = turn
  const previous = state.previousStep
  state.previousStep = now
  if (previous === undefined) {
    scheduleClockCheck(turn)
    return
  }
  const trigger = state.tunables['tilt-trigger']
  const wallDelta = now.wall - previous.wall
  const monoDelta = now.mono - previous.mono
  if (monoDelta > trigger || wallDelta < 0 || wallDelta > trigger) {
    state.tiltSince = now.mono
    state.tiltCause = causeOf(monoDelta, wallDelta, trigger)
    turn.push({ type: 'emit', event: { name: '+tilt' } })
    turn.note({ kind: 'tilt-cause', cause: state.tiltCause })
  } else if (state.tiltSince !== undefined && now.mono - state.tiltSince >= state.tunables['tilt-period']) {
    state.tiltSince = undefined
    turn.push({ type: 'emit', event: { name: '-tilt' } })
    touchAllRecords(turn)
  }
}

function causeOf(monoDelta: Millis, wallDelta: Millis, trigger: Millis): TiltCause {
  if (monoDelta > trigger) return { kind: 'stopped', byMs: monoDelta }
  const byMs = Math.abs(wallDelta - monoDelta)
  return { kind: wallDelta < 0 ? 'back' : 'forward', byMs }
}

/** Puts the next clock check into the deadline table. Other steps measure the clock as well and do not move it. */
export function scheduleClockCheck({ state, now }: Turn): void {
  state.deadlines.set(CLOCK_KEY, now.mono + CLOCK_CHECK_MS)
}

/** Schedules all records, masters last: replicas and peers are up to date before a master decides on them. */
function touchAllRecords({ state }: Turn): void {
  for (const [id, { kind }] of state.records) if (kind !== 'master') state.dirty.add(id)
  for (const { id } of state.masters.values()) {
    state.dirty.delete(id)
    state.dirty.add(id)
  }
}
