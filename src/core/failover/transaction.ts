/**
 * The order that changes which master a node replicates (behaviour.md 9.4). INFO follows in the same pipeline:
 * its answer shows the effect without waiting for the next period.
 */
import { type CommandName, sendCommand } from '../monitoring/commands.ts'
import { announced } from '../monitoring/announce.ts'
import { sendInfo } from '../monitoring/info-request.ts'
import { mayBeOrdered } from '../monitoring/foreign-nodes.ts'
import { isAnotherServer } from '../monitoring/twins.ts'
import type { DataNode } from '../state/instance.ts'
import { masterOf } from '../state/sentinel-state.ts'
import type { Turn } from '../turn.ts'

/**
 * False when nothing was sent: the node's command connection is missing, it may hold another deployment's data, or it
 * could be the target itself under another address. Fresh INFO is requested then, because it shows the run id.
 */
export function sendReplicaOf(turn: Turn, node: DataNode, target: DataNode | 'no-one'): boolean {
  if (target !== 'no-one' && node.kind === 'replica') {
    const master = masterOf(turn.state, node)
    if (master === undefined || !mayBeOrdered(turn.state, master, node)) return false
  }
  if (target !== 'no-one' && !isAnotherServer(node, target)) {
    node.isInfoWanted = true
    turn.touch(node)
    return false
  }
  const [host, port] = target === 'no-one'
    ? ['NO', 'ONE'] : [announced(turn.state, target.address), String(target.address.port)]
  const commands: readonly [CommandName, ...string[]][] = [
    ['MULTI'],
    ['SLAVEOF', host, port],
    ['CONFIG', 'REWRITE'],
    ['CLIENT', 'KILL', 'TYPE', 'normal'],
    ['CLIENT', 'KILL', 'TYPE', 'pubsub'],
    ['EXEC'],
  ]
  for (const command of commands) {
    if (!sendCommand(turn, node, command, { kind: 'transaction', command: command.join(' ') })) return false
  }
  sendInfo(turn, node, { afterOrder: true })
  return true
}
