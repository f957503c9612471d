/** CKQUORUM (protocol.md 2.6): whether a failover could be agreed on and authorised now. Pure. */
import { majorityOf } from '../state/majority.ts'
import type { Master } from '../state/master.ts'

/** CKQUORUM (protocol.md 2.6). */
export interface QuorumCheck {
  readonly usable: number
  readonly quorum: number
  readonly majority: number
}

export function checkQuorum(master: Master): QuorumCheck {
  let usable = 1
  for (const peer of master.peers.values()) if (!peer.sdown) usable += 1
  return { usable, quorum: master.settings.quorum, majority: majorityOf(master.peers.size + 1) }
}
