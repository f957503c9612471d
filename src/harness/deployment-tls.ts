import { readFileSync } from 'node:fs'

import type { CertificateAuthority } from './certificates.ts'

/**
 * What an application needs to connect to a deployment with TLS. `ca`, `cert` and `key` are named as the options of
 * Node's own TLS, ioredis and node-redis. The certificates of the processes are valid for 127.0.0.1, ::1 and localhost,
 * so that clients can verify them.
 */
export interface DeploymentTls {
  /** The certificate of the authority to trust, as PEM text. */
  readonly ca: string
  /** The client certificate, which every process requires, as PEM text. */
  readonly cert: string
  /** The key of `cert`, as PEM text. */
  readonly key: string
  /** Path of the file that holds `ca`. */
  readonly caFile: string
  /** Path of the file that holds `cert`. */
  readonly certFile: string
  /** Path of the file that holds `key`. */
  readonly keyFile: string
  /** Issues more certificates, for example an expired one. */
  readonly authority: CertificateAuthority
}

/** Issues a certificate for the application under test. */
export function deploymentTls(authority: CertificateAuthority): DeploymentTls {
  const { cert: certFile, key: keyFile } = authority.issue('application')
  const text = (path: string): string => readFileSync(path, 'utf8')
  return {
    ca: text(authority.cert), cert: text(certFile), key: text(keyFile),
    caFile: authority.cert, certFile, keyFile,
    authority,
  }
}
