/** One attempt from its election to its end. Each phase starts when the one before has ended (behaviour.md 8, 9). */
import { electionEnd, standForElection } from './election/election.ts'
import { orderDueAt } from './election/order.ts'
import { giveUpForLivingMaster } from './failover/conclude.ts'
import { giveUpForDeadMaster } from './failover/handover.ts'
import { phaseDueAt, runPhase } from './failover/machine.ts'
import type { Master } from './state/master.ts'
import type { Millis } from './time.ts'
import type { Turn } from './turn.ts'

/** Runs the phases of an attempt until one has to wait for an input or a deadline. */
export function runAttempt(turn: Turn, master: Master): void {
  for (let before = undefined as unknown; before !== master.failover && !turn.state.hasCrashed;) {
    before = master.failover
    if (!giveUpForLivingMaster(turn, master) && !giveUpForDeadMaster(turn, master)) goOn(turn, master)
  }
}

function goOn(turn: Turn, master: Master): void {
  const { failover } = master
  if (failover.phase === 'none') return
  if (failover.phase === 'wait-start') standForElection(turn, master, failover)
  else runPhase(turn, master, failover)
}

/** The next time at which `runAttempt` or a waiting order acts if no input arrives. */
export function attemptDueAt(turn: Turn, master: Master): Millis {
  const { failover } = master
  if (failover.phase === 'none') return orderDueAt(master)
  if (failover.phase === 'wait-start') return failover.forced ? orderDueAt(master) : electionEnd(turn, master) + 1
  return phaseDueAt(turn, master, failover)
}
