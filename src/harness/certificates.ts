import { execFileSync } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { join } from 'node:path'

/** Time limit for one call of openssl, which takes milliseconds. */
const OPENSSL_MS = 15_000

/** The files of one certificate and its key. */
export interface CertificateFiles {
  readonly cert: string
  readonly key: string
}

/** What a client needs for a TLS connection: its own certificate, and the authority that it trusts. */
export interface TlsEndpoint {
  readonly cert?: Buffer
  readonly key?: Buffer
  /** Certificates to trust. Default: those that Node.js trusts. */
  readonly ca?: Buffer
  /** Server name of the handshake. Default: the host name of the address. */
  readonly servername?: string
  /** Default true; the harness itself reaches its processes whatever their certificates. */
  readonly rejectUnauthorized?: boolean
  /** Clients connect to addresses of one deployment, so the names in certificates are not compared. */
  readonly checkServerIdentity: () => undefined
}

/** Until when a certificate is valid. */
export interface ValidityOptions {
  /** Has it expired? Default false. */
  readonly expired?: boolean
  /** When it expires, in whole seconds. Default: in 30 days. */
  readonly endsAt?: Date
}

/** How a certificate differs from the usual one. */
export interface IssueOptions extends ValidityOptions {
  /** Host names and IP addresses that the certificate is valid for. Default: 127.0.0.1, ::1 and localhost. */
  readonly hosts?: readonly string[]
}

/**
 * Makes certificates with the program `openssl`, in a folder of its own inside the given one, which is removed with it.
 */
export class CertificateAuthority {
  /** The authority's own certificate. */
  readonly cert: string
  readonly #key: string
  readonly #folder: string

  /** @throws Error when the program `openssl` is missing */
  constructor(parentFolder: string, name = 'ca') {
    this.#folder = join(parentFolder, name)
    mkdirSync(join(this.#folder, 'issued'), { recursive: true })
    this.cert = join(this.#folder, `${name}.crt`)
    this.#key = join(this.#folder, `${name}.key`)
    openssl(['req', '-x509', ...NEW_KEY, '-nodes', '-days', '30', '-subj', `/CN=${name}`, '-keyout', this.#key, '-out', this.cert])
    writeFileSync(join(this.#folder, 'index'), '')
    writeFileSync(join(this.#folder, 'serial'), '01\n')
    writeFileSync(this.#config, CONFIG_TEXT)
  }

  get #config(): string {
    return join(this.#folder, 'ca.cnf')
  }

  /** Issues a certificate with this common name, and its key. */
  issue(name: string, { hosts = LOOPBACK_NAMES, ...validity }: IssueOptions = {}): CertificateFiles {
    const { cert, key, request, extensions } = this.#files(name)
    writeFileSync(extensions, extensionsText(hosts))
    openssl(['req', ...NEW_KEY, '-nodes', '-subj', `/CN=${name}`, '-keyout', key, '-out', request])
    this.renew(name, validity)
    return { cert, key }
  }

  /** Replaces a certificate that was issued; it keeps its key and its hosts. */
  renew(name: string, { expired = false, endsAt }: ValidityOptions = {}): void {
    const { cert, request, extensions } = this.#files(name)
    const times = expired || endsAt !== undefined
      ? ['-startdate', '20200101000000Z', '-enddate', endsAt === undefined ? '20210101000000Z' : asn1Time(endsAt)]
      : ['-days', '30']
    openssl([
      'ca', '-batch', '-notext', '-config', this.#config, '-cert', this.cert, '-keyfile', this.#key, ...times,
      '-extfile', extensions, '-in', request, '-out', cert,
    ], { TS_SENTINEL_CA: this.#folder })
  }

  /** The SHA-256 fingerprint of a certificate that was issued. */
  fingerprint(name: string): string {
    return new X509Certificate(readFileSync(this.#files(name).cert)).fingerprint256
  }

  #files(name: string): Readonly<Record<'cert' | 'key' | 'request' | 'extensions', string>> {
    const path = (kind: string): string => join(this.#folder, `${name}.${kind}`)
    return { cert: path('crt'), key: path('key'), request: path('csr'), extensions: path('ext') }
  }

  /** The TLS options of a client with this certificate, or without one. */
  endpoint(files?: CertificateFiles): TlsEndpoint {
    return {
      ca: readFileSync(this.cert),
      ...(files !== undefined && { cert: readFileSync(files.cert), key: readFileSync(files.key) }),
      checkServerIdentity: () => undefined,
    }
  }
}

/** Writes a copy of the key, encrypted with this pass phrase, into the same folder. Returns the path of the copy. */
export function encryptKey({ key }: CertificateFiles, passphrase: string): string {
  const encrypted = `${key}.encrypted`
  openssl(['pkcs8', '-topk8', '-v2', 'aes256', '-passout', `pass:${passphrase}`, '-in', key, '-out', encrypted])
  return encrypted
}

const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256']

/** The names under which clients connect to the processes of a deployment. */
export const LOOPBACK_NAMES: readonly string[] = ['127.0.0.1', '::1', 'localhost']

/** Clients compare the host that they connect to with these names; they ignore the common name. */
function extensionsText(hosts: readonly string[]): string {
  const names = hosts.map((host) => `${isIP(host) === 0 ? 'DNS' : 'IP'}:${host}`)
  return [
    'basicConstraints=CA:FALSE', 'keyUsage=digitalSignature,keyAgreement', 'extendedKeyUsage=serverAuth,clientAuth',
    `subjectAltName=${names.join(',')}`, '',
  ].join('\n')
}

/** For example 20260102030405Z. */
function asn1Time(date: Date): string {
  return `${date.toISOString().slice(0, 19).replaceAll(/[-:T]/g, '')}Z`
}

// The folder is given by the environment: in the file itself, blanks and quotes of a path would have a meaning.
const CONFIG_TEXT = [
  '[ca]', 'default_ca=this', '[this]', 'database=$ENV::TS_SENTINEL_CA/index', 'serial=$ENV::TS_SENTINEL_CA/serial',
  'new_certs_dir=$ENV::TS_SENTINEL_CA/issued', 'default_md=sha256', 'policy=any', 'unique_subject=no', '[any]',
  'commonName=supplied', '',
].join('\n')

function openssl(args: readonly string[], variables: Readonly<Record<string, string>> = {}): void {
  try {
    execFileSync('openssl', args, {
      timeout: OPENSSL_MS, stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, ...variables },
    })
  } catch (error) {
    const { code, stderr } = error as { readonly code?: string, readonly stderr?: Buffer }
    if (code === 'ENOENT') throw new Error('the program openssl, which makes the certificates, is not installed')
    throw new Error(`openssl ${args[0]} failed: ${stderr?.toString() ?? String(error)}`)
  }
}
