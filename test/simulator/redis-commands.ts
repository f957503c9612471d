/** The commands of a data node that sentinels and our writers use, with the refusals of Redis in their order. */
import type { Reply } from '../../src/core/index.ts'
import type { Endpoint } from './connection.ts'
import { infoText } from './redis-info.ts'
import type { RedisNode } from './redis-model.ts'
import { bulk, errorReply, integer, OK, type Frame } from './wire.ts'

/** One connection, seen from the node. */
export interface RedisClient {
  readonly endpoint: Endpoint
  isAuthenticated: boolean
  name: string
  isSubscribed: boolean
  isReplica: boolean
  /** Commands since MULTI; undefined outside of a transaction. */
  queued: (readonly string[])[] | undefined
  isDirty: boolean
  /** What came in since a command was held back by CLIENT PAUSE WRITE, that command included. */
  held: Frame[] | undefined
}

/** Commands that a loading server runs. */
const WHILE_LOADING = new Set(['REPLCONF', 'AUTH', 'CLIENT', 'INFO', 'SUBSCRIBE', 'PUBLISH', 'MULTI', 'EXEC', 'CONFIG', 'ROLE'])
/** Commands that run while a script blocks the server. */
const WHILE_BUSY = new Set(['AUTH', 'MULTI', 'SCRIPT', 'FUNCTION'])

/** Runs one command. Undefined = no reply of the ordinary kind. */
export function execute(node: RedisNode, client: RedisClient, argv: readonly string[]): Reply | undefined {
  const name = node.commandOf(argv[0] ?? '') ?? ''
  const refusal = refusalOf(node, client, name, argv)
  if (refusal !== undefined) {
    if (client.queued === undefined) return refusal
    client.isDirty = true
    return name === 'EXEC' ? discard(client, refusal) : refusal
  }
  if (client.queued !== undefined && name !== 'EXEC') {
    client.queued.push(argv)
    return { kind: 'status', text: 'QUEUED' }
  }
  return name === 'EXEC' ? runTransaction(node, client) : run(node, client, name, argv)
}

function refusalOf(
  node: RedisNode, client: RedisClient, name: string, argv: readonly string[],
): Reply | undefined {
  if (!KNOWN.has(name) || (name === 'FAILOVER' && node.isOld)) {
    const args = argv.slice(1).map((arg) => `'${arg}' `).join('')
    return errorReply(`ERR unknown command '${argv[0]}', with args beginning with: ${args}`)
  }
  if (name === 'AUTH') return undefined
  if (node.password !== undefined && !client.isAuthenticated) return errorReply('NOAUTH Authentication required.')
  if (node.denied.has(name)) return errorReply(`NOPERM this user has no permissions to run the '${name.toLowerCase()}' command`)
  if (node.saveFails && (name === 'PING' || name === 'SET')) {
    return errorReply('MISCONF Redis is configured to save RDB snapshots, but it\'s currently unable to persist to disk.')
  }
  if (node.isLoading && !WHILE_LOADING.has(name)) return errorReply('LOADING Redis is loading the dataset in memory')
  return node.busyWith !== undefined && !WHILE_BUSY.has(name) ? node.busyError() : undefined
}

/** An EXEC that is refused itself ends its transaction all the same. */
function discard(client: RedisClient, refusal: Reply): Reply {
  client.queued = undefined
  client.isDirty = false
  const why = refusal.kind === 'error' ? refusal.text : ''
  return errorReply(`EXECABORT Transaction discarded because of: ${why}`)
}

const KNOWN = new Set([
  'PING', 'INFO', 'PUBLISH', 'SUBSCRIBE', 'MULTI', 'EXEC', 'SLAVEOF', 'REPLICAOF', 'CONFIG', 'CLIENT', 'SCRIPT', 'FUNCTION', 'AUTH',
  'ROLE', 'SET', 'FAILOVER', 'REPLCONF',
])

function runTransaction(node: RedisNode, client: RedisClient): Reply {
  const { queued, isDirty } = client
  client.queued = undefined
  client.isDirty = false
  if (queued === undefined) return errorReply('ERR EXEC without MULTI')
  if (isDirty) return errorReply('EXECABORT Transaction discarded because of previous errors.')
  const items: Reply[] = []
  for (const argv of queued) {
    const reply = run(node, client, node.commandOf(argv[0] ?? '') ?? '', argv)
    if (reply !== undefined) items.push(reply)
  }
  return { kind: 'array', items }
}

function run(node: RedisNode, client: RedisClient, name: string, argv: readonly string[]): Reply | undefined {
  const [, first = '', second = '', third = ''] = argv
  switch (name) {
    case 'PING':
      if (node.pingReply !== undefined) return node.pingReply
      return client.isSubscribed ? { kind: 'array', items: [bulk('pong'), bulk('')] } : { kind: 'status', text: 'PONG' }
    case 'INFO':
      node.dataset.show()
      return bulk(infoText(node))
    case 'PUBLISH':
      return integer(node.publish(first, second))
    case 'SUBSCRIBE':
      return node.subscribe(client)
    case 'MULTI':
      client.queued = []
      return OK
    case 'SLAVEOF':
    case 'REPLICAOF':
      return node.replicaOf(first, second, client.endpoint.peerIp)
    case 'FAILOVER':
      return node.handover.failover(argv.slice(1))
    case 'REPLCONF':
      // It has no reply.
      node.replication.acknowledgeNow()
      return undefined
    case 'CONFIG':
      return node.rewriteConfig()
    case 'CLIENT':
      return clientCommand(node, client, [first, second, third])
    case 'SCRIPT':
    case 'FUNCTION':
      return node.killScript(name === 'SCRIPT' ? 'script' : 'function')
    case 'AUTH':
      return authenticate(node, client, argv.slice(1))
    case 'ROLE':
      return { kind: 'array', items: [bulk(node.isMaster ? 'master' : 'slave')] }
    case 'SET':
      return node.write(Number(second))
    default:
      return errorReply('ERR syntax error')
  }
}

function clientCommand(node: RedisNode, client: RedisClient, words: readonly [string, string, string]): Reply {
  const [sub, second, third] = words
  if (sub.toUpperCase() === 'SETNAME') {
    client.name = second
    return OK
  }
  if (sub.toUpperCase() === 'PAUSE' && !(node.isOld && third !== '')) return node.handover.pause(second)
  if (sub.toUpperCase() === 'UNPAUSE' && !node.isOld) return node.handover.unpause()
  if (sub.toUpperCase() === 'KILL' && second.toUpperCase() === 'TYPE') {
    return integer(node.killClients(third === 'pubsub' ? 'pubsub' : 'normal', client))
  }
  return errorReply('ERR syntax error')
}

function authenticate(node: RedisNode, client: RedisClient, words: readonly string[]): Reply {
  if (node.password === undefined) {
    return errorReply('ERR AUTH <password> called without any password configured for the default user. Are you sure your configuration is correct?')
  }
  if (words.at(-1) !== node.password) return errorReply('WRONGPASS invalid username-password pair or user is disabled.')
  client.isAuthenticated = true
  return OK
}
