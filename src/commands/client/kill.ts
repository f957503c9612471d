import { error, isError, OK } from '../../resp/index.ts'
import type { ErrorReply } from '../../resp/index.ts'
import type { Client } from '../client.ts'
import type { Answer, Call } from '../command-spec.ts'
import type { CommandEnvironment } from '../environment.ts'
import { SYNTAX_ERROR } from '../errors.ts'
import { inSlices } from '../in-slices.ts'
import { KILL_FILTERS_MAX } from '../limits.ts'
import { strictInteger } from '../words.ts'
import type { ClientFilter } from './filters.ts'
import { typeFilter } from './filters.ts'

/** CLIENT KILL ip:port, or CLIENT KILL option value … (protocol.md 1.6). */
export function kill(call: Call): Answer {
  return call.argv.length === 3 ? killAddress(call, call.argv[2] ?? '') : killMatching(call)
}

function killAddress(call: Call, address: string): Answer {
  for (const victim of call.env.clients.all()) {
    if (victim.address !== address) continue
    close(victim, call.client)
    return OK
  }
  return error('ERR No such client')
}

function killMatching(call: Call): Answer {
  const request = readOptions(call.argv.slice(2), call.env)
  if (isError(request)) return request
  return inSlices(call.env, killing(call, request))
}

function* killing({ client: asking, env }: Call, { filters, skipMe }: KillRequest): Generator<undefined, number> {
  let killed = 0
  for (const client of env.clients.all()) {
    if ((client !== asking || !skipMe) && filters.every((matches) => matches(client))) {
      close(client, asking)
      killed += 1
    }
    yield
  }
  return killed
}

/** Closes a connection. The requesting one gets its reply first. */
function close(victim: Client, asking: Client): void {
  if (victim === asking) victim.closeAfterReply()
  else victim.close()
}

interface KillRequest { readonly filters: readonly ClientFilter[], readonly skipMe: boolean }

function readOptions(words: readonly string[], env: CommandEnvironment): KillRequest | ErrorReply {
  if (words.length > 2 * KILL_FILTERS_MAX) return error(`ERR too many filters, at most ${KILL_FILTERS_MAX}`)
  const filters: ClientFilter[] = []
  let skipMe = true
  for (let at = 0; at < words.length; at += 2) {
    const [option = '', value] = words.slice(at, at + 2)
    if (value === undefined) return SYNTAX_ERROR
    if (option.toLowerCase() === 'skipme') {
      if (!/^(?:yes|no)$/i.test(value)) return SYNTAX_ERROR
      skipMe = value.toLowerCase() === 'yes'
      continue
    }
    const filter = readFilter(option.toLowerCase(), value, env)
    if (isError(filter)) return filter
    filters.push(filter)
  }
  return { filters, skipMe }
}

function readFilter(option: string, value: string, env: CommandEnvironment): ClientFilter | ErrorReply {
  switch (option) {
    case 'id':
      return idFilter(value)
    case 'maxage':
      return ageFilter(value, env)
    case 'type':
      return typeFilter(value)
    case 'addr':
      return (client) => client.address === value
    case 'laddr':
      return (client) => client.localAddress === value
    case 'user':
      if (!env.access.hasUser(value)) return error(`ERR No such user '${value}'`)
      return (client) => client.user === value
    default:
      return SYNTAX_ERROR
  }
}

function idFilter(value: string): ClientFilter | ErrorReply {
  const id = strictInteger(value)
  if (id === undefined || id < 1n) return error('ERR client-id should be greater than 0')
  return (client) => BigInt(client.id) === id
}

/** Matches connections that are at least `value` seconds old. */
function ageFilter(value: string, env: CommandEnvironment): ClientFilter | ErrorReply {
  const seconds = strictInteger(value)
  if (seconds === undefined) return error('ERR maxage is not an integer or out of range')
  if (seconds < 1n) return error('ERR maxage should be greater than 0')
  const { mono } = env.now()
  return (client) => (mono - client.connectedAt) / 1000 >= Number(seconds)
}
