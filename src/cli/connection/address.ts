/** Reads addresses and URIs of command lines. */
import { UsageError } from './errors.ts'

/** The port of a sentinel where none is given. */
const DEFAULT_PORT = 26_379

export interface Address {
  readonly host: string
  readonly port: number
}

/** Reads `host:port` or `[v6]:port`. The default port is 26379. @throws UsageError */
export function parseAddress(text: string): Address {
  return addressIn(text) ?? refuse(`${JSON.stringify(text)} is not HOST[:PORT]; an example is 127.0.0.1:26379`)
}

/** Whether an address that `parseAddress` reads names its port. */
export function hasPort(text: string): boolean {
  return /^(?:\[[^\]]+\]|[^:]*):\d+$/.test(text)
}

/** Reads `host:port` of a data node, whose port has no default. `name` is the option. @throws UsageError */
export function parseNodeAddress(name: string, text: string): Address {
  const address = /:\d+$/.test(text) ? addressIn(text) : undefined
  return address ?? refuse(`${name} must be HOST:PORT, not ${JSON.stringify(text)}; an example is 10.0.0.2:6379`)
}

export interface RedisUri extends Address {
  readonly tls: boolean
  readonly user: string | undefined
  readonly password: string | undefined
}

/**
 * Reads `redis://user:password@host:port` or `rediss://` for TLS, as redis-cli does: a login without a colon is a
 * password, percent signs are decoded, and a database after the port is ignored, because sentinels have none. The
 * message does not repeat the URI, which may hold a password.
 *
 * @throws UsageError
 */
export function parseUri(text: string): RedisUri {
  return readUri(text, '-u', { needsPort: false })
}

/** As `parseUri`, for another server than a sentinel: the URI names its port. `option` is that of the message. */
export function parseNodeUri(option: string, text: string): RedisUri {
  return readUri(text, option, { needsPort: true })
}

function readUri(text: string, option: string, { needsPort }: { readonly needsPort: boolean }): RedisUri {
  const [, scheme = '', login, where = ''] = /^(rediss?):\/\/(?:(.*)@)?([^@/]+)(?:\/\d*)?$/.exec(text) ?? []
  const address = needsPort && !hasPort(where) ? undefined : addressIn(where)
  const port = needsPort ? ':PORT' : '[:PORT]'
  if (address === undefined) refuse(`${option} must be redis://[USER:PASSWORD@]HOST${port}, or rediss:// for TLS`)
  const [, user, password] = /^(?:([^:]*):)?(.*)$/s.exec(login ?? '') ?? []
  return {
    ...address, tls: scheme === 'rediss', user: decoded(option, user), password: decoded(option, password),
  }
}

function addressIn(text: string): Address | undefined {
  const [, bracketed, plain, digits] = /^(?:\[([^\]]+)\]|([^:]*))(?::(\d+))?$/.exec(text) ?? []
  const host = bracketed ?? plain ?? ''
  const port = digits === undefined ? DEFAULT_PORT : Number(digits)
  return host === '' || port < 1 || port > 65_535 ? undefined : { host, port }
}

/** Undefined for nothing. */
function decoded(option: string, part: string | undefined): string | undefined {
  try {
    return decodeURIComponent(part ?? '') || undefined
  } catch {
    return refuse(`${option} has a percent sign without two digits behind it; write %25 for a percent sign`)
  }
}

function refuse(message: string): never {
  throw new UsageError(message)
}
