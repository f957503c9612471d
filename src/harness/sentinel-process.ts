import { readFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'

import type { Redis } from 'ioredis'

import { activeFault, type ActiveFault } from './active-fault.ts'
import type { Address } from './address.ts'
import { readSentinelFile, type SentinelFileFacts } from './config-files.ts'
import { bareClient, pairs, type Reply } from './connection.ts'
import { messageOf, TimedOutError } from './eventually.ts'
import { NodeProcess, type NodeProcessOptions } from './node-process.ts'
import type { SentinelProgram } from './programs.ts'
import type { SlowDisk } from './slow-disk.ts'
import type { Timeline } from './timeline.ts'

/** Time limit for the first answer of a sentinel. */
const START_MS = 15_000

/** Pause between two attempts to subscribe to a sentinel that has just been started. */
const SUBSCRIBE_AGAIN_MS = 10

export interface SentinelProcessOptions extends NodeProcessOptions {
  readonly program: SentinelProgram
  readonly timeline: Timeline
  /** Delays the saves of a sentinel of ours. Default: no delay. */
  readonly disk?: SlowDisk | undefined
}

/** One sentinel of a deployment. Its program can be replaced, its config file stays. */
export class SentinelProcess extends NodeProcess {
  readonly #timeline: Timeline
  readonly #disk: SlowDisk | undefined
  #program: SentinelProgram
  #subscriber: Redis | undefined

  constructor({ program, timeline, disk, ...options }: SentinelProcessOptions) {
    super(options)
    this.#program = program
    this.#timeline = timeline
    this.#timeline.expectFrom(this.name, false)
    this.#disk = disk
  }

  /** Name of its program: `ours`, `genuine`, or the name of another `SentinelProgram`. */
  get kind(): string {
    return this.#program.name
  }

  /** Starts the sentinel with its present config file; when this returns, it answers and its events are recorded. */
  override async start(): Promise<void> {
    const program = this.#disk !== undefined && this.kind === 'ours' ? this.#disk.wrap(this.#program) : this.#program
    await this.process.start(program.command(this.configFile), this.folder)
    await this.#subscribe()
    await this.untilReachable()
  }

  /** The program itself can delay its saves. */
  get canSlowDisk(): boolean {
    return this.#disk !== undefined && this.kind === 'ours'
  }

  /**
   * Makes every save of this sentinel take `delayMs` longer from now on; 0 ends the delay.
   *
   * @throws Error unless the deployment has `slowDisks: true` and the program is ours
   */
  slowDisk(delayMs: number): ActiveFault {
    const disk = this.#disk
    if (disk === undefined || !this.canSlowDisk) {
      throw new Error(`${this.name}: only sentinels of ours in a deployment with slowDisks: true can have a slow disk`)
    }
    const set = (ms: number): void => {
      this.#timeline.mark(this.name, ms > 0 ? `fault: fsync takes ${ms} ms more` : 'fsync is quick again')
      disk.set(ms)
    }
    set(delayMs)
    return activeFault(() => { if (delayMs > 0) set(0) })
  }

  /** Stops the sentinel, and starts another program with the same config file. Leaves the mark `swap`. */
  async swap(program: SentinelProgram): Promise<void> {
    this.#timeline.mark(this.name, 'swap', `${this.kind} to ${program.name}`)
    await this.stop()
    this.#program = program
    await this.start()
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

  /** Ends the connections of the harness to this sentinel, its subscription too. */
  override close(): void {
    super.close()
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
      if (!this.running) throw new Error(this.process.endProblem())
      const subscriber = bareClient(this.control)
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
