import { error, isError, verbatim } from '../../resp/index.ts'
import type { ErrorReply, RespValue } from '../../resp/index.ts'
import type { Client } from '../client.ts'
import type { Answer, Call } from '../command-spec.ts'
import type { CommandEnvironment } from '../environment.ts'
import { SYNTAX_ERROR } from '../errors.ts'
import { inSlices } from '../in-slices.ts'
import { strictInteger } from '../words.ts'
import { clientLine } from '../client-line.ts'
import { typeFilter } from './filters.ts'

/** CLIENT LIST, CLIENT LIST TYPE t, CLIENT LIST ID id… (protocol.md 1.6). */
export function list({ argv, env }: Call): Answer {
  const chosen = choose(argv.slice(2), env)
  return isError(chosen) ? chosen : inSlices(env, describing(chosen, env))
}

/** CLIENT INFO: the line of the requesting connection. */
export function info({ client, env }: Call): Answer {
  return verbatim(`${clientLine(client, env.now().mono)}\n`)
}

function choose(words: readonly string[], env: CommandEnvironment): Iterable<Client> | ErrorReply {
  const [option, ...values] = words
  if (option === undefined) return env.clients.all()
  const word = option.toLowerCase()
  if (word === 'type' && values.length === 1) {
    const filter = typeFilter(values[0] ?? '')
    return isError(filter) ? filter : [...env.clients.all()].filter(filter)
  }
  if (word === 'id' && values.length > 0) return byIds(values, env)
  return SYNTAX_ERROR
}

/** The clients in the order of the given ids; ids that are not in use are left out. */
function byIds(words: readonly string[], env: CommandEnvironment): Client[] | ErrorReply {
  const clients: Client[] = []
  for (const word of words) {
    const id = strictInteger(word)
    if (id === undefined) return error('ERR Invalid client ID')
    const client = env.clients.byId(Number(id))
    if (client !== undefined) clients.push(client)
  }
  return clients
}

function* describing(clients: Iterable<Client>, env: CommandEnvironment): Generator<undefined, RespValue> {
  const { mono } = env.now()
  let lines = ''
  for (const client of clients) {
    lines += clientLine(client, mono) + '\n'
    yield
  }
  return verbatim(lines)
}
