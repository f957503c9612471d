/**
 * CKQUORUM in words (protocol.md 2.6). The text is a reply and the label of a metric that alerts know, so it is exact.
 */
import type { QuorumCheck } from '../core/index.ts'

export interface QuorumVerdict {
  readonly ok: boolean
  /** With `OK` or `NOQUORUM` in front, without the type byte of a reply. */
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
