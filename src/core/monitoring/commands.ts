/** Sends commands under their name on the node and counts them as pending (behaviour.md 3.6, 3.7). */
import type { Request } from '../request.ts'
import type { Instance } from '../state/instance.ts'
import { nameOnNodes } from '../state/settings.ts'
import type { Turn } from '../turn.ts'

/** The commands that we send; only these can be renamed. */
export type CommandName =
  | 'AUTH' | 'CLIENT' | 'PING' | 'INFO' | 'PUBLISH' | 'SUBSCRIBE' | 'SCRIPT' | 'FUNCTION' | 'SENTINEL'
  | 'MULTI' | 'SLAVEOF' | 'CONFIG' | 'EXEC' | 'FAILOVER' | 'REPLCONF'

/**
 * The name of a command on a node. Commands are renamed on data nodes only; the original applies the names to peers as
 * well, where they do not exist (behaviour.md Q13).
 */
export function nameOnNode(instance: Instance, command: CommandName): string {
  if (instance.kind === 'peer') return command
  return nameOnNodes(instance.settings, command)
}

/** Sends on the command connection. False when there is none: the command was not sent. */
export function sendCommand(
  turn: Turn, instance: Instance, command: readonly [CommandName, ...string[]], request: Request,
): boolean {
  const { link } = instance
  if (link.command === undefined) return false
  const [name, ...args] = command
  link.pending += 1
  turn.push({
    type: 'send',
    connection: link.command.id,
    argv: [nameOnNode(instance, name), ...args],
    request,
  })
  return true
}
