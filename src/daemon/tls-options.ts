/** Translates the directives about TLS protocols and ciphers into options of Node (config.md 4.2). */
import { constants } from 'node:crypto'
import type { SecureVersion } from 'node:tls'

interface Protocol {
  readonly name: SecureVersion
  /** OpenSSL option that disables this protocol, for a gap in the list. */
  readonly off: number
}

const PROTOCOLS: readonly Protocol[] = [
  { name: 'TLSv1', off: constants.SSL_OP_NO_TLSv1 },
  { name: 'TLSv1.1', off: constants.SSL_OP_NO_TLSv1_1 },
  { name: 'TLSv1.2', off: constants.SSL_OP_NO_TLSv1_2 },
  { name: 'TLSv1.3', off: constants.SSL_OP_NO_TLSv1_3 },
]

/** All suites of TLS 1.3. Other names are ignored, as OpenSSL ignores unknown ciphers. */
const SUITES: ReadonlySet<string> = new Set([
  'TLS_AES_128_GCM_SHA256', 'TLS_AES_256_GCM_SHA384', 'TLS_CHACHA20_POLY1305_SHA256', 'TLS_AES_128_CCM_SHA256',
  'TLS_AES_128_CCM_8_SHA256',
])

const BETWEEN_CIPHERS = /[:, ;]+/

export interface ProtocolOptions {
  readonly minVersion: SecureVersion
  readonly maxVersion: SecureVersion
  readonly secureOptions: number
}

/** Options for `tls-protocols`: names separated by blanks, in any case. Undefined when a name is unknown. */
export function protocolOptions(names = 'TLSv1.2 TLSv1.3'): ProtocolOptions | undefined {
  const wanted = new Set(names.toLowerCase().split(' ').filter((name) => name !== ''))
  const found = PROTOCOLS.filter(({ name }) => wanted.has(name.toLowerCase()))
  const [first] = found
  const last = found.at(-1)
  if (first === undefined || last === undefined || found.length < wanted.size) return undefined
  const gaps = PROTOCOLS.slice(PROTOCOLS.indexOf(first), PROTOCOLS.indexOf(last)).filter((one) => !found.includes(one))
  return {
    minVersion: first.name,
    maxVersion: last.name,
    secureOptions: gaps.reduce((options, { off }) => options | off, 0),
  }
}

/** The ciphers of `tls-ciphers`, which are for protocols up to TLS 1.2. Undefined when there are none. */
export function cipherList(names: string | undefined): string | undefined {
  const list = (names ?? defaultCiphers()).split(BETWEEN_CIPHERS)
    .filter((name) => name !== '' && !name.startsWith('TLS_'))
  return list.length === 0 ? undefined : list.join(':')
}

/** The suites of `tls-ciphersuites`, which are for TLS 1.3. Undefined when there are none. */
export function cipherSuites(names: string | undefined): string | undefined {
  const suites = (names ?? defaultCiphers()).split(BETWEEN_CIPHERS).filter((name) => SUITES.has(name))
  return suites.length === 0 ? undefined : suites.join(':')
}

function defaultCiphers(): string {
  return process.getBuiltinModule('node:tls').DEFAULT_CIPHERS
}
