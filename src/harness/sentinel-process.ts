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

/** How long a sentinel may take until it answers. */
const START_MS = 15_000

/** Pause between two attempts to subscribe to a sentinel that has just been started. */
const SUBSCRIBE_AGAIN_MS = 5

/** One sentinel of a deployment. Its program may be exchanged, its config file stays. */
export class SentinelProcess {
  readonly name: string
  /** Address the others and the clients know. */
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
    /** Where the harness itself connects: straight to the sentinel, whatever the network does. */
    readonly control: Endpoint
    /** Resolves when others reach it as well, once it was started. Default: they do when the harness does. */
    readonly reachable?: () => Promise<void>
    readonly folder: string
    readonly configFile: string
    readonly configLines: readonly string[]
    readonly login: Login
    readonly timeline: Timeline
    /** Delays what a sentinel of ours saves. Default: nothing does. */
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

  /** Name of the program it runs: `ours`, `genuine`, or that of a program of one's own. */
  get kind(): string {
    return this.#program.name
  }

  get running(): boolean {
    return this.process.running
  }

  /** Starts from the config file as it is now; it answers and its events are recorded when this returns. */
  async start(): Promise<void> {
    const program = this.#disk !== undefined && this.kind === 'ours' ? this.#disk.wrap(this.#program) : this.#program
    await this.process.start(program.command(this.configFile), this.folder)
    await this.#subscribe()
    await this.#reachable?.()
  }

  /** Ends it in its own orderly way, by SIGTERM. */
  stop(): Promise<Exit> {
    return this.process.stop()
  }

  /** SIGKILL. */
  kill(): Promise<Exit> {
    return this.process.kill()
  }

  /** SIGSTOP: its connections stay open, and it answers nothing until `resume()`. */
  pause(): void {
    this.process.pause()
  }

  resume(): void {
    this.process.resume()
  }

  /**
   * From now on everything this sentinel saves takes `delayMs` longer to become durable; 0 ends it.
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

  /** Kills it when it runs, and starts it again. */
  async restart(): Promise<void> {
    await this.kill()
    await this.start()
  }

  /** Stops it, and starts another program on the same config file. */
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

  /** What clients are told; undefined for a master it does not know. */
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

  /** What the config file says about a master at this moment. */
  fileFacts(masterName: string): SentinelFileFacts {
    return readSentinelFile(this.configText(), masterName)
  }

  configText(): string {
    return readFileSync(this.configFile, 'utf8')
  }

  /** All lines it has logged, over all runs. */
  logLines(): string[] {
    return readFileSync(this.process.logFile, 'utf8').split('\n').filter((line) => line !== '')
  }

  /** From now on the harness comes in with this login; the subscription it has stays. */
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

  // Subscribing is also the way to see that it is up: no event between the first answer and now can be missed.
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
