import { readFileSync, writeFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'

import type { Redis } from 'ioredis'

import type { Address } from './address.ts'
import { readSentinelFile, type Login, type SentinelFileFacts } from './config-files.ts'
import { bareClient, CommandConnection, endpointOf, pairs, type Endpoint, type Reply } from './connection.ts'
import { messageOf, TimedOutError } from './eventually.ts'
import type { Exit, ManagedProcess } from './managed-process.ts'
import type { SentinelProgram } from './programs.ts'
import type { SlowDisk } from './slow-disk.ts'
import type { Timeline } from './timeline.ts'

/** Time limit for the first answer of a sentinel. */
const START_MS = 15_000

/** Pause between two attempts to subscribe to a sentinel that has just been started. */
const SUBSCRIBE_AGAIN_MS = 5

/** One sentinel of a deployment. Its program can be replaced, its config file stays. */
export class SentinelProcess {
  readonly name: string
  /** The address that other processes and clients use. */
  readonly address: Address
  readonly folder: string
  readonly configFile: string
  readonly process: ManagedProcess
  readonly #timeline: Timeline
  readonly #reachable: (() => Promise<void>) | undefined
  #control: Endpoint
  #connection: CommandConnection
  #program: SentinelProgram
  readonly #disk: SlowDisk | undefined
  #subscriber: Redis | undefined

  constructor(options: {
    readonly process: ManagedProcess
    readonly program: SentinelProgram
    readonly address: Address
    /** The address for the harness itself: connects directly to the sentinel, whatever the faults of the network. */
    readonly control: Endpoint
    /** Resolves when other processes reach the sentinel after its start. Default: at once. */
    readonly reachable?: () => Promise<void>
    readonly folder: string
    readonly configFile: string
    readonly configLines: readonly string[]
    readonly login: Login
    readonly timeline: Timeline
    /** Delays the saves of a sentinel of ours. Default: no delay. */
    readonly disk?: SlowDisk | undefined
  }) {
    this.name = options.process.name
    this.process = options.process
    this.address = options.address
    this.folder = options.folder
    this.configFile = options.configFile
    this.#program = options.program
    this.#reachable = options.reachable
    this.#timeline = options.timeline
    this.#timeline.expectFrom(this.name, false)
    this.#disk = options.disk
    this.#control = endpointOf(options.control, options.login)
    this.#connection = new CommandConnection(this.#control)
    writeFileSync(this.configFile, `${options.configLines.join('\n')}\n`)
  }

  /** Name of its program: `ours`, `genuine`, or the name of another `SentinelProgram`. */
  get kind(): string {
    return this.#program.name
  }

  get running(): boolean {
    return this.process.running
  }

  /** Starts the sentinel with its present config file; when this returns, it answers and its events are recorded. */
  async start(): Promise<void> {
    const program = this.#disk !== undefined && this.kind === 'ours' ? this.#disk.wrap(this.#program) : this.#program
    await this.process.start(program.command(this.configFile), this.folder)
    await this.#subscribe()
    await this.#reachable?.()
  }

  /** Ends the sentinel by SIGTERM. */
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

  /**
   * Makes every save of this sentinel take `delayMs` longer from now on; 0 ends the delay.
   *
   * @throws Error unless the deployment has `slowDisks: true` and the program is ours
   */
  slowDisk(delayMs: number): void {
    if (this.#disk === undefined || this.kind !== 'ours') {
      throw new Error(`${this.name}: only sentinels of ours in a deployment with slowDisks: true can have a slow disk`)
    }
    this.#timeline.mark(this.name, delayMs > 0 ? `fault: fsync takes ${delayMs} ms more` : 'fsync is quick again')
    this.#disk.set(delayMs)
  }

  /** Kills the sentinel if it runs, and starts it again. */
  async restart(): Promise<void> {
    await this.kill()
    await this.start()
  }

  /** Stops the sentinel, and starts another program with the same config file. */
  async swap(program: SentinelProgram): Promise<void> {
    await this.stop()
    this.#program = program
    await this.start()
  }

  /** Sends one command. @throws Error with the sentinel's own text, or when it is not reached in time */
  call(command: readonly [string, ...string[]], timeoutMs?: number): Promise<Reply> {
    return this.#connection.call(command, timeoutMs)
  }

  async myId(): Promise<string> {
    return String(await this.call(['SENTINEL', 'MYID']))
  }

  /** The address that clients get; undefined for a master that the sentinel does not know. */
  async masterAddress(masterName: string): Promise<Address | undefined> {
    const reply = await this.call(['SENTINEL', 'GET-MASTER-ADDR-BY-NAME', masterName])
    if (!Array.isArray(reply)) return undefined
    const [host, port] = reply as readonly Reply[]
    return { host: String(host), port: Number(port) }
  }

  /** The fields of SENTINEL MASTER. */
  async master(masterName: string): Promise<Readonly<Record<string, string>>> {
    return pairs(await this.call(['SENTINEL', 'MASTER', masterName]))
  }

  async replicas(masterName: string): Promise<Readonly<Record<string, string>>[]> {
    return this.#list('REPLICAS', masterName)
  }

  async sentinels(masterName: string): Promise<Readonly<Record<string, string>>[]> {
    return this.#list('SENTINELS', masterName)
  }

  /** The present facts about a master in the config file. */
  fileFacts(masterName: string): SentinelFileFacts {
    return readSentinelFile(this.configText(), masterName)
  }

  configText(): string {
    return readFileSync(this.configFile, 'utf8')
  }

  /** All lines that it has logged, over all runs. */
  logLines(): string[] {
    return readFileSync(this.process.logFile, 'utf8').split('\n').filter((line) => line !== '')
  }

  /** Changes the login of the harness; the present subscription stays. */
  useLogin(login: Login): void {
    this.#control = endpointOf(this.#control, login)
    this.#connection.close()
    this.#connection = new CommandConnection(this.#control)
  }

  /** Ends the connections of the harness to this sentinel. */
  close(): void {
    this.#connection.close()
    this.#subscriber?.disconnect()
    this.#subscriber = undefined
  }

  async #list(what: 'REPLICAS' | 'SENTINELS', masterName: string): Promise<Readonly<Record<string, string>>[]> {
    const reply = await this.call(['SENTINEL', what, masterName])
    return Array.isArray(reply) ? (reply as readonly Reply[]).map(pairs) : []
  }

  // Waits until the sentinel is up by subscribing, so that no event between its first answer and the subscription is
  // missed.
  async #subscribe(): Promise<void> {
    const deadline = performance.now() + START_MS
    let seen = 'nothing'
    while (performance.now() < deadline) {
      if (!this.running) {
        const exit = this.process.lastExit
        throw new Error(`${this.name} ended with ${exit?.code ?? exit?.signal}; its log ends with:\n${this.process.logTail()}`)
      }
      const subscriber = bareClient(this.#control)
      subscriber.on('pmessage', (_pattern, channel, text) => { this.#timeline.event(this.name, channel, text) })
      try {
        await subscriber.connect()
        await subscriber.psubscribe('*')
        this.#subscriber?.disconnect()
        this.#subscriber = subscriber
        return
      } catch (error) {
        seen = messageOf(error)
        subscriber.disconnect()
        await delay(SUBSCRIBE_AGAIN_MS)
      }
    }
    throw new TimedOutError(`waited ${START_MS} ms for ${this.name} to answer; last seen: ${seen}`)
  }
}
