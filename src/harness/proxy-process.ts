/** The proxy of a deployment, for clients that know nothing of Sentinel. */
import { formatAddress, type Address } from './address.ts'
import { quoted, type Login, type PlacementTls } from './config-files.ts'
import { eventually, GaveUpError, notYet } from './eventually.ts'
import { NodeProcess, type NodeProcessOptions } from './node-process.ts'
import type { SentinelProgram } from './programs.ts'

/** Time limit for its start, in milliseconds. */
const START_MS = 15_000

/** The directive `mode` of a proxy. */
export type ProxyMode = 'pipe' | 'route'

/** The addresses of a proxy. */
export interface ProxyPlaces {
  /** Leads to the master. */
  readonly address: Address
  /** Leads to a replica. */
  readonly readAddress: Address
  /** Where `/metrics`, `/readyz` and `/status` are. */
  readonly httpAddress: Address
}

export interface ProxyProcessOptions extends NodeProcessOptions, ProxyPlaces {
  /** The ts-sentinel that it is a command of. */
  readonly program: SentinelProgram
  readonly mode: ProxyMode
}

/** A proxy that follows the sentinels of the first master. `call` sends a command through it to the master. */
export class ProxyProcess extends NodeProcess {
  /** Leads to a replica; without a use in route mode. */
  readonly readAddress: Address
  /** Where `/metrics`, `/readyz` and `/status` are. */
  readonly httpAddress: Address
  /** `route` when the lines of its file say so. */
  readonly mode: ProxyMode
  readonly #program: SentinelProgram

  constructor({ readAddress, httpAddress, program, mode, ...options }: ProxyProcessOptions) {
    super(options)
    this.readAddress = readAddress
    this.httpAddress = httpAddress
    this.#program = program
    this.mode = mode
  }

  /** The port that leads to the master. */
  get port(): number {
    return this.address.port
  }

  /** Starts it. It listens when this returns; `untilReady` waits for the master. */
  override async start(): Promise<void> {
    const { file, args } = this.#program.command(this.configFile)
    // The command is the word before the file.
    await this.process.start({ file, args: [...args.slice(0, -1), 'proxy', this.configFile] }, this.folder)
    await this.#until('to listen', '/livez')
  }

  /** Waits until new clients get the master. */
  async untilReady(): Promise<void> {
    await this.#until('to be ready', '/readyz')
  }

  /** `host:port` of the master, to which it leads clients; undefined while it knows none. */
  async master(): Promise<string | undefined> {
    const { text } = await this.#get('/status')
    const { address } = JSON.parse(text) as { readonly address: string | null }
    return address ?? undefined
  }

  /** One metric of the proxy, by its name and labels as in `/metrics`. @throws Error when there is none */
  async metric(name: string): Promise<number> {
    const { text } = await this.#get('/metrics')
    const line = text.split('\n').find((one) => one.startsWith(`${name} `))
    if (line === undefined) throw new Error(`the proxy has no metric ${name}`)
    return Number(line.slice(name.length + 1))
  }

  async #get(path: string): Promise<{ readonly status: number, readonly text: string }> {
    const response = await fetch(`http://${formatAddress(this.httpAddress)}${path}`)
    return { status: response.status, text: await response.text() }
  }

  async #until(what: string, path: string): Promise<void> {
    await eventually(`the proxy ${what}`, async () => {
      if (!this.running) throw new GaveUpError(this.process.endProblem())
      const { status, text } = await this.#get(path)
      if (status !== 200) throw notYet(text.trim())
    }, { timeoutMs: START_MS, everyMs: 10 })
  }
}

/** The mode that these lines of a file give. */
export function proxyMode(lines: readonly string[]): ProxyMode {
  const last = lines.findLast((line) => /^\s*mode\s/i.test(line)) ?? ''
  return /^\s*mode\s+"?route\b/i.test(last) ? 'route' : 'pipe'
}

/** The lines of its file. */
export function proxyConfigLines({ places, sentinels, masterName, sentinelLogin, nodeLogin, tls, extra }: {
  readonly places: ProxyPlaces
  readonly sentinels: readonly Address[]
  readonly masterName: string
  readonly sentinelLogin: Login
  readonly nodeLogin: Login
  readonly tls: PlacementTls | undefined
  readonly extra: readonly string[]
}): string[] {
  const { address, readAddress, httpAddress } = places
  const prefix = tls === undefined ? '' : 'tls-'
  return [
    `sentinel ${sentinels.map(formatAddress).join(' ')}`, `master ${masterName}`, `bind ${address.host}`,
    ...tls === undefined ? [] : ['port 0'], `${prefix}port ${address.port}`,
    ...proxyMode(extra) === 'route' ? [] : [`${prefix}read-port ${readAddress.port}`],
    `http ${formatAddress(httpAddress)}`, 'drain 0',
    ...loginLines('sentinel-auth', 'sentinel-user', sentinelLogin), ...loginLines('auth', 'auth-user', nodeLogin),
    ...tls === undefined ? [] : [
      'tls-nodes yes', 'tls-sentinels yes', `tls-cert-file ${quoted(tls.identity.cert)}`, `tls-key-file ${quoted(tls.identity.key)}`,
      `tls-ca-cert-file ${quoted(tls.ca)}`,
    ],
    ...extra,
  ]
}

function loginLines(passwordLine: string, userLine: string, { user, password }: Login): string[] {
  if (password === undefined) return []
  return [`${passwordLine} ${quoted(password)}`, ...user === undefined ? [] : [`${userLine} ${quoted(user)}`]]
}
