/** The crash that SENTINEL SIMULATE-FAILURE arms (behaviour.md 12). */
import type { Turn } from '../turn.ts'

/** Exit status of a simulated crash. */
const CRASH_STATUS = 99

/** Leaves the process when armed. The caller must do nothing more when it returns true. */
export function crashIf(turn: Turn, armed: boolean): boolean {
  if (!armed) return false
  turn.note({ kind: 'simulated-crash' })
  turn.push({ type: 'exit', status: CRASH_STATUS })
  turn.state.hasCrashed = true
  return true
}
