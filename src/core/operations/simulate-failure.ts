/** SENTINEL SIMULATE-FAILURE: each call replaces what was armed (behaviour.md 12). */
import type { OperationResult, SimulatedFailure } from '../operation.ts'
import type { Turn } from '../turn.ts'

export function armFailure(turn: Turn, failure: SimulatedFailure): OperationResult {
  turn.state.simulatedFailure = failure
  if (failure.crashAfterElection) turn.note({ kind: 'simulated-failure-armed', failure: 'crash-after-election' })
  if (failure.crashAfterPromotion) turn.note({ kind: 'simulated-failure-armed', failure: 'crash-after-promotion' })
  return { kind: 'ok' }
}
