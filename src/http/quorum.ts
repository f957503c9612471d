import type { QuorumCheck, SentinelView } from '../core/index.ts'
import { quorumVerdict, type QuorumVerdict } from '../explain/index.ts'

export interface QuorumState extends QuorumCheck, QuorumVerdict {}

/** What SENTINEL CKQUORUM answers; undefined when there is no such master. */
export function quorumState(view: SentinelView, master: string): QuorumState | undefined {
  const check = view.quorumCheck(master)
  return check === undefined ? undefined : { ...check, ...quorumVerdict(check) }
}
