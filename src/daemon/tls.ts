/**
 * TLS options from the configuration (config.md 4.2). Files are read once, at the start, so new certificates need a
 * restart: in sentinel mode the original has no command that reads them again either.
 */
import type { ConnectionOptions, SecureContextOptions } from 'node:tls'

import type { Settings, TlsSettings } from '../config/index.ts'
import type { TlsAcceptorOptions } from '../server/index.ts'
import { readDhParameters, readIdentity, readTrust, secureContext, TlsProblem, type IdentityFiles } from './tls-files.ts'
import { cipherList, cipherSuites, protocolOptions } from './tls-options.ts'

export interface LoadedTls {
  /** Options for `tls-port`; undefined when that port is off. */
  readonly incoming: TlsAcceptorOptions | undefined
  /** Options for all links with `tls-replication`; undefined when links do not use TLS. */
  readonly outgoing: ConnectionOptions | undefined
  /** Log lines with the reasons why the sentinel cannot start; empty when there are none. */
  readonly obstacles: readonly string[]
}

/** Reads and checks everything that TLS needs, in the order of the original. Reads nothing when TLS is not used. */
export function loadTls({ tlsPort, tls }: Pick<Settings, 'tlsPort' | 'tls'>): LoadedTls {
  const isUsed = tlsPort !== 0 || tls.replication || tls.cluster
  if (!isUsed) return { incoming: undefined, outgoing: undefined, obstacles: [] }
  try {
    const { server, client } = contexts(tls)
    return {
      incoming: tlsPort === 0 ? undefined : { context: server, clientCertificate: tls.authClients },
      outgoing: tls.replication ? linkOptions(client) : undefined,
      obstacles: [],
    }
  } catch (error) {
    if (!(error instanceof TlsProblem)) throw error
    const lines = [error.message, ...error.advice === undefined ? [] : [error.advice]]
    return {
      incoming: undefined,
      outgoing: undefined,
      obstacles: [...lines, 'Failed to configure TLS. Check logs for more info.'],
    }
  }
}

interface Contexts {
  readonly server: SecureContextOptions
  readonly client: SecureContextOptions
}

function contexts(tls: TlsSettings): Contexts {
  const identityFiles = serverFiles(tls)
  const protocols = protocolOptions(tls.protocols)
  if (protocols === undefined) {
    throw new TlsProblem(
      'Invalid tls-protocols specified. Use a combination of \'TLSv1\', \'TLSv1.1\', \'TLSv1.2\' and \'TLSv1.3\'.',
    )
  }
  const identity = readIdentity(identityFiles)
  const shared = {
    ...protocols,
    ca: readTrust(tls.caCertFile, tls.caCertDir),
    ciphers: ciphers(tls),
    // Without a file OpenSSL chooses the parameters.
    dhparam: tls.dhParamsFile === undefined ? 'auto' as const : readDhParameters(tls.dhParamsFile),
  }
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
