/**
 * The order that changes which master a node replicates (behaviour.md 9.4). INFO follows in the same pipeline:
 * its answer shows the effect without waiting for the next period.
 */
import { type CommandName, sendCommand } from '../monitoring/commands.ts'
import { announced } from '../monitoring/announce.ts'
import { sendInfo } from '../monitoring/info-request.ts'
import { mayBeOrdered, mayBePromoted } from '../monitoring/foreign-nodes.ts'
import { isAnotherServer, isIdentified, isPossiblyRestarted } from '../monitoring/twins.ts'
import type { HandoverStep } from '../request.ts'
import type { DataNode } from '../state/instance.ts'
import { confirmedReplica } from '../state/failover.ts'
import { masterOf } from '../state/sentinel-state.ts'
import type { Turn } from '../turn.ts'

/**
 * False when nothing was sent: the node's command connection is missing, it may hold another deployment's data, or it
 * could be the target itself under another address. That is not known without INFO on its present connection, which
 * may lead to another server than the one before, nor where the target may have been started again; INFO is requested
 * then.
 */
export function sendReplicaOf(turn: Turn, node: DataNode, target: DataNode | 'no-one'): boolean {
  if (node.kind === 'replica') {
    const master = masterOf(turn.state, node)
    const isAllowed = target === 'no-one' ? mayBePromoted : mayBeOrdered
    if (master === undefined || !isAllowed(turn.state, master, node)) return false
  }
  if (target === 'no-one' ? !isIdentified(node) : !isAnotherServer(node, target)) {
    const unknown = target !== 'no-one' && isIdentified(node) && isPossiblyRestarted(node, target) ? target : node
    unknown.isInfoWanted = true
    turn.touch(unknown)
    return false
  }
  const [host, port] = target === 'no-one'
    ? ['NO', 'ONE'] : [announced(turn.state, target.address), String(target.address.port)]
  endStuckFailover(turn, node)
  return sendTransaction(turn, node, [
    ['SLAVEOF', host, port],
    ['CONFIG', 'REWRITE'],
    ['CLIENT', 'KILL', 'TYPE', 'normal'],
    ['CLIENT', 'KILL', 'TYPE', 'pubsub'],
  ])
}

/** Sends the commands between MULTI and EXEC, and INFO. False when there is no connection. */
export function sendTransaction(
  turn: Turn, node: DataNode, commands: readonly Command[], handover?: HandoverStep,
): boolean {
  if (node.link.command === undefined) return false
  for (const command of [['MULTI'] as const, ...commands]) {
    sendCommand(turn, node, command, { kind: 'transaction', command: command.join(' ') })
  }
  sendCommand(turn, node, ['EXEC'], { kind: 'transaction', command: 'EXEC', ...handover === undefined ? {} : { handover } })
  sendInfo(turn, node, { afterOrder: true })
  return true
}

type Command = readonly [CommandName, ...string[]]

/**
 * A server that hands over refuses SLAVEOF. One that has done so for longer than failover-timeout, or whose successor
 * is the master already, will not end it by itself.
 */
function endStuckFailover(turn: Turn, node: DataNode): void {
  const { failoverSince, settings } = node
  const master = masterOf(turn.state, node)
  if (failoverSince === undefined || master === undefined) return
  const isOver = node === master && confirmedReplica(master) !== undefined
  if (!isOver && turn.now.mono - failoverSince <= settings.failoverTimeoutMs) return
  sendCommand(turn, node, ['FAILOVER', 'ABORT'], { kind: 'transaction', command: 'FAILOVER ABORT' })
}
