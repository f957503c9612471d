/** TLS options from the configuration (config.md 4.2), with the certificates as they are in their files now. */
import type { ConnectionOptions, SecureContextOptions } from 'node:tls'

import type { Settings, TlsSettings } from '../config/index.ts'
import { readDhParameters, readIdentity, readTrust, secureContext, TlsProblem, type Identity, type IdentityFiles } from './tls-files.ts'
import { cipherList, cipherSuites, protocolOptions, type ProtocolOptions } from './tls-options.ts'

/** What decides about TLS. */
export type TlsConfiguration = Pick<Settings, 'tlsPort' | 'tls'>

export interface LoadedTls {
  /** For `tls-port`; undefined when that port is off. */
  readonly incoming: SecureContextOptions | undefined
  /** Options for all links with `tls-replication`; undefined when links do not use TLS. */
  readonly outgoing: ConnectionOptions | undefined
  /** What was read from the files; undefined when nothing uses TLS. */
  readonly contexts: Contexts | undefined
}

export const NO_TLS: LoadedTls = Object.freeze({ incoming: undefined, outgoing: undefined, contexts: undefined })

/** Reads and checks everything that TLS needs, in the order of the original. Reads nothing when TLS is not used. */
export function loadTls({ tlsPort, tls }: TlsConfiguration): LoadedTls | TlsProblem {
  const isUsed = tlsPort !== 0 || tls.replication || tls.cluster
  if (!isUsed) return NO_TLS
  try {
    const read = contexts(tls)
    return {
      incoming: tlsPort === 0 ? undefined : read.server,
      outgoing: tls.replication ? linkOptions(read.client) : undefined,
      contexts: read,
    }
  } catch (error) {
    if (error instanceof TlsProblem) return error
    throw error
  }
}

/** What a program with directives of its own uses TLS for. */
export interface TlsUse {
  readonly incoming: boolean
  readonly outgoing: boolean
}

/** TLS of a program other than a sentinel. Outgoing connections need a certificate only where one is given. */
export function loadTlsFor(tls: TlsSettings, use: TlsUse): Omit<LoadedTls, 'contexts'> | TlsProblem {
  try {
    if (use.incoming || (use.outgoing && tls.certFile !== undefined)) {
      const read = contexts(tls)
      return {
        incoming: use.incoming ? read.server : undefined,
        outgoing: use.outgoing ? linkOptions(read.client) : undefined,
      }
    }
    if (!use.outgoing) return NO_TLS
    const identityFiles = clientFiles(tls)
    const identity = identityFiles === undefined ? {} : readIdentity(identityFiles)
    return { incoming: undefined, outgoing: linkOptions({ ...sharedOptions(tls), ...identity }) }
  } catch (error) {
    if (error instanceof TlsProblem) return error
    throw error
  }
}

/** Certificate, key and authorities as they were read, and the other options. */
export type ContextOptions = SecureContextOptions & Identity & { readonly ca: Buffer[], readonly dhparam: Buffer | 'auto' }

export interface Contexts {
  readonly server: ContextOptions
  readonly client: ContextOptions
}

function contexts(tls: TlsSettings): Contexts {
  const identityFiles = serverFiles(tls)
  // The original checks them before it reads the certificate.
  protocolsOf(tls)
  const identity = readIdentity(identityFiles)
  const shared = sharedOptions(tls)
  const clientIdentityFiles = clientFiles(tls)
  return {
    server: {
      ...shared,
      ...identity,
      honorCipherOrder: tls.preferServerCiphers,
      // Sessions are kept in tickets, which the original issues whatever tls-session-caching and -cache-size are.
      ...(tls.sessionCacheTimeoutSeconds === 0 ? {} : { sessionTimeout: tls.sessionCacheTimeoutSeconds }),
    },
    client: { ...shared, ...clientIdentityFiles === undefined ? identity : readIdentity(clientIdentityFiles) },
  }
}

function protocolsOf(tls: TlsSettings): ProtocolOptions {
  const protocols = protocolOptions(tls.protocols)
  if (protocols !== undefined) return protocols
  throw new TlsProblem(
    'Invalid tls-protocols specified. Use a combination of \'TLSv1\', \'TLSv1.1\', \'TLSv1.2\' and \'TLSv1.3\'.',
  )
}

/** What both directions use beside the certificate. */
function sharedOptions(tls: TlsSettings) {
  return {
    ...protocolsOf(tls),
    ca: readTrust(tls.caCertFile, tls.caCertDir),
    ciphers: ciphers(tls),
    // Without a file OpenSSL chooses the parameters.
    dhparam: tls.dhParamsFile === undefined ? 'auto' as const : readDhParameters(tls.dhParamsFile),
  }
}

function serverFiles(tls: TlsSettings): IdentityFiles {
  const { certFile, keyFile, keyFilePass } = tls
  if (certFile === undefined) throw new TlsProblem('No tls-cert-file configured!')
  if (keyFile === undefined) throw new TlsProblem('No tls-key-file configured!')
  const needsTrust = tls.authClients !== 'no' || tls.replication || tls.cluster
  if (needsTrust && tls.caCertFile === undefined && tls.caCertDir === undefined) {
    throw new TlsProblem(
      'Either tls-ca-cert-file or tls-ca-cert-dir must be specified when tls-cluster, tls-replication or tls-auth-clients are enabled!',
    )
  }
  return { certFile, keyFile, passphrase: keyFilePass }
}

/** Links use another identity only when both files are given; one of them alone has no effect. */
function clientFiles(tls: TlsSettings): IdentityFiles | undefined {
  const { clientCertFile: certFile, clientKeyFile: keyFile, clientKeyFilePass: passphrase } = tls
  return certFile === undefined || keyFile === undefined ? undefined : { certFile, keyFile, passphrase }
}

/** Lists ciphers of both kinds, because Node disables the protocols whose kind is missing. */
function ciphers(tls: TlsSettings): string {
  const list = cipherList(tls.ciphers)
  const suites = cipherSuites(tls.ciphersuites)
  if (list === undefined || !isAccepted(list)) throw new TlsProblem(`Failed to configure ciphers: ${tls.ciphers}`)
  if (suites === undefined) throw new TlsProblem(`Failed to configure ciphersuites: ${tls.ciphersuites}`)
  return `${suites}:${list}`
}

function isAccepted(list: string): boolean {
  try {
    secureContext({ ciphers: list })
    return true
  } catch {
    return false
  }
}

/**
 * Options for links. The certificate chain must lead to a trusted certificate. Names are not compared, because links
 * connect to addresses; for the same reason no server name is sent (config.md 4.2).
 */
function linkOptions(context: SecureContextOptions): ConnectionOptions {
  return {
    secureContext: secureContext(context),
    rejectUnauthorized: true,
    checkServerIdentity: () => undefined,
  }
}
