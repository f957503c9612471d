/** Commands about the connection of the client, which the proxy answers itself. Pure. */
import { encode, error, map, OK, simple, type ProtocolVersion, type RespValue } from '../../resp/index.ts'

/** What the proxy knows about one client. */
export interface ClientState {
  readonly id: number
  version: ProtocolVersion
  isAuthenticated: boolean
  /** The words of the AUTH that a node accepted, in text, where nodes check the logins of clients. */
  login: readonly string[] | undefined
  /** Bytes, one character each. */
  name: string
  database: number
}

/** The login of clients. */
export interface LoginCheck {
  /** Whether clients must log in. */
  readonly needsLogin: boolean
  /** `undefined`: the default user. The words are bytes, one character each. */
  isLogin(user: string | undefined, password: string): boolean
}

export interface LocalMeans {
  readonly login: LoginCheck
  /** The release of the servers, for HELLO. */
  readonly serverVersion: string
}

/** What the session has to do. */
export type LocalOutcome =
  | { readonly kind: 'reply', readonly text: string }
  /** Only a connection of its own can do this. */
  | { readonly kind: 'raw' }
  /** About other clients or the server: the master answers. `words`: what it is asked instead. */
  | { readonly kind: 'master', readonly words?: readonly string[] }
  | { readonly kind: 'quit', readonly text: string }
  /** The client begins anew. */
  | { readonly kind: 'reset', readonly text: string }

export const NO_LOGIN = error('NOAUTH Authentication required.')
const WRONG_LOGIN = error('WRONGPASS invalid username-password pair or user is disabled.')
const NOT_NEEDED = error('ERR AUTH <password> called without any password configured for the default user. Are you sure your configuration is correct?')
export const SYNTAX = error('ERR syntax error')

/** `words`: the whole request, bytes as characters. */
export function runLocal(words: readonly string[], client: ClientState, means: LocalMeans): LocalOutcome {
  const name = (words[0] ?? '').toLowerCase()
  const reply = (value: RespValue): LocalOutcome => ({ kind: 'reply', text: encode(value, client.version) })
  switch (name) {
    case 'auth':
      if (words.length < 2) return reply(wrongCount(name))
      return reply(words.length > 3 ? SYNTAX : logIn(words.slice(1), client, means))
    case 'hello':
      return reply(hello(words.slice(1), client, means))
    case 'quit':
      return { kind: 'quit', text: encode(OK, client.version) }
    case 'reset':
      client.isAuthenticated = !means.login.needsLogin
      client.login = undefined
      client.version = 2
      client.database = 0
      client.name = ''
      return { kind: 'reset', text: encode(simple('RESET'), 2) }
    default:
      return clientCommand(words, client, reply)
  }
}

function logIn(words: readonly string[], client: ClientState, means: LocalMeans): RespValue {
  const [user, password] = words.length === 1 ? [undefined, words[0] ?? ''] : [words[0], words[1] ?? '']
  if (!means.login.needsLogin && user === undefined) return NOT_NEEDED
  if (!means.login.isLogin(user, password)) return WRONG_LOGIN
  client.isAuthenticated = true
  return OK
}

const OPTIONS_END = 'ERR Syntax error in HELLO option'

function hello(words: readonly string[], client: ClientState, means: LocalMeans): RespValue {
  const [wanted, ...options] = words
  if (wanted !== undefined && !/^\d+$/.test(wanted)) return error('ERR Protocol version is not an integer or out of range')
  if (wanted !== undefined && wanted !== '2' && wanted !== '3') return error('NOPROTO unsupported protocol version')
  const { names, login, wrong } = readHelloOptions(options)
  if (!names.every(isName)) return BAD_NAME
  if (wrong !== undefined) return error(`${OPTIONS_END} '${wrong}'`)
  if (login !== undefined) {
    const outcome = logIn(login, client, means)
    if (outcome !== OK) return outcome
  }
  if (!client.isAuthenticated) return error('NOAUTH HELLO must be called with the client already authenticated, otherwise the HELLO <proto> AUTH <user> <pass> option can be used to authenticate the client and select the RESP protocol version at the same time')
  if (wanted !== undefined) client.version = wanted === '3' ? 3 : 2
  client.name = names.at(-1) ?? client.name
  return map(['server', 'redis', 'version', means.serverVersion, 'proto', client.version, 'id', client.id, 'mode', 'standalone', 'role', 'master', 'modules', []])
}

export interface HelloOptions {
  /** Of SETNAME, which may be repeated. */
  readonly names: readonly string[]
  /** User and password of AUTH. */
  readonly login: readonly string[] | undefined
  /** The first word that is none of these options; those behind it are not read. */
  readonly wrong: string | undefined
}

/** What follows the version in HELLO. */
export function readHelloOptions(options: readonly string[]): HelloOptions {
  const names: string[] = []
  let login: readonly string[] | undefined
  for (let at = 0; at < options.length;) {
    const option = options[at]?.toLowerCase()
    const [first, second] = options.slice(at + 1)
    if (option === 'auth' && first !== undefined && second !== undefined) {
      login = [first, second]
      at += 3
    } else if (option === 'setname' && first !== undefined) {
      names.push(first)
      at += 2
    } else {
      return { names, login, wrong: options[at] ?? '' }
    }
  }
  return { names, login, wrong: undefined }
}

/** Characters of the name that a client gives itself, which the proxy keeps. */
const NAME_CHARS_MAX = 1_024

const BAD_NAME = error('ERR Client names cannot contain spaces, newlines or special characters.')

function isName(text: string): boolean {
  return text.length <= NAME_CHARS_MAX && /^[!-~]*$/.test(text)
}

function clientCommand(
  words: readonly string[], client: ClientState, reply: (value: RespValue) => LocalOutcome,
): LocalOutcome {
  switch (words[1]?.toLowerCase()) {
    case 'id':
      return reply(client.id)
    case 'getname':
      return reply(client.name === '' ? null : client.name)
    case 'setname':
      if (words.length !== 3) return reply(wrongCount('client|setname'))
      if (!isName(words[2] ?? '')) return reply(BAD_NAME)
      client.name = words[2] ?? ''
      return reply(OK)
    case 'setinfo': case 'no-evict': case 'no-touch':
      return reply(OK)
    case 'info':
      return reply(`id=${client.id} name=${client.name} db=${client.database} resp=${client.version}\n`)
    case 'reply': case 'tracking': case 'caching': case 'trackinginfo': case 'getredir':
      return { kind: 'raw' }
    default:
      return { kind: 'master' }
  }
}

function wrongCount(name: string): RespValue {
  return error(`ERR wrong number of arguments for '${name}' command`)
}
