/** A sentinel of ours whose state has a file of its own, or whose file can only be written in place. */
import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  CommandConnection, eventually, formatAddress, notYet, ourSentinel, pairs, type Address, type Command, type Deployment,
  type Workspace,
} from '../../../src/harness/index.ts'
import { Program } from '../process-program.ts'
import { ORDERS } from './faulty-fs.ts'

/** Whether this user may mount, in a mount namespace that no other process sees and that ends with the process. */
export const MAY_MOUNT = spawnSync('unshare', ['-m', 'mount', '-t', 'tmpfs', 'tmpfs', '/tmp']).status === 0

/** The program as it is, without its file. */
export function asItIs(): Command {
  const { file, args } = ourSentinel().command('')
  return { file, args: args.slice(0, -1) }
}

/** The program behind a script, which finds `first` as $1 and must begin with mounts. */
export function mounted(script: string, first: string, { file, args }: Command): Command {
  return { file: 'unshare', args: ['-m', 'sh', '-c', `${script} && shift 1 && exec "$@"`, 'sh', first, file, ...args] }
}

/** Waits until all sentinels have one master at another address. The harness looks into main files, which stay old. */
export async function switched(deployment: Deployment, awayFrom: Address): Promise<Address> {
  const { name } = deployment.group
  return eventually('one new address on all sentinels', async () => {
    const addresses = await Promise.all(deployment.sentinels.map((sentinel) => sentinel.masterAddress(name)))
    const texts = new Set(addresses.map((address) => address === undefined ? 'none' : formatAddress(address)))
    const [first] = addresses
    if (first === undefined || texts.size > 1 || texts.has(formatAddress(awayFrom))) throw notYet([...texts].join())
    return first
  }, { timeoutMs: 60_000 })
}

let places = 0

export class Place {
  readonly folder: string
  /** The main file. */
  readonly file: string
  readonly data: string
  readonly orders: string
  readonly connection: CommandConnection
  readonly #workspace: Workspace

  private constructor(workspace: Workspace, port: number, nobody: number, more: readonly string[]) {
    this.#workspace = workspace
    this.folder = join(workspace.folder, `place-${places += 1}`)
    this.file = join(this.folder, 'sentinel.conf')
    this.data = `${this.folder}-data`
    this.orders = `${this.folder}-orders`
    this.connection = new CommandConnection({ host: '127.0.0.1', port })
    mkdirSync(this.folder)
    mkdirSync(this.data)
    writeFileSync(this.file, ['# mine', `port ${port}`, ...more, `sentinel monitor mymaster 127.0.0.1 ${nobody} 2`, ''].join('\n'))
  }

  static async make(workspace: Workspace, more: readonly string[] = []): Promise<Place> {
    return new Place(workspace, await workspace.claimPort(), await workspace.claimPort(), more)
  }

  run(program: Command, args: readonly string[] = [this.file], env: Readonly<Record<string, string>> = {}): Program {
    return new Program('ours', this.#workspace, {
      cwd: this.data, program, args, env: { [ORDERS]: this.orders, ...env },
    })
  }

  async start(...options: Parameters<Place['run']>): Promise<Program> {
    const running = this.run(...options)
    await running.logged('+monitor')
    return running
  }

  /** Sends SENTINEL SET or another command and returns its reply or its error. */
  say(...words: readonly [string, ...string[]]): Promise<string> {
    return this.connection.call(words).then(String, (error: Error) => error.message)
  }

  setQuorum(quorum: number): Promise<string> {
    return this.say('SENTINEL', 'SET', 'mymaster', 'quorum', String(quorum))
  }

  async quorum(): Promise<string | undefined> {
    return pairs(await this.connection.call(['SENTINEL', 'MASTER', 'mymaster']))['quorum']
  }

  /** Waits until a file has this quorum. */
  async quorumArrives(file: string, quorum: number): Promise<void> {
    await eventually('the change in the file', () => {
      const text = readFileSync(file, 'latin1')
      if (!new RegExp(`^sentinel monitor mymaster \\S+ \\d+ ${quorum}$`, 'm').test(text)) throw notYet(text)
    }, { timeoutMs: 15_000 })
  }
}
