import type { SentinelView } from '../core/index.ts'
import { quorumVerdict } from '../explain/index.ts'
import type { QuorumJson } from './json.ts'

/** The result of SENTINEL CKQUORUM; undefined when there is no such master. */
export function quorumState(view: SentinelView, master: string): QuorumJson | undefined {
  const check = view.quorumCheck(master)
  return check === undefined ? undefined : { ...check, ...quorumVerdict(check) }
}
