/**
 * Opening, losing and closing connections (behaviour.md 3.2 to 3.5). An established connection that was lost is
 * replaced at once, to a replica that no failover of ours needs `UNHURRIED_LINK_MS` later; a node that refuses or keeps
 * dropping us is tried again about once per ping period.
 */
import type { Input } from '../input.ts'
import { canonicalIp } from '../ip.ts'
import {
  FAILOVER_FIRST_MS, HURRIED_RETRY_MS, HURRY_MS, OWN_IPS_MAX, RETRY_SLACK_SHARE, RETURN_RETRY_MS, RETURN_WATCH_MS,
  UNHURRIED_LINK_MS,
} from '../limits.ts'
import { refreshName } from '../names.ts'
import type { ConnectionId } from '../state/ids.ts'
import type { Instance } from '../state/instance.ts'
import { type Connection, isDisconnected, type Link } from '../state/link.ts'
import { authPassFor, peerLogin } from '../state/outside-passwords.ts'
import { masterOf } from '../state/sentinel-state.ts'
import type { Millis } from '../time.ts'
import type { Turn } from '../turn.ts'
import { nameOnNode } from './commands.ts'
import { sendPing } from './heartbeat.ts'
import { sendInfo } from './info-request.ts'
import { touchUsers, usersOf } from './link-users.ts'
import { comparesData } from './lost-data.ts'
import { dismissOutage, hurriedRetryAt, recordOutage } from './outage.ts'

/** The channel on which sentinels find each other. */
export const HELLO_CHANNEL = '__sentinel__:hello'

/** When the next attempt to connect is allowed; undefined while nothing is missing. */
export function reconnectDueAt(turn: Turn, instance: Instance): Millis | undefined {
  const { link } = instance
  if (!isDisconnected(link) || instance.address.port === 0) return undefined
  const allowedAt = link.notBefore ?? turn.now.mono
  if (link.lastReconnectAt === undefined) return allowedAt
  const usualAt = link.lastReconnectAt + Math.ceil(turn.state.tunables['ping-period'] * (1 + RETRY_SLACK_SHARE))
  const hurriedAt = Math.min(
    hurriedRetryAt(turn, link, link.lastReconnectAt) ?? Infinity,
    restartRetryAt(turn, instance, link.lastReconnectAt) ?? Infinity,
    returnRetryAt(turn, instance, link.lastReconnectAt) ?? Infinity,
  )
  return Math.max(allowedAt, Math.min(usualAt, hurriedAt))
}

/**
 * A master that restarts is wanted before its replicas have copied what it has then: they try once per second, and a
 * copy of an empty master takes milliseconds. Once it is down, the failover goes first.
 */
function restartRetryAt(turn: Turn, instance: Instance, lastAt: Millis): Millis | undefined {
  if (instance.kind !== 'master' || !comparesData(turn.state, instance)) return undefined
  const { link: { command, quickReturnAt: { command: lostAt } }, sdown, sdownSince } = instance
  if (command !== undefined || lostAt === undefined || turn.now.mono - lostAt >= HURRY_MS) return undefined
  const pauseEnd = sdown && sdownSince !== undefined ? sdownSince + FAILOVER_FIRST_MS : -Infinity
  return Math.max(lastAt + HURRIED_RETRY_MS, pauseEnd)
}

/** Messages about the promotion go before the first attempt of the leader. */
function returnRetryAt(turn: Turn, instance: Instance, lastAt: Millis): Millis | undefined {
  if (!mayReturnSoon(turn, instance)) return undefined
  const promotedAt = instance.kind === 'master' ? instance.failover.since ?? -Infinity : -Infinity
  return Math.max(lastAt, promotedAt) + RETURN_RETRY_MS
}

/** Whether the node is a master that was replaced a short time ago, or is being replaced by a failover of ours. */
export function mayReturnSoon(turn: Turn, instance: Instance): boolean {
  if (instance.kind === 'master') return instance.failover.phase === 'reconf-replicas'
  return instance.kind === 'replica' && instance.deposedAt !== undefined
    && turn.now.mono - instance.deposedAt < RETURN_WATCH_MS
}

