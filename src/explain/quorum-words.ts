/**
 * CKQUORUM in words (protocol.md 2.6). The text is a reply and a label of a metric on which alerts depend, so it must
 * not change.
 */
import type { QuorumCheck } from '../core/index.ts'

export interface QuorumVerdict {
  readonly ok: boolean
  /** The reply without its type byte; begins with `OK` or `NOQUORUM`. */
  readonly message: string
}

export function quorumVerdict({ usable, quorum, majority }: QuorumCheck): QuorumVerdict {
  const missing = [
    ...usable < quorum ? ['. Not enough available Sentinels to reach the specified quorum for this master'] : [],
    ...usable < majority ? ['. Not enough available Sentinels to reach the majority and authorize a failover'] : [],
  ]
  return missing.length > 0
    ? { ok: false, message: `NOQUORUM ${usable} usable Sentinels${missing.join('')}` }
    : { ok: true, message: `OK ${usable} usable Sentinels. Quorum and failover authorization can be reached` }
}
