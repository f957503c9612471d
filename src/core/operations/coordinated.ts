/** The checks of SENTINEL FAILOVER <name> COORDINATED (docs/decisions/0051-coordinated-failover.md). */
import { startCoordinated } from '../election/order.ts'
import { rankForHandover, whyNotHandedOver } from '../failover/handover-choice.ts'
import { rankReplicas } from '../failover/selection.ts'
import { HANDOVER_DEFAULT_MS } from '../handover-limits.ts'
import { ORDER_MERGE_MS } from '../limits.ts'
import { announcedName } from '../monitoring/announce.ts'
import { addressForRecord, meansAddress } from '../names.ts'
import type { CoordinatedOrder, HandoverRefusal, OperationError, OperationResult } from '../operation.ts'
import { isOlderRelease } from '../server-release.ts'
import type { Endpoint } from '../state/address.ts'
import { newHandover } from '../state/handover.ts'
import { isSilent, type Master } from '../state/master.ts'
import type { Replica } from '../state/replica.ts'
import type { ServerFailover } from '../state/server-failover.ts'
import type { Turn } from '../turn.ts'

/** Begins a coordinated failover, or says why not. */
export function beginCoordinated(turn: Turn, master: Master, order: CoordinatedOrder): OperationResult {
  const refusal = refusalOf(turn, master, order)
  if (refusal !== undefined) return { kind: 'refused', ...refusal }
  const { failoverTimeoutMs } = master.settings
  const ms = Math.min(failoverTimeoutMs, order.timeoutMs ?? HANDOVER_DEFAULT_MS)
  const to = order.to === undefined ? undefined : replicaAt(turn, master, order.to)?.id
  const formerStartAt = master.attempt.startAt
  master.handover = newHandover({ to, until: turn.now.mono + ms, isAdopted: false, formerStartAt })
  startCoordinated(turn, master)
  return { kind: 'ok' }
}

interface Refusal {
  readonly error: OperationError
  readonly why?: HandoverRefusal
}

/** Why the order is refused now; undefined where it is not. */
function refusalOf(turn: Turn, master: Master, { to }: CoordinatedOrder): Refusal | undefined {
  if (!isReady(master)) return { error: 'primary-not-ready' }
  if (!canHandOver(master)) return { error: 'primary-too-old' }
  if (isUnderWay(turn, master)) return { error: 'failover-in-progress' }
  return noCandidate(turn, master, to)
}

function isReady(master: Master): boolean {
  const { link, infoAt, roleReported } = master
  return !isSilent(master) && link.command?.establishedAt !== undefined && link.pulse === 'serving'
    && infoAt !== undefined && roleReported === 'master'
}

/**
 * Whether it has the command FAILOVER, or is so old that the leader can do the steps. Before 4.0 no replication id
 * shows that the replica has its data; later releases have the command, or it was taken out of them.
 */
function canHandOver({ failoverState, version, replid }: Master): boolean {
  if (failoverState !== undefined) return true
  return version !== undefined && isOlderRelease(version, '6.2') && !isOlderRelease(version, '4.0') && replid !== undefined
}

/** A failover of ours, one that a sentinel has just begun with our vote, or an order of another to the server. */
function isUnderWay({ now }: Turn, { attempt, failover, failoverState }: Master): boolean {
  if (failover.phase !== 'none' || attempt.orderAt !== undefined || isFailingOver(failoverState)) return true
  return attempt.votedAt !== undefined && now.mono - attempt.votedAt < ORDER_MERGE_MS
}

function isFailingOver(state: ServerFailover | undefined): boolean {
  return state !== undefined && state !== 'no-failover'
}

function noCandidate(turn: Turn, master: Master, to: CoordinatedOrder['to']): Refusal | undefined {
  const { state, now } = turn
  if (to === undefined) {
    const verdict = rankForHandover(state, master, now.mono)
    master.lastVerdict = verdict
    return verdict.best === undefined ? { error: 'no-good-replica' } : undefined
  }
  const replica = replicaAt(turn, master, to)
  if (replica === undefined) {
    const address = addressForRecord(turn, to.host, to.port)
    const name = address === undefined ? `${to.host}:${to.port}` : announcedName(state, address)
    return { error: 'no-good-replica', why: { replica: name, why: 'unknown' } }
  }
  const why = whyNotHandedOver(master, replica, rankReplicas(state, master, now.mono))
  return why === undefined ? undefined : { error: 'no-good-replica', why: { replica: replica.name, why } }
}

function replicaAt({ state }: Turn, { replicas }: Master, { host, port }: Endpoint): Replica | undefined {
  return [...replicas.values()].find((replica) => meansAddress(state, replica.address, host, port))
}
