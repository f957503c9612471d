/**
 * SCRIPT KILL against a script or a function that blocks a node (behaviour.md 4.1). The node may answer again at once,
 * so no sentinel should become a candidate before that is known: PING follows the reply, and candidates wait for both.
 */
import { SCRIPT_KILL_WAIT_MS } from '../limits.ts'
import type { Reply } from '../reply.ts'
import type { DataNode, Instance } from '../state/instance.ts'
import type { Link } from '../state/link.ts'
import type { Millis } from '../time.ts'
import type { Turn } from '../turn.ts'
import { sendCommand } from './commands.ts'

/** The command that a -BUSY reply allows. From Redis 7 on, scripts and functions need different ones. */
export function offeredKill(busy: Reply): Link['killWith'] {
  return busy.kind === 'error' && busy.text.includes('FUNCTION KILL') ? 'FUNCTION' : 'SCRIPT'
}

/** Kills the script or function that blocks a node that is down, once per down period. */
export function killScript(turn: Turn, instance: Instance): void {
  if (instance.kind === 'replica' && instance.foreign !== undefined) return
  if (instance.kind === 'peer' || !instance.sdown || instance.scriptKill !== undefined) return
  if (!sendCommand(turn, instance, [instance.link.killWith, 'KILL'], { kind: 'script-kill' })) return
  instance.scriptKill = { at: turn.now.mono, outcome: 'awaited' }
}

/** Whether SCRIPT KILL was sent and a function blocks the node, or FUNCTION KILL and a script. */
export function isOtherKind(link: Link, reply: Reply): boolean {
  return reply.kind === 'error' && reply.text.startsWith('BUSY') && offeredKill(reply) !== link.killWith
}

/** Whether the script was stopped, by us or by another sentinel; UNKILLABLE means that it has written. */
export function wasStopped(reply: Reply): boolean {
  return reply.kind !== 'error' || reply.text.startsWith('NOTBUSY')
}

/** A killed script ends a moment after the answer to SCRIPT KILL; until then PING is still refused. */
export function isScriptStopping(instance: Instance, now: Millis): boolean {
  return instance.kind !== 'peer' && instance.scriptKill?.outcome === 'stopped' && instance.link.pulse === 'busy'
    && now < instance.scriptKill.at + SCRIPT_KILL_WAIT_MS
}

/** When a failover may start although SCRIPT KILL could make the node answer; undefined = no wait. */
export function scriptKillWaitEnd(node: DataNode, now: Millis): Millis | undefined {
  const { scriptKill } = node
  if (scriptKill === undefined || scriptKill.outcome === 'refused') return undefined
  const end = scriptKill.at + SCRIPT_KILL_WAIT_MS
  return end > now ? end : undefined
}
