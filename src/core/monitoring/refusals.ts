/**
 * What a node refused, and why a connection to it failed. Nothing is decided by it: a failover that does not come about
 * can be explained then, by the words of the node that stood in its way.
 */
import { REFUSAL_CHARS_MAX } from '../limits.ts'
import type { Reply } from '../reply.ts'
import type { Request } from '../request.ts'
import type { Link, RefusedPurpose } from '../state/link.ts'
import type { Turn } from '../turn.ts'

/** Called with errors, with replies on links that hold a refusal, and with all replies of transactions. */
export function noteOutcome(turn: Turn, link: Link, request: Request, reply: Reply): void {
  if (request.kind === 'transaction') {
    noteOrder(turn, link, request.command, reply)
    return
  }
  const asked = PURPOSES[request.kind]
  if (asked === undefined) return
  if (reply.kind === 'error') refuse(turn, link, { ...asked, error: reply.text })
  else forgive(link, asked.purpose)
}

interface Asked {
  readonly purpose: RefusedPurpose
  readonly command: string
}

/** Nothing depends on the name of a connection or on stopping a script. */
const PURPOSES: Readonly<Record<Exclude<Request['kind'], 'transaction'>, Asked | undefined>> = {
  'auth': { purpose: 'auth', command: 'AUTH' },
  'set-name': undefined,
  'ping': { purpose: 'ping', command: 'PING' },
  'info': { purpose: 'info', command: 'INFO' },
  'publish': { purpose: 'publish', command: 'PUBLISH' },
  'ask': { purpose: 'ask', command: 'SENTINEL IS-MASTER-DOWN-BY-ADDR' },
  'script-kill': undefined,
}

/**
 * A transaction is discarded as a whole when one of its commands is not taken, and the first refusal says why. What
 * fails while it is executed stops nothing but itself: CONFIG REWRITE does on every server without a file.
 */
function noteOrder(turn: Turn, link: Link, command: string, reply: Reply): void {
  if (command === 'MULTI') forgive(link, 'order')
  const failed = command === 'EXEC' && reply.kind === 'array' ? reply.items[0] : reply
  if (failed?.kind !== 'error' || link.refusals?.has('order') === true) return
  refuse(turn, link, { purpose: 'order', command: failed === reply ? command : 'SLAVEOF', error: failed.text })
}

function refuse(turn: Turn, link: Link, refused: Asked & { readonly error: string }): void {
  link.refusals ??= new Map()
  const { purpose, command, error } = refused
  link.refusals.set(purpose, { command, error: error.slice(0, REFUSAL_CHARS_MAX), at: turn.now.mono })
}

function forgive(link: Link, purpose: RefusedPurpose): void {
  link.refusals?.delete(purpose)
  if (link.refusals?.size === 0) link.refusals = undefined
}
