/**
 * One server that is known under two addresses. INFO shows the run id, which identifies the server.
 * Only one of its records is kept, and no server is ever ordered to follow itself.
 */
import { promotedReplica } from '../state/failover.ts'
import { sameAddress } from '../state/address.ts'
import { type DataNode, dataNodesOf } from '../state/instance.ts'
import { isSilent, type Master } from '../state/master.ts'
import { forget } from './records.ts'
import type { Replica } from '../state/replica.ts'
import { masterOf } from '../state/sentinel-state.ts'
import type { Turn } from '../turn.ts'
import { announcedName } from './announce.ts'
import { recordTwin } from './known-twins.ts'

/**
 * Whether this node may be ordered to follow the target. It may not while it could be the target itself: at the same
 * address, with the same run id, or without INFO on its present connection, which may reach another server than the
 * one before; or where the target may have been started again, and be known by its former run id.
 */
export function isAnotherServer(node: DataNode, target: DataNode): boolean {
  return !isSameServer(node, target) && isIdentified(node) && !isPossiblyRestarted(node, target)
}

/** Whether the target has lost its connection, and the run id of this node is newer than all that is known of it. */
export function isPossiblyRestarted({ runIdSince = -Infinity }: DataNode, target: DataNode): boolean {
  return !isIdentified(target) && runIdSince > (target.infoAt ?? -Infinity)
}

/** Whether two records are known to be one server: by address or by run id. */
export function isSameServer(one: DataNode, other: DataNode): boolean {
  return sameAddress(one.address, other.address) || (one.runId !== undefined && one.runId === other.runId)
}

/** Whether INFO was read on its present connection, which may lead to another server than the one before. */
export function isIdentified({ infoAt, link: { command } }: DataNode): boolean {
  return infoAt !== undefined && command !== undefined && infoAt >= command.startedAt
}

/** Called after INFO: keeps one record of each server. Gives no orders and runs in TILT as well. */
export function dropTwins(turn: Turn, node: DataNode): void {
  const master = masterOf(turn.state, node)
  if (master === undefined || node.runId === undefined) return
  const same = dataNodesOf(master).filter(({ runId }) => runId === node.runId)
  const kept = same.length < 2 ? undefined : survivorOf(master, same)
  if (kept === undefined) return
  for (const one of same) if (one !== kept && one.kind === 'replica') dropTwin(turn, master, one, kept)
}

/**
 * The promoted replica stays, then the master, then the replica that the master listed last. A master that reports to
 * be a replica, or that is down, is no reason to drop one: a failover may need the server at its other address.
 */
function survivorOf(master: Master, same: readonly DataNode[]): DataNode | undefined {
  const promoted = promotedReplica(master)
  if (promoted !== undefined && same.includes(promoted)) return promoted
  if (same.includes(master)) return master.roleReported === 'master' && !isSilent(master) ? master : undefined
  return same.filter((one) => one.kind === 'replica').sort(byUse)[0]
}

function byUse(a: Replica, b: Replica): number {
  if (a.sdown !== b.sdown) return Number(a.sdown) - Number(b.sdown)
  return (b.listedAt ?? -Infinity) - (a.listedAt ?? -Infinity) || b.id - a.id
}

function dropTwin(turn: Turn, master: Master, dropped: Replica, kept: DataNode): void {
  master.replicas.delete(dropped.name)
  // A pause is one of the server, whichever address it was sent to.
  if (dropped.pausedUntil !== undefined) kept.pausedUntil = Math.max(kept.pausedUntil ?? 0, dropped.pausedUntil)
  forget(turn, dropped)
  const isListed = dropped.listedAt !== undefined && dropped.listedAt === master.infoAt
  const keptName = announcedName(turn.state, kept.address)
  recordTwin(turn, master, { name: dropped.name, kept: keptName, runId: dropped.runId, isListed })
  turn.persist()
  turn.touch(master)
}
