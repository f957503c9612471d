/** Commands that have been sent on the present connection and not been answered. */
import type { DataNode, Instance } from '../state/instance.ts'
import type { Sent } from '../state/facts.ts'

export function isOutstanding(instance: Instance, sent: Sent | undefined): boolean {
  return sent !== undefined && !sent.failed && sent.on === instance.link.command?.id
}

/** Whether a hello has been sent and not been answered. */
export function helloOutstanding(node: DataNode): boolean {
  return isOutstanding(node, node.publishSent)
}

/** Whether an INFO has been sent and not been answered. */
export function infoOutstanding(node: DataNode): boolean {
  return isOutstanding(node, node.infoSent)
}
