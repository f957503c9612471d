import { writeFileSync } from 'node:fs'

import type { Address } from './address.ts'
import type { Login } from './config-files.ts'
import { CommandConnection, endpointOf, type Endpoint, type Reply } from './connection.ts'
import { eventually, GaveUpError, messageOf } from './eventually.ts'
import type { Exit, ManagedProcess } from './managed-process.ts'
import { redisServer } from './programs.ts'

/** Time limit for the first answer of redis-server. */
const START_MS = 15_000

/** The replication state that a data node reports. */
export interface ReplicationFacts {
  readonly role: 'master' | 'slave'
  /** Replicas only: the address of the master, and whether the link to it is up. */
  readonly master: Address | undefined
  readonly linkUp: boolean
  readonly offset: number
}

/** One redis-server of a deployment. */
export class RedisProcess {
  readonly name: string
  /** The address that other processes and clients use. */
  readonly address: Address
  readonly folder: string
  readonly configFile: string
  readonly process: ManagedProcess
  readonly #program: string
  readonly #control: Endpoint
  readonly #reachable: (() => Promise<void>) | undefined
  #connection: CommandConnection

  constructor(options: {
    readonly process: ManagedProcess
    readonly address: Address
    /** The address for the harness itself: connects directly to the node, whatever the faults of the network. */
    readonly control: Endpoint
    /** Resolves when other processes reach the node after its start. Default: at once. */
    readonly reachable?: () => Promise<void>
    readonly folder: string
    readonly configFile: string
    readonly configLines: readonly string[]
    readonly program: string
    readonly login: Login
  }) {
    this.name = options.process.name
    this.process = options.process
    this.address = options.address
    this.folder = options.folder
    this.configFile = options.configFile
    this.#program = options.program
    this.#control = options.control
    this.#reachable = options.reachable
    this.#connection = new CommandConnection(endpointOf(this.#control, options.login))
    writeFileSync(this.configFile, `${options.configLines.join('\n')}\n`)
  }

  get running(): boolean {
    return this.process.running
  }

  /**
   * Starts the node with its present config file and waits until it answers PING. With `persistence: 'none'`, the
   * default, a node that ran before is empty now; if it is the master, so are its replicas as soon as they follow it.
   *
   * @throws Error when redis-server is not installed (with how to install it), or ends at once (with its log)
   */
  async start(): Promise<void> {
    await this.process.start(redisServer(this.#program, this.configFile), this.folder)
    await eventually(`${this.name} to answer PING`, async () => {
      if (!this.running) throw new GaveUpError(`${this.name} ended at its start; its log ends with:\n${this.process.logTail()}`)
      try {
        await this.call(['PING'], 1_000)
      } catch (error) {
        // A node that is loading or requires another password is up as well.
        if (!/^(LOADING|NOAUTH|WRONGPASS|MASTERDOWN|NOPERM)/.test(messageOf(error))) throw error
      }
    }, { timeoutMs: START_MS, everyMs: 10 })
    await this.#reachable?.()
  }

  /** Ends the node by SIGTERM. */
  stop(): Promise<Exit> {
    return this.process.stop()
  }

  /** SIGKILL. */
  kill(): Promise<Exit> {
    return this.process.kill()
  }

  /** SIGSTOP: its connections stay open, and it does not reply until `resume()`. */
  pause(): void {
    this.process.pause()
  }

  resume(): void {
    this.process.resume()
  }

  /** Kills the node if it runs, and starts it again: without its data, unless the deployment has `persistence`. */
  async restart(): Promise<void> {
    await this.kill()
    await this.start()
  }

  /**
   * Sends one command without passing a relay. @throws Error with the node's own text, or when it is not reached in
   * time
   */
  call(command: readonly [string, ...string[]], timeoutMs?: number): Promise<Reply> {
    return this.#connection.call(command, timeoutMs)
  }

  /** The fields of INFO. */
  async info(section: string): Promise<Readonly<Record<string, string>>> {
    const text = String(await this.call(['INFO', section]))
    const fields = text.split('\r\n').filter((line) => line.includes(':') && !line.startsWith('#'))
    return Object.fromEntries(fields.map((line): [string, string] => {
      const colon = line.indexOf(':')
      return [line.slice(0, colon), line.slice(colon + 1)]
    }))
  }

  async replication(): Promise<ReplicationFacts> {
    const info = await this.info('replication')
    const host = info['master_host']
    return {
      role: info['role'] === 'master' ? 'master' : 'slave',
      master: host === undefined ? undefined : { host, port: Number(info['master_port']) },
      linkUp: info['master_link_status'] === 'up',
      offset: Number(info['slave_repl_offset'] ?? info['master_repl_offset'] ?? 0),
    }
  }

  /** Changes the login of the harness: for tests that change passwords at run time. */
  useLogin(login: Login): void {
    this.close()
    this.#connection = new CommandConnection(endpointOf(this.#control, login))
  }

  /** Ends the connection of the harness to this node. */
  close(): void {
    this.#connection.close()
  }
}
