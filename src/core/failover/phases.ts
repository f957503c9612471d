/** The legal moves between the phases of one failover (behaviour.md 9). `enter` alone changes the phase. */
import { assert } from '../assert.ts'
import type { Failover, Phase } from '../state/failover.ts'
import type { Master } from '../state/master.ts'

const LEGAL: Readonly<Record<Phase, readonly Phase[]>> = {
  'none': ['wait-start', 'none'],
  'wait-start': ['wait-start', 'select-replica', 'none'],
  'select-replica': ['send-replicaof-no-one', 'none'],
  'send-replicaof-no-one': ['wait-promotion', 'none'],
  'wait-promotion': ['wait-promotion', 'reconf-replicas', 'none'],
  'reconf-replicas': ['reconf-replicas', 'none'],
}

/** Wire names of the phases (protocol.md 2.2, failover-state). */
export const WIRE_PHASE: Readonly<Record<Phase, string>> = {
  'none': 'none',
  'wait-start': 'wait_start',
  'select-replica': 'select_slave',
  'send-replicaof-no-one': 'send_slaveof_noone',
  'wait-promotion': 'wait_promotion',
  'reconf-replicas': 'reconf_slaves',
}

/** Moves a master to its next phase. @throws InvariantError on an illegal move. */
export function enter(master: Master, next: Failover): void {
  const from = master.failover.phase
  assert(LEGAL[from].includes(next.phase), `failover of ${master.name}: ${from} cannot become ${next.phase}`)
  const writable: { failover: Failover } = master
  writable.failover = next
}
