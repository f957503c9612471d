/**
 * Replicas and sentinels that are forgotten, by an operator or because they have been dead for long
 * (docs/decisions/0054-forgetting.md).
 */
import { FORGET_MAX_MS } from '../limits.ts'
import { reachablePeers } from '../election/tally.ts'
import { announced } from '../monitoring/announce.ts'
import { canListReplicas } from '../monitoring/listing.ts'
import { meansAddress } from '../names.ts'
import { removePeer, removeReplica } from '../monitoring/records.ts'
import type { KeptTombstone } from '../state/forgotten.ts'
import { majorityOf } from '../state/majority.ts'
import type { Master } from '../state/master.ts'
import type { Peer } from '../state/peer.ts'
import { protectionOf } from '../state/protection.ts'
import type { Replica } from '../state/replica.ts'
import type { Millis } from '../time.ts'
import { addTombstone } from '../tombstones.ts'
import type { Turn } from '../turn.ts'

type Given = Pick<KeptTombstone, 'by' | 'untilWall'> & Partial<Pick<KeptTombstone, 'ignoresHellos'>>

export function forgetReplica(turn: Turn, master: Master, replica: Replica, given: Given): void {
  const isListed = replica.listedAt !== undefined && replica.listedAt === master.infoAt
  removeReplica(turn, master, replica)
  leaveTombstone(turn, master, replica, { ...given, kind: 'replica', isListed })
}

export function forgetSentinel(turn: Turn, master: Master, peer: Peer, given: Given): void {
  removePeer(turn, master, peer)
  leaveTombstone(turn, master, peer, { ...given, kind: 'sentinel', isListed: false })
}

function leaveTombstone(
  turn: Turn, master: Master, record: Replica | Peer, given: Given & Pick<KeptTombstone, 'kind' | 'isListed'>,
): void {
  const { name, address } = record
  addTombstone(turn, master, {
    ignoresHellos: false, ...given, name, host: announced(turn.state, address), port: address.port,
  })
  turn.persist()
  turn.emit('+forgotten', record, { by: given.by, untilWall: given.untilWall })
}

/**
 * Forgets records that have been dead for as long as the settings say. Called after INFO of the master and not in TILT:
 * a master that works lists a replica again that comes back.
 */
export function forgetDead(turn: Turn, master: Master): void {
  if (master.failover.phase !== 'none' || !canListReplicas(master)) return
  const { forgetDeadReplicasMs, forgetDeadSentinelsMs } = protectionOf(turn.state, master)
  const given = { by: 'expiry', untilWall: turn.now.wall + FORGET_MAX_MS } as const
  if (forgetDeadReplicasMs !== undefined) {
    for (const replica of [...master.replicas.values()]) {
      if (!comesBackByItself(turn, master, replica)) continue
      if (isDeadFor(turn, replica, forgetDeadReplicasMs)) forgetReplica(turn, master, replica, given)
    }
  }
  if (forgetDeadSentinelsMs === undefined) return
  const dead = [...master.peers.values()].filter((peer) => (
    isDeadFor(turn, peer, forgetDeadSentinelsMs) && (peer.heardAt ?? -Infinity) <= turn.now.mono - forgetDeadSentinelsMs
  ))
  for (const peer of dead.sort(bySilence)) if (isLeftOver(master)) forgetSentinel(turn, master, peer, given)
}

/**
 * Whether the master will list it again if it comes back: it is not listed now, and it followed this master when it was
 * seen last. No master lists a replaced master, or a replica that follows one: these have to be ordered.
 */
function comesBackByItself({ state, now }: Turn, master: Master, replica: Replica): boolean {
  const { roleReported, reportedMaster, deposedAt, listedAt } = replica
  return listedAt !== now.mono && deposedAt === undefined && roleReported === 'slave' && reportedMaster !== undefined
    && meansAddress(state, master.address, reportedMaster.host, reportedMaster.port)
}

function isDeadFor({ now }: Turn, { sdown, sdownSince }: Replica | Peer, ms: Millis): boolean {
  return sdown && sdownSince !== undefined && now.mono - sdownSince >= ms
}

function bySilence(a: Peer, b: Peer): number {
  const [one, other] = [a.heardAt ?? -1, b.heardAt ?? -1]
  return one === other ? a.id - b.id : one - other
}

/**
 * Whether more sentinels are known than were ever alive at once, and a majority of so many is alive now. So a dead one
 * is never forgotten before another has taken its place, and the majority stays what it is for those that run.
 */
function isLeftOver(master: Master): boolean {
  return master.peers.size >= master.aliveAtOnce && reachablePeers(master) + 1 >= majorityOf(master.aliveAtOnce)
}
