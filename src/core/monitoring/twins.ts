/**
 * One server that is known under two addresses. A server is its run id, which INFO tells; an address only leads to it.
 * Only one of its records is kept, and no server is ever told to follow itself.
 */
import { TWINS_MAX } from '../limits.ts'
import { promotedReplica } from '../state/failover.ts'
import { announcedHost, hostAndPort, sameAddress, type Address } from '../state/address.ts'
import type { DataNode } from '../state/instance.ts'
import type { Master, Twin } from '../state/master.ts'
import { forget } from '../state/records.ts'
import type { Replica } from '../state/replica.ts'
import { masterOf } from '../state/sentinel-state.ts'
import type { Turn } from '../turn.ts'

/**
 * Whether this replica may be told to follow the target. It may not while it could be the target itself: at the same
 * address, with the same run id, or not asked by INFO on its present connection, which may lead to another server than
 * the one before.
 */
export function isAnotherServer(replica: Replica, target: DataNode): boolean {
  return !isSameServer(replica, target) && isIdentified(replica)
}

/** Known to be one server: one address, or one run id. */
export function isSameServer(one: DataNode, other: DataNode): boolean {
  return sameAddress(one.address, other.address) || (one.runId !== undefined && one.runId === other.runId)
}

function isIdentified({ infoAt, link: { command } }: Replica): boolean {
  return infoAt !== undefined && command !== undefined && infoAt >= command.startedAt
}

/** Called after INFO: keeps one record of each server. Gives no orders and runs in TILT as well. */
export function dropTwins(turn: Turn, node: DataNode): void {
  const master = masterOf(turn.state, node)
  if (master === undefined || node.runId === undefined) return
  const same = nodesOf(master).filter(({ runId }) => runId === node.runId)
  const kept = same.length < 2 ? undefined : survivorOf(master, same)
  if (kept === undefined) return
  for (const one of same) if (one !== kept && one.kind === 'replica') dropTwin(turn, master, one, kept)
}

function nodesOf(master: Master): DataNode[] {
  return [master, ...master.replicas.values()]
}

/**
 * The promoted replica stays, then the master, then the replica that the master listed last. A master that reports to
 * be a replica, or that is down, is no reason to drop one: a failover may need the server at its other address.
 */
function survivorOf(master: Master, same: readonly DataNode[]): DataNode | undefined {
  const promoted = promotedReplica(master)
  if (promoted !== undefined && same.includes(promoted)) return promoted
  if (same.includes(master)) return master.roleReported === 'master' && !master.sdown ? master : undefined
  return same.filter((one) => one.kind === 'replica').sort(byUse)[0]
}

function byUse(a: Replica, b: Replica): number {
  if (a.sdown !== b.sdown) return Number(a.sdown) - Number(b.sdown)
  return (b.listedAt ?? -Infinity) - (a.listedAt ?? -Infinity) || b.id - a.id
}

function dropTwin(turn: Turn, master: Master, dropped: Replica, kept: DataNode): void {
  master.replicas.delete(dropped.name)
  forget(turn, dropped)
  const isListed = dropped.listedAt !== undefined && dropped.listedAt === master.infoAt
  noteTwin(turn, master, { name: dropped.name, kept: nameOf(turn, kept), runId: dropped.runId, isListed })
  turn.persist()
  turn.touch(master)
}

function nameOf(turn: Turn, { address }: DataNode): string {
  return hostAndPort(announcedHost(address, turn.state.globals.announceHostnames), address.port)
}

/** A replica's address that is the master's own. */
export function noteMasterAsReplica(turn: Turn, master: Master, address: Address): void {
  const name = hostAndPort(announcedHost(address, turn.state.globals.announceHostnames), address.port)
  noteTwin(turn, master, { name, kept: nameOf(turn, master), runId: undefined, isListed: false })
}

/** Remembered for explanations, and logged once per pair of addresses. */
function noteTwin(turn: Turn, master: Master, twin: Twin & { readonly name: string }): void {
  const { twins } = master
  const { name, ...rest } = twin
  twins.delete(name)
  const [oldest] = twins.keys()
  if (oldest !== undefined && twins.size >= TWINS_MAX) twins.delete(oldest)
  twins.set(name, rest)
  turn.noteOnce(`twin ${name} ${twin.kept}`, { kind: 'same-server', master: master.name, dropped: name, kept: twin.kept })
}

/**
 * Whether an address that the master lists is to be left alone, because it was dropped and its server is still known
 * under the other one. An address that is listed again after a break is looked at anew: the server may have gone back
 * to it.
 */
export function isDroppedTwin(master: Master, name: string): boolean {
  const twin = master.twins.get(name)
  if (twin?.runId === undefined || !twin.isListed) return false
  return nodesOf(master).some(({ runId, sdown }) => runId === twin.runId && !sdown)
}

/** Called with the names of all replicas that the master lists. */
export function noteListed(master: Master, listed: ReadonlySet<string>): void {
  for (const [name, twin] of master.twins) {
    if (twin.isListed && !listed.has(name)) master.twins.set(name, { ...twin, isListed: false })
  }
}
