/** A proxy that is started as an operator does, and plain clients, which know nothing of Sentinel. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'

import {
  CommandConnection, eventually, formatAddress, notYet, ourSentinel, sameAddress, withDeployment, Workspace,
  type Address, type Deployment, type DeploymentOptions, type RedisProcess,
} from '../../src/harness/index.ts'
import { Program } from './process-program.ts'

/** Generous, because other tests may use the processor. */
const WAIT_MS = 20_000

/** The list that is written to. */
const KEY = 'numbers'

/** Pause of a plain client before it connects again. */
const RECONNECT_MS = 10

export class ProxyProcess {
  readonly program: Program
  readonly folder: string
  readonly port: number
  readonly readPort: number
  readonly httpPort: number

  private constructor(program: Program, folder: string, ports: readonly number[]) {
    this.program = program
    this.folder = folder
    const [port = 0, readPort = 0, httpPort = 0] = ports
    this.port = port
    this.readPort = readPort
    this.httpPort = httpPort
  }

  /** Starts a proxy for the first master and waits until it listens. `lines` are added to its file. */
  static async start(
    workspace: Workspace, deployment: Deployment, lines: readonly string[] = [],
  ): Promise<ProxyProcess> {
    const ports = [await workspace.claimPort(), await workspace.claimPort(), await workspace.claimPort()]
    const folder = join(workspace.folder, `proxy-${ports[0]}`)
    mkdirSync(folder)
    writeFileSync(join(folder, 'proxy.conf'), [
      `sentinel ${deployment.sentinelAddresses.map(formatAddress).join(' ')}`, `master ${deployment.group.name}`,
      'bind 127.0.0.1', `port ${ports[0]}`, ...lines.includes('mode route') ? [] : [`read-port ${ports[1]}`], `http 127.0.0.1:${ports[2]}`, ...lines, '',
    ].join('\n'))
    const program = new Program('ours', workspace, { cwd: folder, args: [], program: proxyCommand() })
    const proxy = new ProxyProcess(program, folder, ports)
    await proxy.logged('listens on')
    return proxy
  }

  /** A connection of a plain client to the master port, or the read port. */
  client(port = this.port): CommandConnection {
    return new CommandConnection({ host: '127.0.0.1', port })
  }

  get log(): string {
    return this.program.stdout
  }

  async logged(text: string): Promise<void> {
    await eventually(`"${text}" in the log of the proxy`, () => {
      if (!this.log.includes(text)) throw notYet(this.log + this.program.stderr)
    }, { timeoutMs: WAIT_MS, everyMs: 10 })
  }

  /**
   * Waits until the proxy leads to another node than `old`. Returns its address, and when the proxy decided so, in
   * milliseconds since 1970.
   */
  async leaves(old: Address): Promise<{ readonly master: Address, readonly at: number }> {
    return eventually('another master', () => {
      const line = this.log.split('\n').findLast((one) => one.includes('named by')) ?? ''
      const [, time = '', host = '', port = ''] = /(\d+ \w+ \d{4} [\d:.]+) .* is (.+):(\d+), named by/.exec(line) ?? []
      const master = { host, port: Number(port) }
      if (host === '' || sameAddress(master, old)) throw notYet(this.log)
      return { master, at: Date.parse(time) }
    }, { timeoutMs: 30_000, everyMs: 10 })
  }

  /** The answer of an HTTP path. */
  async http(path: string): Promise<{ readonly status: number, readonly text: string }> {
    const response = await fetch(`http://127.0.0.1:${this.httpPort}${path}`)
    return { status: response.status, text: await response.text() }
  }

  async metric(name: string): Promise<number> {
    const { text } = await this.http('/metrics')
    const line = text.split('\n').find((one) => one.startsWith(`${name} `))
    if (line === undefined) throw new Error(`no metric ${name} in:\n${text}`)
    return Number(line.slice(name.length + 1))
  }

  async stop(): Promise<void> {
    this.program.child.kill('SIGTERM')
    await this.program.ended
  }
}