/** Starts the missing connections when the next attempt is due. */
export function reconnect(turn: Turn, instance: Instance): void {
  const due = reconnectDueAt(turn, instance)
  const now = turn.now.mono
  if (due === undefined || due > now) return
  // The answer to the lookup touches this record, which continues the attempt.
  if (!refreshName(turn, instance.address.host)) return
  const { link } = instance
  link.lastReconnectAt = now
  link.notBefore = undefined
  const { ip } = instance.address
  if (ip === undefined) return
  if (link.command === undefined) openCommand(turn, instance, ip)
  if (link.nodeKind === 'data-node' && link.hello === undefined) openHello(turn, instance, ip)
}

function openCommand(turn: Turn, instance: Instance, host: string): void {
  const { link } = instance
  link.pending = 0
  link.localAddress = undefined
  link.command = open(turn, link, { purpose: 'command', host, port: instance.address.port })
  link.pending += introduce(turn, instance, link.command.id, 'cmd')
  // A master that restarted without its data must be found before its replicas copy that: before PING is answered.
  if (instance.kind === 'master' && comparesData(turn.state, instance)) sendInfo(turn, instance, { afterOrder: false })
  sendPing(turn, instance)
  // A server that was started again may have another role.
  if (instance.kind === 'replica') instance.isInfoWanted = true
}

function openHello(turn: Turn, instance: Instance, host: string): void {
  const { link } = instance
  link.hello = open(turn, link, { purpose: 'hello', host, port: instance.address.port })
  introduce(turn, instance, link.hello.id, 'pubsub')
  turn.push({
    type: 'subscribe',
    connection: link.hello.id,
    command: nameOnNode(instance, 'SUBSCRIBE'),
    channel: HELLO_CHANNEL,
  })
}

function open(
  turn: Turn, link: Link, target: { purpose: 'command' | 'hello', host: string, port: number },
): Connection {
  const id = turn.nextConnectionId()
  turn.state.connections.set(id, { link, purpose: target.purpose })
  turn.push({ type: 'connect', connection: id, nodeKind: link.nodeKind, ...target })
  return {
    id, startedAt: turn.now.mono, establishedAt: undefined, pings: 0, pingsSince: turn.now.mono, acceptsPing: false,
  }
}

/** Sends the credentials and the connection's name first (behaviour.md 3.3, 3.4). Returns the number of commands. */
function introduce(turn: Turn, instance: Instance, connection: ConnectionId, suffix: 'cmd' | 'pubsub'): number {
  const { state } = turn
  const credentials = credentialsFor(turn, instance)
  if (credentials !== undefined) {
    const argv = [nameOnNode(instance, 'AUTH'), ...credentials]
    turn.push({ type: 'send', connection, argv, request: { kind: 'auth' } })
  }
  const name = `sentinel-${state.myId.slice(0, 8)}-${suffix}`
  const argv = [nameOnNode(instance, 'CLIENT'), 'SETNAME', name]
  turn.push({ type: 'send', connection, argv, request: { kind: 'set-name' } })
  return credentials === undefined ? 1 : 2
}

/** Arguments of AUTH, or undefined where none is needed (behaviour.md 3.3). */
function credentialsFor(turn: Turn, instance: Instance): readonly string[] | undefined {
  const { state } = turn
  if (instance.kind === 'peer') return peerLogin(state)
  const { authUser } = instance.settings
  const authPass = authPassFor(state, instance.kind === 'master' ? instance.name : instance.masterName, instance.settings)
  if (authPass === undefined) return undefined
  return authUser === undefined ? [authPass] : [authUser, authPass]
}

/** The connection is established: its local address is known now, so hellos can be sent. */
export function handleConnected(turn: Turn, id: ConnectionId, localAddress: string): void {
  const found = findConnection(turn, id)
  if (found === undefined) return
  const { link, connection } = found
  connection.establishedAt = turn.now.mono
  dismissOutage(link)
  if (link.command === connection) {
    link.localAddress = localAddress
    recordOwnIp(turn, localAddress)
    if (link.lastFailure?.purpose === 'command') link.lastFailure = undefined
  }
  touchUsers(turn, link)
}

