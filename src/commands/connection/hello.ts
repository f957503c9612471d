import { error, isError, map } from '../../resp/index.ts'
import type { ErrorReply, ProtocolVersion, RespValue } from '../../resp/index.ts'
import type { Answer, Call } from '../command-spec.ts'
import { BAD_CLIENT_NAME, LONG_CLIENT_NAME } from '../errors.ts'
import { CLIENT_NAME_CHARS_MAX } from '../limits.ts'
import { isPlainName, strictInteger } from '../words.ts'
import { logIn } from './auth.ts'

const BAD_VERSION = error('ERR Protocol version is not an integer or out of range')
const UNSUPPORTED_VERSION = error('NOPROTO unsupported protocol version')
const NOT_AUTHENTICATED = error(
  'NOAUTH HELLO must be called with the client already authenticated, otherwise the HELLO <proto> AUTH <user> <pass> option can be used to authenticate the client and select the RESP protocol version at the same time',
)

interface HelloRequest {
  readonly protocol: ProtocolVersion | undefined
  readonly login?: { readonly user: string, readonly password: string }
  readonly name?: string
}

/**
 * HELLO [protocol [AUTH user password] [SETNAME name]] (protocol.md 5.5). All words are read before anything is
 * applied, and an error leaves the protocol as it was. The reply already uses the new protocol.
 */
export function hello(call: Call): Answer {
  const { client, env } = call
  const request = readRequest(call.argv)
  if (isError(request)) return request
  if (request.login !== undefined) {
    const refused = logIn(call, request.login.user, request.login.password)
    if (refused !== undefined) return refused
  }
  if (!client.authenticated && !env.access.isOpen) return NOT_AUTHENTICATED
  if (request.name !== undefined) client.name = request.name
  if (request.protocol !== undefined) client.protocol = request.protocol
  return describe(call)
}

function readRequest(argv: readonly string[]): HelloRequest | ErrorReply {
  if (argv.length === 1) return { protocol: undefined }
  const protocol = readVersion(argv[1] ?? '')
  if (isError(protocol)) return protocol
  let login: HelloRequest['login']
  let name: string | undefined
  for (let at = 2; at < argv.length;) {
    const [option = '', first, second] = argv.slice(at, at + 3)
    const word = option.toLowerCase()
    if (word === 'auth' && first !== undefined && second !== undefined) {
      login = { user: first, password: second }
      at += 3
    } else if (word === 'setname' && first !== undefined) {
      if (!isPlainName(first)) return BAD_CLIENT_NAME
      if (first.length > CLIENT_NAME_CHARS_MAX) return LONG_CLIENT_NAME
      name = first
      at += 2
    } else {
      return error(`ERR Syntax error in HELLO option '${option}'`)
    }
  }
  return { protocol, ...(login && { login }), ...(name !== undefined && { name }) }
}

function readVersion(word: string): ProtocolVersion | ErrorReply {
  const version = strictInteger(word)
  if (version === undefined) return BAD_VERSION
  if (version === 2n) return 2
  return version === 3n ? 3 : UNSUPPORTED_VERSION
}

function describe({ client, env }: Call): RespValue {
  return map([
    'server', 'redis',
    'version', env.facts.version,
    'proto', client.protocol,
    'id', client.id,
    'mode', 'sentinel',
    'modules', [],
  ])
}
