/**
 * Records the last refusal of a node, and why a connection to it failed. No rule reads them; explanations of a missing
 * failover quote the node's error.
 */
import { hostAndPort } from '../../text/index.ts'
import { REFUSAL_CHARS_MAX } from '../limits.ts'
import type { Reply } from '../reply.ts'
import type { Request } from '../request.ts'
import type { Link, Refusal, RefusedPurpose } from '../state/link.ts'
import type { Turn } from '../turn.ts'
import { usersOf } from './link-users.ts'

/** Called with errors, with replies on links that hold a refusal, and with all replies of transactions. */
export function updateRefusals(turn: Turn, link: Link, request: Request, reply: Reply): void {
  if (request.kind === 'transaction') {
    updateOrderRefusal(turn, link, request.command, reply)
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

/** Request kinds whose refusal is remembered. No failover depends on CLIENT SETNAME or a script kill. */
const PURPOSES: Readonly<Record<Exclude<Request['kind'], 'transaction'>, Asked | undefined>> = {
  'auth': { purpose: 'auth', command: 'AUTH' },
  'set-name': undefined,
  'ping': { purpose: 'ping', command: 'PING' },
  'info': { purpose: 'info', command: 'INFO' },
  'publish': { purpose: 'publish', command: 'PUBLISH' },
  'ask': { purpose: 'ask', command: 'SENTINEL IS-MASTER-DOWN-BY-ADDR' },
  'last-vote': undefined,
  'script-kill': undefined,
}

/**
 * A transaction is discarded as a whole when one of its commands is not queued, and the first refusal names the cause.
 * A command that fails while EXEC runs stops no other: CONFIG REWRITE fails on every server without a file.
 */
function updateOrderRefusal(turn: Turn, link: Link, command: string, reply: Reply): void {
  if (command === 'MULTI') forgive(link, 'order')
  const failed = command === 'EXEC' && reply.kind === 'array' ? reply.items[0] : reply
  if (failed?.kind !== 'error' || link.refusals?.has('order') === true) return
  refuse(turn, link, { purpose: 'order', command: failed === reply ? command : 'SLAVEOF', error: failed.text })
}

function refuse(turn: Turn, link: Link, refused: Asked & { readonly error: string }): void {
  link.refusals ??= new Map()
  const { purpose, command } = refused
  const error = refused.error.slice(0, REFUSAL_CHARS_MAX)
  if (isNews(link.refusals, refused, error)) tellRefusal(turn, link, command, error)
  link.refusals.set(purpose, { command, error, at: turn.now.mono })
}

const NO_ACCESS = /^(NOAUTH|WRONGPASS|NOPERM)/

/** Errors of access are logged once for each link, until it accepts. Consequences of a failed login are not logged. */
function isNews(known: ReadonlyMap<RefusedPurpose, Refusal>, { purpose }: Asked, error: string): boolean {
  if (purpose !== 'auth' && (!NO_ACCESS.test(error) || known.has('auth'))) return false
  return ![...known.values()].some((other) => other.error === error)
}

function tellRefusal(turn: Turn, link: Link, command: string, error: string): void {
  const [instance] = usersOf(turn, link)
  if (instance === undefined) return
  const { state } = turn
  const user = instance.kind === 'peer' ? state.globals.sentinelUser : instance.settings.authUser
  const kind = instance.kind === 'peer' ? 'sentinel' : instance.kind
  const name = instance.kind === 'master' ? instance.name : instance.masterName
  const node = `${kind} ${hostAndPort(instance.address.host, instance.address.port)} of ${name}`
  turn.note({ kind: 'access-refused', node, user: user ?? 'default', command, error })
}

/** A refused SUBSCRIBE ends its connection; it is logged when the reason is a new one. */
export function recordSubscribeRefusal(turn: Turn, link: Link, reason: string): void {
  if (!reason.startsWith(SUBSCRIBE_REFUSED)) return
  const error = reason.slice(SUBSCRIBE_REFUSED.length, REFUSAL_CHARS_MAX)
  if (link.subscribeRefused === error || link.refusals?.has('auth') === true) return
  link.subscribeRefused = error
  tellRefusal(turn, link, 'SUBSCRIBE', error)
}

/** The start of the reason that links give (`src/links/redis-link.ts`). */
const SUBSCRIBE_REFUSED = 'SUBSCRIBE was refused: '

function forgive(link: Link, purpose: RefusedPurpose): void {
  link.refusals?.delete(purpose)
  if (link.refusals?.size === 0) link.refusals = undefined
}
