/**
 * Records the last refusal of a node, and why a connection to it failed. No rule reads them; explanations of a missing
 * failover quote the node's error.
 */
import { hostAndPort } from '../../text/index.ts'
import { REFUSAL_CHARS_MAX } from '../limits.ts'
import type { Reply } from '../reply.ts'
import type { Request } from '../request.ts'
import type { Link, Refusal, RefusedPurpose } from '../state/link.ts'
import type { Instance } from '../state/instance.ts'
import type { Master } from '../state/master.ts'
import type { Replica } from '../state/replica.ts'
import type { OpenConnection } from '../state/sentinel-state.ts'
import type { Turn } from '../turn.ts'
import { touchUsers, usersOf } from './link-users.ts'
import { closeConnection } from './reconnect.ts'

/** Called with errors, with replies on links that hold a refusal, and with all replies of transactions. */
export function updateRefusals(turn: Turn, link: Link, request: Request, reply: Reply): void {
  if (request.kind === 'transaction') {
    updateOrderRefusal(turn, link, request, reply)
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
  'pause-question': undefined,
  'order-notice': undefined,
  'script-kill': undefined,
  'get-ack': undefined,
}

/**
 * A transaction is discarded as a whole when one of its commands is not queued, and the first refusal names the cause.
 * It is kept until a transaction is accepted, so that the same refusal of the next one is not logged again.
 * A command that fails while EXEC runs stops no other: CONFIG REWRITE fails on every server without a file.
 */
function updateOrderRefusal(
  turn: Turn, link: Link, { command, handover }: Extract<Request, { kind: 'transaction' }>, reply: Reply,
): void {
  const known = link.refusals?.get('order')
  if (command === 'MULTI' && reply.kind !== 'error') {
    if (known !== undefined) link.refusals?.set('order', { ...known, isEarlier: true })
    return
  }
  const decisive = handover?.step === 'order' ? 1 : 0
  const failed = command === 'EXEC' && reply.kind === 'array' ? reply.items[decisive] : reply
  if (failed?.kind !== 'error') {
    if (command === 'EXEC' && known?.isEarlier === true) forgive(link, 'order')
    return
  }
  if (known !== undefined && known.isEarlier !== true) return
  // It ends an order that may be over, and a release begins with CONFIG REWRITE.
  if (command === 'FAILOVER ABORT' || handover?.step === 'release') return
  const name = handover?.step === 'hold' ? 'CLIENT' : decisive === 1 ? 'FAILOVER' : 'SLAVEOF'
  refuse(turn, link, { purpose: 'order', command: failed === reply ? command : name, error: failed.text })
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
  const user = instance.kind === 'peer' ? turn.state.globals.sentinelUser : instance.settings.authUser
  turn.note({ kind: 'access-refused', node: nodeText(instance), user: user ?? 'default', command, error })
}

/** `replica 10.0.0.5:6379 of mymaster`. */
function nodeText(instance: Instance): string {
  const kind = instance.kind === 'peer' ? 'sentinel' : instance.kind
  const name = instance.kind === 'master' ? instance.name : instance.masterName
  return `${kind} ${hostAndPort(instance.address.host, instance.address.port)} of ${name}`
}

/** Logs why a node that is down now does not answer. Refused logins and rights are logged when they occur. */
export function reportDownCause(turn: Turn, instance: Instance): void {
  const { link: { lastFailure }, address } = instance
  const nameFailure = turn.state.names.get(address.host)?.failure
  const reason = nameFailure !== undefined && address.ip === undefined ? nameFailure : lastFailure?.reason
  if (reason !== undefined) turn.note({ kind: 'down-cause', node: nodeText(instance), reason })
}

/** The replica was not promoted in time: logs why, as far as that is known. */
export function reportFailedPromotion(turn: Turn, master: Master, { address, link, settings }: Replica): void {
  const replica = hostAndPort(address.host, address.port)
  const refusal = link.refusals?.get('auth') ?? link.refusals?.get('order')
  if (refusal !== undefined) {
    const { command, error } = refusal
    turn.note({ kind: 'promotion-refused', master: master.name, replica, user: settings.authUser ?? 'default', command, error })
  } else if (link.lastFailure !== undefined) {
    turn.note({ kind: 'promotion-unreachable', master: master.name, replica, reason: link.lastFailure.reason })
  }
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

/**
 * A connection whose login was refused stays without one. That of the hello subscription is made again until its login
 * is accepted; then the node has another password, and the command connection follows.
 */
export function renewRefusedLogin(turn: Turn, { link, purpose }: OpenConnection, reply: Reply): void {
  const { command, hello, refusals } = link
  if (purpose !== 'hello' || reply.kind === 'error' || command === undefined || hello === undefined) return
  if (refusals?.has('auth') !== true || hello.startedAt <= command.startedAt) return
  if (![...refusals.values()].some(({ error }) => error.startsWith('NOAUTH'))) return
  closeConnection(turn, link, command)
  link.lastReconnectAt = undefined
  touchUsers(turn, link)
}

function forgive(link: Link, purpose: RefusedPurpose): void {
  link.refusals?.delete(purpose)
  if (link.refusals?.size === 0) link.refusals = undefined
}
