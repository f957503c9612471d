/** CLIENT KILL and CLIENT UNBLOCK with the id of a client of the proxy. Pure. */
import { encode, error, type RespValue } from '../../resp/index.ts'
import { clientIdOf } from './client-ids.ts'
import { SYNTAX, type ClientState, type LocalOutcome } from './local-commands.ts'

/** Another client, or the same. */
export interface Peer {
  /** Closes its connection. */
  fail(): void
  /** The id that the master gave its private connection, which no other client gets then; undefined: there is none. */
  takeServerId(): number | undefined
}

export interface ClientPeers {
  /** Undefined: there is no such client. `elsewhere`: the id is of another process of the proxy. */
  find(id: number): Peer | 'elsewhere' | undefined
}

/** `words` begin with CLIENT. Undefined: the command names no client of the proxy. */
export function runPeerCommand(
  words: readonly string[], client: ClientState, peers: ClientPeers,
): LocalOutcome | undefined {
  switch (words[1]?.toLowerCase()) {
    case 'kill':
      return kill(words.slice(2), client, peers)
    case 'unblock':
      return unblock(words, client, peers)
    default:
      return undefined
  }
}

function kill(filters: readonly string[], client: ClientState, peers: ClientPeers): LocalOutcome | undefined {
  if (filters.length % 2 !== 0) return undefined
  const pairs = new Map<string, string>()
  for (let at = 0; at < filters.length; at += 2) pairs.set(filters[at]?.toLowerCase() ?? '', filters[at + 1] ?? '')
  const id = clientIdOf(pairs.get('id'))
  if (id === undefined) return undefined
  const skipMe = pairs.get('skipme')?.toLowerCase() ?? 'yes'
  if (skipMe !== 'yes' && skipMe !== 'no') return reply(SYNTAX, client)
  if (pairs.size * 2 !== filters.length || [...pairs.keys()].some((name) => name !== 'id' && name !== 'skipme')) {
    return reply(ONLY_ID, client)
  }
  if (id === client.id) {
    return skipMe === 'yes' ? reply(0, client) : { kind: 'quit', text: encode(1, client.version) }
  }
  const peer = peers.find(id)
  if (peer === 'elsewhere') return reply(elsewhere(id), client)
  peer?.fail()
  return reply(peer === undefined ? 0 : 1, client)
}

const ONLY_ID = error('ERR CLIENT KILL with the ID of a client of the proxy takes no other filter than SKIPME')

function unblock(words: readonly string[], client: ClientState, peers: ClientPeers): LocalOutcome | undefined {
  const [,, word, reason, ...rest] = words
  const id = clientIdOf(word)
  if (id === undefined || rest.length > 0 || !/^(?:timeout|error)$/i.test(reason ?? 'timeout')) return undefined
  const peer = peers.find(id)
  if (peer === 'elsewhere') return reply(elsewhere(id), client)
  const serverId = peer?.takeServerId()
  if (serverId === undefined) return reply(0, client)
  return { kind: 'master', words: ['CLIENT', 'UNBLOCK', String(serverId), ...reason === undefined ? [] : [reason]] }
}

function elsewhere(id: number): RespValue {
  return error(`ERR client ${id} is not one of the process of the proxy that serves this connection`)
}

function reply(value: RespValue, { version }: ClientState): LocalOutcome {
  return { kind: 'reply', text: encode(value, version) }
}
