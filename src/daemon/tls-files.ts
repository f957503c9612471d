/** Reads and checks certificates and keys. Errors are in the words of the original. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { SecureContext, SecureContextOptions } from 'node:tls'

import { systemErrorText } from '../text/index.ts'

/** A problem with TLS that prevents the start or a reload. */
export class TlsProblem extends Error {
  /** What the operator can do; undefined when the message is enough. */
  readonly advice: string | undefined

  constructor(message: string, advice?: string) {
    super(message)
    this.advice = advice
  }

  /** The message, and what to do on a line of its own. */
  get lines(): readonly string[] {
    return [this.message, ...this.advice === undefined ? [] : [this.advice]]
  }
}

export interface Identity {
  readonly cert: Buffer
  readonly key: Buffer
  readonly passphrase?: string
}

export interface IdentityFiles {
  readonly certFile: string
  readonly keyFile: string
  readonly passphrase: string | undefined
}

/** File name in a CA directory: the hash of the subject and a number, as `openssl rehash` makes it. */
const HASHED_NAME = /^[0-9a-f]{8}\.\d+$/

const CERTIFICATE = /-----BEGIN (?:X509 |TRUSTED )?CERTIFICATE-----/
const DH_PARAMETERS = /-----BEGIN DH PARAMETERS-----\s+([A-Za-z0-9+/=\s]+)-----END DH PARAMETERS-----/
const DER_SEQUENCE = 0x30

const NO_CERTIFICATE = 'error:05800088:x509 certificate routines::no certificate or crl found'
const BAD_DECRYPT = 'bad decrypt'
const NO_PASSPHRASE = 'error:07880109:common libcrypto routines::interrupted or cancelled'

/**
 * Loads Node's module for TLS when it is first used, because loading takes 6 to 20 ms.
 *
 * @throws Error of OpenSSL
 */
export function secureContext(options: SecureContextOptions): SecureContext {
  return process.getBuiltinModule('node:tls').createSecureContext(options)
}

/** @throws TlsProblem */
export function readIdentity({ certFile, keyFile, passphrase }: IdentityFiles): Identity {
  const certTrouble = `Failed to load certificate: ${certFile}`
  const cert = readPem(certFile, certTrouble)
  attempt(certTrouble, () => secureContext({ cert }))
  const keyTrouble = `Failed to load private key: ${keyFile}`
  const key = readPem(keyFile, keyTrouble)
  const identity = { cert, key, ...(passphrase === undefined ? {} : { passphrase }) }
  try {
    secureContext(identity)
  } catch (error) {
    throw keyProblem(keyTrouble, identity, error)
  }
  return identity
}

/**
 * Certificates to trust, in PEM. Those of a directory are read now; the original reads them at each handshake.
 *
 * @throws TlsProblem when the file cannot be used. A missing directory has no certificates, as in the original.
 */
export function readTrust(caFile: string | undefined, caDirectory: string | undefined): Buffer[] {
  const trusted: Buffer[] = []
  if (caFile !== undefined) {
    const trouble = 'Failed to configure CA certificate(s) file/directory'
    const pem = readPem(caFile, trouble, caFile)
    if (!CERTIFICATE.test(pem.toString('latin1'))) throw new TlsProblem(`${trouble}: ${NO_CERTIFICATE}`, pemAdvice(caFile))
    attempt(trouble, () => secureContext({ ca: pem }))
    trusted.push(pem)
  }
  return [...trusted, ...caDirectory === undefined ? [] : readDirectory(caDirectory)]
}

/** @throws TlsProblem */
export function readDhParameters(file: string): Buffer {
  let pem: Buffer
  try {
    pem = readFileSync(file)
  } catch (error) {
    throw new TlsProblem(`Failed to load ${file}: ${systemErrorText(error)}`)
  }
  const [, body = ''] = DH_PARAMETERS.exec(pem.toString('latin1')) ?? []
  if (Buffer.from(body, 'base64')[0] !== DER_SEQUENCE) {
    throw new TlsProblem(
      `${file}: failed to read DH params.`, 'It must hold DH PARAMETERS in PEM, as `openssl dhparam 2048` makes them.',
    )
  }
  attempt(`${file}: failed to read DH params.`, () => secureContext({ dhparam: pem }))
  return pem
}

function readDirectory(path: string): Buffer[] {
  let names: string[]
  try {
    names = readdirSync(path).filter((name) => HASHED_NAME.test(name)).sort()
  } catch {
    return []
  }
  return names.flatMap((name) => {
    try {
      const pem = readFileSync(join(path, name))
      return CERTIFICATE.test(pem.toString('latin1')) ? [pem] : []
    } catch {
      // A file that cannot be read is left out; the others are used.
      return []
    }
  })
}

/** The bytes of a file; empty for a directory, because OpenSSL opens a directory without an error and reads nothing. */
function readPem(file: string, trouble: string, named = ''): Buffer {
  try {
    return readFileSync(file)
  } catch (error) {
    const { code, errno } = error as NodeJS.ErrnoException
    if (code === 'EISDIR') return Buffer.alloc(0)
    const advice = code === 'EACCES' ? `${named} must be readable for the user that this process runs as.`.trim() : undefined
    const number = (0x8000_0000 - (errno ?? 0)).toString(16).toUpperCase()
    throw new TlsProblem(`${trouble}: error:${number}:system library::${systemErrorText(error)}`, advice)
  }
}

function attempt(trouble: string, action: () => unknown): void {
  try {
    action()
  } catch (error) {
    throw new TlsProblem(`${trouble}: ${messageOf(error)}`, /no start line/.test(messageOf(error)) ? pemAdvice() : undefined)
  }
}

function keyProblem(trouble: string, { passphrase }: Identity, error: unknown): TlsProblem {
  const message = messageOf(error)
  if (message.includes(BAD_DECRYPT)) {
    return passphrase === undefined
      ? new TlsProblem(`${trouble}: ${NO_PASSPHRASE}`, 'The key is encrypted: give its pass phrase by tls-key-file-pass, or tls-client-key-file-pass.')
      : new TlsProblem(`${trouble}: ${message}`, 'The pass phrase does not open the key.')
  }
  if (message.includes('key values mismatch')) {
    return new TlsProblem(`${trouble}: ${message}`, 'The key does not belong to the certificate.')
  }
  return new TlsProblem(`${trouble}: ${message}`, pemAdvice())
}

function pemAdvice(file = 'It'): string {
  return `${file} must be a file in PEM, with lines that start with -----BEGIN.`
}

/** The first line of the message. Other lines may have details that do not help operators. */
function messageOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n', 1)[0] ?? ''
}
