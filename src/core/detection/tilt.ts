/**
 * TILT (behaviour.md 2.4): when the process stood still or its clock jumped, what it believes about time is not to
 * be acted on for a while. Links and facts are kept up meanwhile; decisions wait.
 */
import { CLOCK_CHECK_MS } from '../limits.ts'
import type { Turn } from '../turn.ts'

/** The key of the clock check in the deadline table; records start at 1. */
export const CLOCK_KEY = 0

/** At the start of every step. */
export function observeClock(turn: Turn): void {
  const { state, now } = turn
  const previous = state.previousStep
  state.previousStep = now
  if (previous === undefined) {
    checkClockAgain(turn)
    return
  }
  const trigger = state.tunables['tilt-trigger']
  const wallDelta = now.wall - previous.wall
  if (now.mono - previous.mono > trigger || wallDelta < 0 || wallDelta > trigger) {
    state.tiltSince = now.mono
    turn.push({ type: 'emit', event: { name: '+tilt' } })
  } else if (state.tiltSince !== undefined && now.mono - state.tiltSince >= state.tunables['tilt-period']) {
    state.tiltSince = undefined
    turn.push({ type: 'emit', event: { name: '-tilt' } })
    lookAtEverything(turn)
  }
}

/** Puts the next clock check into the deadline table. Other steps measure the clock as well and do not move it. */
export function checkClockAgain({ state, now }: Turn): void {
  state.deadlines.set(CLOCK_KEY, now.mono + CLOCK_CHECK_MS)
}

/** Masters last: what was frozen about replicas and peers is looked at before anything is decided on it. */
function lookAtEverything({ state }: Turn): void {
  for (const [id, { kind }] of state.records) if (kind !== 'master') state.dirty.add(id)
  for (const { id } of state.masters.values()) {
    state.dirty.delete(id)
    state.dirty.add(id)
  }
}
