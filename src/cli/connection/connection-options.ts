/** The options that reach a sentinel, which the tools share. They have the names of redis-cli. */
import { isIPv6 } from 'node:net'
import type { ParseArgsConfig } from 'node:util'

import { hasPort, parseAddress, parseUri, type Address } from './address.ts'
import { UsageError } from './errors.ts'
import { readPasswordFile } from './password-file.ts'
import { readTlsOptions, TLS_OPTIONS, type TlsFiles, type TlsValues } from './tls-files.ts'

/** How to log in, the same for every sentinel of a fleet. */
export interface Login {
  readonly user: string | undefined
  readonly password: string | undefined
  /** Undefined for a connection without TLS. */
  readonly tls: TlsFiles | undefined
}

export interface Connection extends Address {
  readonly login: Login
}

export const CONNECTION_OPTIONS = {
  'uri': { type: 'string', short: 'u' },
  'user': { type: 'string' },
  'pass-file': { type: 'string' },
  'password-file': { type: 'string' },
  ...TLS_OPTIONS,
} as const satisfies ParseArgsConfig['options']

export const CONNECTION_HELP = `  -u, --uri URI          redis://USER:PASSWORD@HOST:PORT in the place of HOST[:PORT]; rediss:// for TLS. Other users of the
                         machine can see a password in it
  --user NAME            user to log in as (ACL); default: the default user
  --pass-file FILE       file with the password in its first line (default: the variable REDISCLI_AUTH); also
                         --password-file
  --tls                  connect with TLS; implied by the next four
  --cacert FILE          file of trusted certificates (PEM)
  --cert FILE, --key FILE
                         certificate to show, and its private key (PEM)
  --sni NAME             server name of the TLS handshake`

export interface ConnectionValues extends TlsValues {
  readonly 'uri'?: string | undefined
  readonly 'user'?: string | undefined
  readonly 'pass-file'?: string | undefined
  readonly 'password-file'?: string | undefined
}

export interface ReadConnection {
  readonly connection: Connection
  /** The arguments after the address. */
  readonly rest: readonly string[]
}

/** The connection and the other arguments. With `-u` no argument is the address. @throws UsageError */
export function readConnection(values: ConnectionValues, positionals: readonly string[]): ReadConnection {
  const uri = values.uri === undefined ? undefined : parseUri(values.uri)
  const [first, ...others] = positionals
  if (uri === undefined && first === undefined) {
    throw new UsageError('HOST[:PORT], the address of a sentinel, is missing; an example is 127.0.0.1:26379')
  }
  const { address: { host, port }, rest } = uri === undefined
    ? addressIn(first ?? '', others) : { address: uri, rest: positionals }
  const login = {
    user: values.user ?? uri?.user,
    password: passwordIn(values) ?? uri?.password ?? (process.env['REDISCLI_AUTH'] || undefined),
    tls: readTlsOptions({ ...values, tls: values.tls || uri?.tls === true }),
  }
  return { connection: { host, port, login }, rest }
}

/** The port may be a word of its own, as in redis-cli. A number right after a HOST without a port is one. */
function addressIn(
  first: string, others: readonly string[],
): { readonly address: Address, readonly rest: readonly string[] } {
  const [second = '', ...rest] = others
  if (hasPort(first) || !/^\d{1,5}$/.test(second)) return { address: parseAddress(first), rest: others }
  // An address of IPv6 needs no brackets where the port is apart.
  return { address: parseAddress(isIPv6(first) ? `[${first}]:${second}` : `${first}:${second}`), rest }
}

/** Passwords come from a file or the environment, because every user of the machine can see command lines. */
function passwordIn(values: ConnectionValues): string | undefined {
  const name = (['pass-file', 'password-file'] as const).find((option) => values[option] !== undefined)
  return name === undefined ? undefined : readPasswordFile(`--${name}`, values[name] ?? '')
}
