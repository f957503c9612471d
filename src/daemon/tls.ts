/**
 * TLS from the configuration (config.md 4.2). Files are read once, at the start: in sentinel mode the original has no
 * command that reads them again either, so new certificates need a restart.
 */
import type { ConnectionOptions, SecureContextOptions } from 'node:tls'

import type { Settings, TlsSettings } from '../config/index.ts'
import type { TlsAcceptorOptions } from '../server/index.ts'
import { readDhParameters, readIdentity, readTrust, secureContext, TlsProblem, type IdentityFiles } from './tls-files.ts'
import { cipherList, cipherSuites, protocolOptions } from './tls-options.ts'

export interface LoadedTls {
  /** For `tls-port`; undefined when that is off. */
  readonly incoming: TlsAcceptorOptions | undefined
  /** For all links, with `tls-replication`; undefined when they are plain. */
  readonly outgoing: ConnectionOptions | undefined
  /** Log lines that say why the start cannot go on; empty when all is well. */
  readonly obstacles: readonly string[]
}

/** Reads and checks everything that TLS needs, in the original's order. Nothing is read when nothing uses TLS. */
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
    // What the library picks unless there is a file.
    dhparam: tls.dhParamsFile === undefined ? 'auto' as const : readDhParameters(tls.dhParamsFile),
  }
  const clientIdentityFiles = clientFiles(tls)
  return {
    server: {
      ...shared,
      ...identity,
      honorCipherOrder: tls.preferServerCiphers,
      // Sessions live in tickets, which the original gives out whatever tls-session-caching and -cache-size say.
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

/** Only the two together make another identity for links; one of them alone counts for nothing. */
function clientFiles(tls: TlsSettings): IdentityFiles | undefined {
  const { clientCertFile: certFile, clientKeyFile: keyFile, clientKeyFilePass: passphrase } = tls
  return certFile === undefined || keyFile === undefined ? undefined : { certFile, keyFile, passphrase }
}

/** Both kinds must be named to Node: without the one it switches off the protocols that need it. */
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
 * The chain must lead to the trusted certificates; names are not compared, because links go to addresses. No name is
 * announced either (config.md 4.2).
 */
function linkOptions(context: SecureContextOptions): ConnectionOptions {
  return {
    secureContext: secureContext(context),
    rejectUnauthorized: true,
    checkServerIdentity: () => undefined,
  }
}
