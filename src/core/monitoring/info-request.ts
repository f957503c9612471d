/** Requests INFO of data nodes. */
import type { DataNode } from '../state/instance.ts'
import type { Master } from '../state/master.ts'
import type { Turn } from '../turn.ts'
import { sendCommand } from './commands.ts'

export function sendInfo(turn: Turn, node: DataNode, options: { afterOrder: boolean }): void {
  if (!sendCommand(turn, node, ['INFO'], { kind: 'info', record: node.id, askedAt: turn.now.mono, ...options })) return
  node.isInfoWanted = false
  if (node.link.command !== undefined) {
    node.infoSent = { on: node.link.command.id, at: turn.now.mono, failed: false }
  }
}

/** Requests fresh INFO of all replicas, also before it is due. */
export function wantInfoOfReplicas(turn: Turn, master: Master): void {
  for (const replica of master.replicas.values()) {
    replica.isInfoWanted = true
    turn.touch(replica)
  }
}
