/** CKQUORUM in words (protocol.md 2.6): the text is a label of a metric that alerts know, so it is exact. */
import type { QuorumCheck, SentinelView } from '../core/index.ts'

export interface QuorumState extends QuorumCheck {
  readonly ok: boolean
  /** What SENTINEL CKQUORUM answers, without the type byte. */
  readonly message: string
}

export function quorumState(view: SentinelView, master: string): QuorumState | undefined {
  const check = view.quorumCheck(master)
  if (check === undefined) return undefined
  const { usable, quorum, majority } = check
  const missing = [
    ...usable < quorum ? ['. Not enough available Sentinels to reach the specified quorum for this master'] : [],
    ...usable < majority ? ['. Not enough available Sentinels to reach the majority and authorize a failover'] : [],
  ]
  const ok = missing.length === 0
  return {
    ...check,
    ok,
    message: ok
      ? `OK ${usable} usable Sentinels. Quorum and failover authorization can be reached`
      : `NOQUORUM ${usable} usable Sentinels${missing.join('')}`,
  }
}
