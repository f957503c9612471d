/** Commands about the connection of a client whose login the nodes check: AUTH, HELLO, CLIENT. Pure. */
import { fromWire } from '../../resp/index.ts'
import { readHelloOptions, type ClientState } from './local-commands.ts'

/** Subcommands of CLIENT after which the connection is not one of requests and replies. */
const RAW: ReadonlySet<string> = new Set(['reply', 'tracking', 'caching', 'trackinginfo', 'getredir'])

/**
 * What has to be remembered of the client when the node accepts the request, for the connection after a failover; or
 * `raw`: bytes have to go through from now on. `words`: bytes as characters.
 */
export function passedOn(words: readonly string[], client: ClientState): 'raw' | (() => void) {
  const [name = '', first = '', ...rest] = words
  switch (name.toLowerCase()) {
    case 'auth':
      return () => { client.login = words.slice(1).map(fromWire) }
    case 'hello':
      return () => { rememberHello(words, client) }
    default:
      if (RAW.has(first.toLowerCase())) return 'raw'
      return () => { if (first.toLowerCase() === 'setname') client.name = rest[0] ?? '' }
  }
}

/** HELLO [version [AUTH user password] [SETNAME name]], which a node has accepted. */
function rememberHello([, version, ...options]: readonly string[], client: ClientState): void {
  if (version !== undefined) client.version = version === '3' ? 3 : 2
  const { names, login } = readHelloOptions(options)
  client.login = login?.map(fromWire) ?? client.login
  client.name = names.at(-1) ?? client.name
}
