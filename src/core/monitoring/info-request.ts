/** Requests INFO of a data node. */
import type { DataNode } from '../state/instance.ts'
import type { Turn } from '../turn.ts'
import { sendCommand } from './commands.ts'

export function sendInfo(turn: Turn, node: DataNode, options: { afterOrder: boolean }): void {
  if (!sendCommand(turn, node, ['INFO'], { kind: 'info', record: node.id, ...options })) return
  node.isInfoWanted = false
  if (node.link.command !== undefined) {
    node.infoSent = { on: node.link.command.id, at: turn.now.mono, failed: false }
  }
}