/** Runs `work` with a proxy for a deployment, and ends both; `lines`: what is added to the file of the proxy. */
export async function withProxy(
  options: DeploymentOptions,
  lines: readonly string[] | ((deployment: Deployment, folder: string) => readonly string[]),
  work: (deployment: Deployment, proxy: ProxyProcess) => Promise<void>,
): Promise<void> {
  const workspace = new Workspace('proxy')
  try {
    await withDeployment(options, async (deployment) => {
      const added = typeof lines === 'function' ? lines(deployment, workspace.folder) : lines
      const proxy = await ProxyProcess.start(workspace, deployment, added)
      try {
        await work(deployment, proxy)
      } finally {
        await proxy.stop()
      }
    })
  } finally {
    await workspace.remove()
  }
}

/** The command of a proxy with the file proxy.conf of its folder. */
export function proxyCommand(...args: readonly string[]) {
  const { file, args: [script = ''] } = ourSentinel().command('')
  return { file, args: [script, 'proxy', ...args.length === 0 ? ['proxy.conf'] : args] }
}

/**
 * An answer: when it was read, and when the first answer on its connection was, in milliseconds since 1970. An answer
 * of the old master may be read after the switch, but on a connection with answers from before. One that waits for the
 * new master has none.
 */
interface Answered {
  readonly at: number
  readonly firstAt: number
}

interface Acknowledged extends Answered {
  readonly value: number
}

/**
 * Appends numbers to a list, one at a time, over a plain socket. When the connection ends it connects again after 10
 * ms; a write without an answer is not repeated.
 */
export class PlainWriter {
  readonly acknowledged: Acknowledged[] = []
  readonly errors: (Answered & { readonly text: string })[] = []
  readonly #port: number
  #value = 0
  #socket: Socket
  #isStopped = false

  constructor(port: number) {
    this.#port = port
    this.#socket = this.#connect()
  }

  /** Waits for a write on a connection whose first answer came after this time. */
  async writesSince(at: number): Promise<void> {
    await eventually('an acknowledged write', () => {
      if ((this.acknowledged.at(-1)?.firstAt ?? 0) <= at) throw notYet(JSON.stringify(this.errors.slice(-3)))
    }, { timeoutMs: WAIT_MS, everyMs: 5 })
  }

  /** Waits for a further write. */
  async writesAgain(): Promise<void> {
    const before = this.acknowledged.length
    await eventually('a further write', () => {
      if (this.acknowledged.length === before) throw notYet(JSON.stringify(this.errors.slice(-3)))
    }, { timeoutMs: WAIT_MS, everyMs: 5 })
  }

  stop(): void {
    this.#isStopped = true
    this.#socket.destroy()
  }

  /** The longest time between two acknowledged writes, in milliseconds. */
  get outageMs(): number {
    const pauses = this.acknowledged.map(({ at }, index) => at - (this.acknowledged[index - 1]?.at ?? at))
    return pauses.reduce((longest, pause) => Math.max(longest, pause), 0)
  }

  /** Errors, and writes that are not on the node, on connections whose first answer came after this time. */
  async problemsSince(at: number, node: RedisProcess): Promise<readonly unknown[]> {
    // What is acknowledged while the list is read may not be in it.
    const acknowledged = [...this.acknowledged]
    const list = (await node.call(['LRANGE', KEY, '0', '-1'])) as string[]
    const stored = new Set(list.map(Number))
    const missing = acknowledged.filter(({ value }) => !stored.has(value))
    return [...missing, ...this.errors].filter(({ firstAt }) => firstAt > at)
  }

  #connectAgain(): void {
    if (!this.#isStopped) this.#socket = this.#connect()
  }

  #connect(): Socket {
    let firstAt: number | undefined
    const socket = connect({ host: '127.0.0.1', port: this.#port, noDelay: true })
    socket.setEncoding('utf8')
    socket.on('connect', () => { this.#write(socket) })
    socket.on('data', (text: string) => {
      const at = Date.now()
      firstAt ??= at
      const answered = { at, firstAt }
      if (text.startsWith(':')) this.acknowledged.push({ value: this.#value, ...answered })
      else this.errors.push({ text: text.trim(), ...answered })
      setTimeout(() => { this.#write(socket) }, 1)
    })
    socket.on('error', () => undefined)
    socket.on('close', () => setTimeout(() => { this.#connectAgain() }, RECONNECT_MS))
    return socket
  }

  #write(socket: Socket): void {
    if (this.#isStopped || socket.destroyed || !socket.writable) return
    this.#value += 1
    socket.write(`RPUSH ${KEY} ${this.#value}\r\n`)
  }
}
