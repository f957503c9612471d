import { writeFileSync } from 'node:fs'

import { activeFault, type ActiveFault } from './active-fault.ts'
import type { Address } from './address.ts'
import type { Login } from './config-files.ts'
import { CommandConnection, endpointOf, type Endpoint, type Reply } from './connection.ts'
import type { Exit, ManagedProcess } from './managed-process.ts'

export interface NodeProcessOptions {
  readonly process: ManagedProcess
  readonly address: Address
  /** The address for the harness itself: connects directly to the process, whatever the faults of the network. */
  readonly control: Endpoint
  /** Resolves when other processes reach it after its start. Default: at once. */
  readonly reachable?: () => Promise<void>
  readonly folder: string
  readonly configFile: string
  readonly configLines: readonly string[]
  readonly login: Login
}

/** One server of a deployment: a process with its address, its config file and a connection of the harness to it. */
export abstract class NodeProcess {
  readonly name: string
  /** The address that other processes and clients use. */
  readonly address: Address
  readonly folder: string
  readonly configFile: string
  readonly process: ManagedProcess
  readonly #reachable: (() => Promise<void>) | undefined
  #login: Login
  #control: Endpoint
  #connection: CommandConnection

  constructor(options: NodeProcessOptions) {
    this.name = options.process.name
    this.process = options.process
    this.address = options.address
    this.folder = options.folder
    this.configFile = options.configFile
    this.#reachable = options.reachable
    this.#login = options.login
    this.#control = endpointOf(options.control, options.login)
    this.#connection = new CommandConnection(this.#control)
    this.writeConfig(options.configLines)
  }

  /** The login of the harness, which has all rights. */
  get login(): Login {
    return this.#login
  }

  get running(): boolean {
    return this.process.running
  }

  /** Starts the process with its present config file; it answers when this returns. */
  abstract start(): Promise<void>

  /** Ends the process by SIGTERM. */
  stop(): Promise<Exit> {
    return this.process.stop()
  }

  /** SIGKILL. */
  kill(): Promise<Exit> {
    return this.process.kill()
  }

  /** SIGSTOP: its connections stay open, and it does not reply until `resume()` or the end of the fault. */
  pause(): ActiveFault {
    this.process.pause()
    return activeFault(() => {
      if (this.process.paused) this.resume()
    })
  }

  resume(): void {
    this.process.resume()
  }

  /** Kills the process if it runs, and starts it again. */
  async restart(): Promise<void> {
    await this.kill()
    await this.start()
  }

  /**
   * Sends one command without passing a relay. @throws Error with the server's own text, or when it is not reached in
   * time
   */
  call(command: readonly [string, ...string[]], timeoutMs?: number): Promise<Reply> {
    return this.#connection.call(command, timeoutMs)
  }

  /** Changes the login of the harness: for tests that change passwords at run time. */
  useLogin(login: Login): void {
    this.#login = login
    const { host, port, tls } = this.#control
    this.#control = endpointOf({ host, port, ...(tls !== undefined && { tls }) }, login)
    this.#connection.close()
    this.#connection = new CommandConnection(this.#control)
  }

  /** Ends the connections of the harness to the process. */
  close(): void {
    this.#connection.close()
  }

  /** For `await using`: ends the process by SIGTERM, and the connections of the harness to it. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.close()
    await this.stop()
  }

  /** The address for the harness, with its login. */
  protected get control(): Endpoint {
    return this.#control
  }

  protected writeConfig(lines: readonly string[]): void {
    writeFileSync(this.configFile, `${lines.join('\n')}\n`)
  }

  protected async untilReachable(): Promise<void> {
    await this.#reachable?.()
  }
}
