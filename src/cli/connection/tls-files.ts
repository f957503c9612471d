/** The TLS options of the tools, and the files that they name. */
import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { ParseArgsConfig } from 'node:util'

import { systemErrorText } from '../../text/index.ts'
import { UsageError } from './errors.ts'

export interface TlsFiles {
  /** Certificates to trust. Undefined for those that Node.js trusts. */
  readonly cacert: string | undefined
  /** The certificate to show, and its key. */
  readonly cert: string | undefined
  readonly key: string | undefined
  /** The server name of the handshake. Undefined for the host name of the address. */
  readonly sni: string | undefined
}

export const TLS_OPTIONS = {
  tls: { type: 'boolean', default: false },
  cacert: { type: 'string' },
  cert: { type: 'string' },
  key: { type: 'string' },
  sni: { type: 'string' },
} as const satisfies ParseArgsConfig['options']

export interface TlsValues {
  readonly tls: boolean
  readonly cacert?: string | undefined
  readonly cert?: string | undefined
  readonly key?: string | undefined
  readonly sni?: string | undefined
}

/** Undefined for connections without TLS. Each of the other options implies `--tls`. @throws UsageError */
export function readTlsOptions({ tls, cacert, cert, key, sni }: TlsValues): TlsFiles | undefined {
  if (cert !== undefined && key === undefined) throw new UsageError('--cert needs --key, the file with its private key')
  if (key !== undefined && cert === undefined) throw new UsageError('--key needs --cert, the file with its certificate')
  const isWanted = tls || [cacert, cert, sni].some((value) => value !== undefined)
  return isWanted ? { cacert, cert, key, sni } : undefined
}

/** What a connection needs of them. */
export interface LoadedTls {
  readonly ca?: Buffer
  readonly cert?: Buffer
  readonly key?: Buffer
  readonly servername?: string
  readonly checkServerIdentity: () => undefined
}

/** What a connection needs, with the files read. @throws UsageError naming the option of a file that cannot be used */
export function loadTlsFiles(files: TlsFiles): LoadedTls {
  const { cacert, cert, key, sni } = files
  const loaded = {
    ...cacert === undefined ? {} : { ca: fileOf('--cacert', cacert) },
    ...cert === undefined ? {} : { cert: fileOf('--cert', cert) },
    ...key === undefined ? {} : { key: fileOf('--key', key) },
    ...sni === undefined ? {} : { servername: sni },
    // The chain must be trusted, as for links. Names are not compared, because sentinels are known by addresses.
    checkServerIdentity: () => undefined,
  }
  checkContents(files, loaded)
  return loaded
}

/** What Node.js would throw when it connects, with the option; a key of another certificate it would only leave out. */
function checkContents({ cacert, cert, key }: TlsFiles, loaded: LoadedTls): void {
  if (loaded.ca !== undefined) certificateIn('--cacert', cacert, loaded.ca)
  if (loaded.cert === undefined || loaded.key === undefined) return
  const shown = certificateIn('--cert', cert, loaded.cert)
  if (!shown.checkPrivateKey(keyIn(key, loaded.key))) throw new UsageError(`--key ${key} is not the private key of --cert ${cert}`)
}

function certificateIn(option: string, path: string | undefined, bytes: Buffer): X509Certificate {
  try {
    return new X509Certificate(bytes)
  } catch {
    throw new UsageError(`${option} ${path} has no certificate in PEM format`)
  }
}

function keyIn(path: string | undefined, bytes: Buffer): KeyObject {
  try {
    return createPrivateKey(bytes)
  } catch {
    throw new UsageError(bytes.includes('ENCRYPTED')
      ? `--key ${path} is encrypted; give a file with the key in plain text, readable by you alone`
      : `--key ${path} has no private key in PEM format`)
  }
}

function fileOf(option: string, path: string): Buffer {
  try {
    return readFileSync(path)
  } catch (error) {
    throw new UsageError(`${option} ${path} cannot be read: ${systemErrorText(error)}`)
  }
}
