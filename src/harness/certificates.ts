import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Making one certificate takes milliseconds. */
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
  readonly ca: Buffer
  /** Nodes are known by their addresses, so names in certificates are not compared. */
  readonly checkServerIdentity: () => undefined
}

/** What is special about a certificate. */
export interface IssueOptions {
  /** Already over. Default false. */
  readonly expired?: boolean
}

/** Makes certificates with the program `openssl`, in a folder of its own that goes with the folder it is in. */
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
    writeFileSync(this.#config, configText(this.#folder))
  }

  get #config(): string {
    return join(this.#folder, 'ca.cnf')
  }

  /** A certificate with this common name, and its key. */
  issue(name: string, { expired = false }: IssueOptions = {}): CertificateFiles {
    const [cert, key, request] = ['crt', 'key', 'csr'].map((kind) => join(this.#folder, `${name}.${kind}`)) as [string, string, string]
    openssl(['req', ...NEW_KEY, '-nodes', '-subj', `/CN=${name}`, '-keyout', key, '-out', request])
    const times = expired ? ['-startdate', '20200101000000Z', '-enddate', '20210101000000Z'] : ['-days', '30']
    openssl([
      'ca', '-batch', '-notext', '-config', this.#config, '-cert', this.cert, '-keyfile', this.#key, ...times,
      '-in', request, '-out', cert,
    ])
    return { cert, key }
  }

  /** What a client with this certificate, or with none, connects with. */
  endpoint(files?: CertificateFiles): TlsEndpoint {
    return {
      ca: readFileSync(this.cert),
      ...(files !== undefined && { cert: readFileSync(files.cert), key: readFileSync(files.key) }),
      checkServerIdentity: () => undefined,
    }
  }
}

/** Writes a copy of a key that only this pass phrase opens, beside it. Returns the path of the copy. */
export function encryptKey({ key }: CertificateFiles, passphrase: string): string {
  const encrypted = `${key}.encrypted`
  openssl(['pkcs8', '-topk8', '-v2', 'aes256', '-passout', `pass:${passphrase}`, '-in', key, '-out', encrypted])
  return encrypted
}

const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256']

function configText(folder: string): string {
  return [
    '[ca]', 'default_ca=this', '[this]', `database=${folder}/index`, `serial=${folder}/serial`,
    `new_certs_dir=${folder}/issued`, 'default_md=sha256', 'policy=any', 'unique_subject=no', '[any]', 'commonName=supplied', '',
  ].join('\n')
}

function openssl(args: readonly string[]): void {
  try {
    execFileSync('openssl', args, { timeout: OPENSSL_MS, stdio: ['ignore', 'ignore', 'pipe'] })
  } catch (error) {
    const { code, stderr } = error as { readonly code?: string, readonly stderr?: Buffer }
    if (code === 'ENOENT') throw new Error('certificates are made by the program openssl, which is not installed')
    throw new Error(`openssl ${args[0]} failed: ${stderr?.toString() ?? String(error)}`)
  }
}
