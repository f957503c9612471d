/** The answer of a peer to IS-MASTER-DOWN-BY-ADDR (behaviour.md 7.4). Pure. */
import { RUN_ID_CHARS_MAX } from '../limits.ts'
import type { Reply } from '../reply.ts'
import type { Epoch } from '../state/ids.ts'

export interface MasterDownAnswer {
  readonly down: boolean
  /** The candidate that has the peer's last vote. */
  readonly leader: string | undefined
  /** The epoch of that vote; 0 when the peer never voted, or has no master at the address in question. */
  readonly epoch: Epoch
}

/** Undefined when it is not `[number, id, number]`. */
export function readMasterDownAnswer(reply: Reply): MasterDownAnswer | undefined {
  if (reply.kind !== 'array' || reply.items.length !== 3) return undefined
  const [down, leader, epoch] = reply.items
  if (down?.kind !== 'integer' || leader?.kind !== 'bulk' || epoch?.kind !== 'integer') return undefined
  if (leader.text.length > RUN_ID_CHARS_MAX) return undefined
  return {
    down: down.value === 1n,
    leader: leader.text === '*' ? undefined : leader.text,
    epoch: BigInt.asUintN(64, epoch.value),
  }
}

/** The complaint about an answer that cannot be read. */
export function malformedAnswer(reply: Reply): string {
  const what = reply.kind === 'error' ? `the error ${reply.text}` : 'something that is not [number, id, number]'
  return `${what} as answer to is-master-down-by-addr`
}
