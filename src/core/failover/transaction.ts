/**
 * The order that changes whom a node replicates (behaviour.md 9.4). INFO follows in the same pipeline: its answer
 * shows the effect without waiting for the next period.
 */
import { type CommandName, sendCommand } from '../monitoring/commands.ts'
import { announced } from '../monitoring/announce.ts'
import { sendInfo } from '../monitoring/periodic.ts'
import type { Address } from '../state/address.ts'
import type { Replica } from '../state/replica.ts'
import type { Turn } from '../turn.ts'

/** False when the node's command connection is missing: nothing was sent. */
export function sendReplicaOf(turn: Turn, replica: Replica, target: Address | 'no-one'): boolean {
  const [host, port] = target === 'no-one' ? ['NO', 'ONE'] : [announced(turn.state, target), String(target.port)]
  const commands: readonly [CommandName, ...string[]][] = [
    ['MULTI'],
    ['SLAVEOF', host, port],
    ['CONFIG', 'REWRITE'],
    ['CLIENT', 'KILL', 'TYPE', 'normal'],
    ['CLIENT', 'KILL', 'TYPE', 'pubsub'],
    ['EXEC'],
  ]
  for (const command of commands) {
    if (!sendCommand(turn, replica, command, { kind: 'transaction', command: command.join(' ') })) return false
  }
  sendInfo(turn, replica, { afterOrder: true })
  return true
}