/** Records a local address. Addresses seldom change; old ones are dropped beyond `OWN_IPS_MAX`. */
function recordOwnIp({ state: { ownIps } }: Turn, localAddress: string): void {
  ownIps.add(canonicalIp(localAddress) ?? localAddress)
  const [oldest] = ownIps
  if (ownIps.size > OWN_IPS_MAX && oldest !== undefined) ownIps.delete(oldest)
}

/** The node confirmed the subscription of the hello connection. */
export function handleSubscribed(turn: Turn, id: ConnectionId): void {
  const link = turn.state.connections.get(id)?.link
  if (link?.hello?.id === id) {
    link.hello.acceptsPing = true
    link.subscribeRefused = undefined
  }
  if (link?.lastFailure?.purpose === 'hello') link.lastFailure = undefined
}

type Disconnected = Extract<Input, { type: 'disconnected' }>

/** The connection could not be made or was lost. Requests on it will never be answered. */
export function handleDisconnected(turn: Turn, { connection: id, cause, reason }: Disconnected): void {
  const found = findConnection(turn, id)
  if (found === undefined) return
  const { link, connection } = found
  const isCommand = link.command === connection
  const purpose = isCommand ? 'command' : 'hello'
  link.lastFailure = { purpose, reason, at: turn.now.mono }
  recordOutage(turn, link, { purpose, wasEstablished: connection.establishedAt !== undefined, cause })
  if (connection.establishedAt === undefined) {
    const event = isCommand ? '-cmd-link-reconnection' : '-pubsub-link-reconnection'
    for (const user of usersOf(turn, link)) turn.emit(event, user, { reason })
  } else {
    allowQuickReturn(turn, link, purpose)
  }
  drop(turn, link, connection)
  touchUsers(turn, link)
}

/** Lets a lost connection reconnect at once, but not in a loop where the node drops each new connection. */
function allowQuickReturn(turn: Turn, link: Link, purpose: 'command' | 'hello'): void {
  const now = turn.now.mono
  const last = link.quickReturnAt[purpose]
  if (last !== undefined && now - last < turn.state.tunables['ping-period']) return
  link.quickReturnAt[purpose] = now
  if (isNeededNow(turn, link)) link.lastReconnectAt = undefined
  else openUnhurried(turn, link)
}

/** Links of masters and peers matter for ODOWN and votes, those of replicas for a failover that we lead. */
function isNeededNow(turn: Turn, link: Link): boolean {
  return usersOf(turn, link).some((user) => user.kind !== 'replica'
    || masterOf(turn.state, user)?.failover.phase !== 'none')
}

/** Schedules a link that is not open, behind the work that a switch of the master starts. */
export function openUnhurried(turn: Turn, link: Link): void {
  link.lastReconnectAt = undefined
  link.notBefore = turn.now.mono + UNHURRIED_LINK_MS
}

/** Closes one connection of a link. The link becomes disconnected; `reconnect` opens it again. */
export function closeConnection(turn: Turn, link: Link, connection: Connection): void {
  turn.push({ type: 'close', connection: connection.id })
  // It got no answer at all: that is not how the end of a process looks.
  if (connection.establishedAt === undefined) dismissOutage(link)
  drop(turn, link, connection)
}

/** Closes the open connections of a link. */
export function closeLink(turn: Turn, link: Link): void {
  if (link.command !== undefined) closeConnection(turn, link, link.command)
  if (link.hello !== undefined) closeConnection(turn, link, link.hello)
}

/** Closes a link and lets it reconnect at once: credentials or the address changed. */
export function renewLink(turn: Turn, link: Link): void {
  closeLink(turn, link)
  link.lastReconnectAt = undefined
  touchUsers(turn, link)
}

function drop(turn: Turn, link: Link, connection: Connection): void {
  turn.state.connections.delete(connection.id)
  if (link.hello === connection) {
    link.hello = undefined
    return
  }
  link.command = undefined
  link.pending = 0
  for (const user of usersOf(turn, link)) if (user.kind === 'peer') user.askedAt = undefined
}

function findConnection(turn: Turn, id: ConnectionId): { link: Link, connection: Connection } | undefined {
  const open = turn.state.connections.get(id)
  if (open === undefined) return undefined
  const connection = open.purpose === 'command' ? open.link.command : open.link.hello
  return connection?.id === id ? { link: open.link, connection } : undefined
}
