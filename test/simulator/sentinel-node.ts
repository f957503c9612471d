/**
 * One simulated sentinel: the production core under the production driver, on simulated ports. Nothing of a process
 * survives its end but what the disk holds.
 */
import {
  protectionOfAll, Sentinel, type DurableState, type Effect, type Input, type Now, type Operation,
  type OperationResult, type OwnState, type Protection, type SentinelMemory, type SentinelView,
} from '../../src/core/index.ts'
import { Driver, type Core } from '../../src/driver/index.ts'
import { Host, type Life } from './host.ts'
import type { Network } from './network.ts'
import type { Observers } from './observer.ts'
import type { SimRandom } from './random.ts'
import { serveSentinelClient, type SentinelService } from './sentinel-server.ts'
import { SimClock, type ClockOptions } from './sim-clock.ts'
import { SimDisk, type DiskOptions } from './sim-disk.ts'
import { SimLinks } from './sim-links.ts'

export const SENTINEL_PORT = 26_379

export interface SentinelNodeOptions {
  readonly name: string
  readonly ip: string
  readonly durable: DurableState
  readonly ownState?: OwnState
  readonly clock?: ClockOptions
  readonly disk?: DiskOptions
  readonly protection?: Partial<Protection>
}

export interface SentinelSurroundings {
  readonly network: Network
  readonly queue: Host['queue']
  readonly random: SimRandom
  readonly observers: Observers
  /** Something went through a promise: let it run before time goes on. */
  readonly onSettled: () => void
  /** A broken rule inside the sentinel itself. */
  readonly onFatal: (sentinel: SentinelNode, error: unknown) => void
}

interface Process {
  readonly life: Life
  readonly core: Sentinel
  readonly driver: Driver
  readonly clock: SimClock
  readonly links: SimLinks
}

interface Known {
  readonly ids: readonly string[]
  /** By master's name. */
  readonly aliveAtOnce: ReadonlyMap<string, number>
}

export class SentinelNode {
  readonly name: string
  readonly id: string
  readonly host: Host
  readonly disk: SimDisk
  readonly #options: SentinelNodeOptions
  readonly #around: SentinelSurroundings
  #process: Process | undefined
  /** A write after this one makes good what was given up. */
  #doubted = 0
  /** The write that makes it good has this epoch: one that waited for the file of our own state may be older. */
  #doubtedEpoch = 0n
  /** Replication ids that it knew when it ended, and that no disk had. */
  readonly forgottenIds = new Set<string>()
  /** Replication ids in INFO of the masters that it monitors since it started, and those that its disk had then. */
  readonly readIds = new Set<string>()
  /** First addresses of the replicas that it has ever known. */
  readonly listedIps = new Set<string>()
  /** Masters of which a crash lost how many sentinels were alive at once: now all that the file names count. */
  readonly lostCounts = new Set<string>()

  constructor(options: SentinelNodeOptions, around: SentinelSurroundings) {
    this.name = options.name
    this.id = options.durable.myId
    this.#options = options
    this.#around = around
    this.host = new Host({ name: options.name, ip: options.ip, queue: around.queue })
    around.network.add(this.host)
    this.disk = new SimDisk({
      content: options.durable,
      ...(options.ownState === undefined ? {} : { ownContent: options.ownState }),
      random: around.random.fork('disk'),
      onSettled: around.onSettled,
      ...(options.disk === undefined ? {} : { options: options.disk }),
    })
  }

  /** The settings of ts-sentinel.ini for all masters: those that a reload has changed as they are now. */
  get protection(): Protection {
    return (this.memory?.state.protection ?? protectionOfAll(this.#options.protection)).general
  }

  get isUp(): boolean {
    return this.#process !== undefined && this.host.isOn
  }

  get isPaused(): boolean {
    return this.host.life?.isPaused ?? false
  }

  /** Undefined while it does not run. */
  get view(): SentinelView | undefined {
    return this.#process?.core.view
  }

  /** What the running core holds in its memory. */
  get memory(): SentinelMemory | undefined {
    return this.#process?.core.memory
  }

  get driver(): Driver | undefined {
    return this.#process?.driver
  }

  get clock(): SimClock | undefined {
    return this.#process?.clock
  }

  now(): Now {
    return this.#process?.clock.now() ?? { mono: 0, wall: 0 }
  }

  /** Whether what is told is on the disk: nothing was given up that a later write has not made good. */
  get isDurable(): boolean {
    const error = this.#process?.driver.health.save.error
    if (error !== undefined) {
      this.#doubted = this.disk.writes + 1
      this.#doubtedEpoch = this.memory?.state.currentEpoch ?? 0n
    }
    const { lastGoodWrite, content } = this.disk
    return error === undefined && lastGoodWrite >= this.#doubted && content.currentEpoch >= this.#doubtedEpoch
  }

  start(): void {
    if (this.#process !== undefined) return
    if (!this.host.isOn) this.#around.network.powerOn(this.host)
    const life = this.host.begin()
    this.#process = this.#boot(life)
    this.#around.observers.started(this)
    this.#process.driver.start()
  }

  /** The process dies here and now (SIGKILL, or its own exit). */
  kill(status?: number): void {
    const life = this.host.life
    if (life === undefined) return
    const known = this.#known()
    this.#process = undefined
    this.host.end()
    this.#around.network.endProcess(life)
    this.#crash(known)
    this.#around.observers.ended(this, status)
  }

  powerOff(): void {
    if (this.host.life === undefined) return
    const known = this.#known()
    this.#process = undefined
    this.#around.network.powerOff(this.host)
    this.host.end()
    this.#crash(known)
    this.#around.observers.ended(this)
  }

  /** What the process knows that a crash may lose. */
  #known(): Known {
    const { state } = this.memory ?? {}
    return {
      ids: [...state?.lineage.values() ?? []].flat(),
      aliveAtOnce: new Map([...state?.masters.values() ?? []].map(({ name, aliveAtOnce }) => [name, aliveAtOnce])),
    }
  }

  #crash({ ids, aliveAtOnce }: Known): void {
    this.disk.crash()
    const { ownContent, content } = this.disk
    const kept = [...ownContent.lineage.values()].flat()
    for (const id of ids) if (!kept.includes(id)) this.forgottenIds.add(id)
    for (const { name, sentinels } of content.masters) {
      const assumed = ownContent.forgotten.get(name)?.aliveAtOnce ?? sentinels.length + 1
      if (assumed > (aliveAtOnce.get(name) ?? assumed)) this.lostCounts.add(name)
    }
  }

  pause(): void {
    this.host.life?.pause()
  }

  resume(): void {
    this.host.life?.resume()
  }

  /** What an operator asks. `done` runs when the answer leaves; never, if the process ends before. */
  operate(operation: Operation, done: (result: OperationResult) => void = () => undefined): void {
    const process = this.#process
    process?.life.run(() => {
      process.driver.submit(operation, ({ result }) => {
        this.#around.observers.answered(this, operation, result)
        done(result)
      })
    })
  }

  #boot(life: Life): Process {
    const { network, observers, random, onFatal } = this.#around
    const clock = new SimClock(life, this.#options.clock)
    this.#doubted = 0
    this.#doubtedEpoch = 0n
    this.readIds.clear()
    for (const id of [...this.disk.ownContent.lineage.values()].flat()) this.readIds.add(id)
    for (const { replicas } of this.disk.content.masters) for (const { host } of replicas) this.#list(host)
    const core = new Sentinel({
      durable: this.disk.content, ownState: this.disk.ownContent, seed: random.next(), announcePort: SENTINEL_PORT,
      protection: protectionOfAll(this.#options.protection),
    })
    const links = new SimLinks({
      life,
      network,
      enqueue: (input) => { driver.enqueue(input) },
      onSent: (argv, request, toIp) => { observers.sent(this, argv, request, toIp) },
    })
    const driver = new Driver({
      core: this.#watched(core),
      clock,
      store: this.disk.storeFor(life),
      ownStateStore: this.disk.ownStoreFor(life),
      configPath: `/etc/${this.name}.conf`,
      links,
      resolver: {
        resolve: (host, done) => {
          const ip = network.firstIp(host)
          life.after(1000, () => {
            if (network.areNamesDown) done(undefined, 'the name server does not answer')
            else done(ip === host ? undefined : ip)
          })
        },
      },
      scripts: { enqueue: () => undefined },
      events: {
        event: (event) => { observers.said(this, event) },
        note: (note) => { observers.noted(this, note) },
      },
      logger: { log: () => undefined },
      defer: (run) => { life.after(0, run) },
      exit: (status) => { this.kill(status) },
      fatal: (error) => { onFatal(this, error) },
    })
    network.listen(life, SENTINEL_PORT, (endpoint) => serveSentinelClient(this.#service(driver), endpoint))
    return { life, core, driver, clock, links }
  }

  /** The core, with somebody looking over its shoulder. */
  #watched(core: Sentinel): Core {
    const { observers } = this.#around
    return {
      view: core.view,
      wakeAt: () => core.wakeAt(),
      durableState: () => core.durableState(),
      ownState: () => core.ownState(),
      step: (input: Input, now: Now): readonly Effect[] => {
        const effects = core.step(input, now)
        this.#read(input)
        for (const effect of effects) this.#noteReplica(effect)
        observers.stepped(this, input, effects, now)
        return effects
      },
    }
  }

  #list(host: string): void {
    this.listedIps.add(this.#around.network.firstIp(host))
  }

  #noteReplica(effect: Effect): void {
    if (effect.type === 'emit' && effect.event.name === '+slave') this.#list(effect.event.subject.host)
  }

  #read(input: Input): void {
    if (input.type !== 'reply' || input.request.kind !== 'info' || input.reply.kind !== 'bulk') return
    const [, id] = /^master_replid:(\S+)/m.exec(input.reply.text) ?? []
    // A replica shows the id of its master, which has to be seen there as well; that of a replaced one is not kept.
    const isOfMaster = this.memory?.state.records.get(input.request.record)?.kind === 'master'
    if (id === undefined || !isOfMaster || !/^role:master\r?$/m.test(input.reply.text)) return
    // That of a master without its data does not become known as ours (docs/decisions/0049-empty-master.md).
    const isOfLoss = [...this.memory?.state.masters.values() ?? []].some(({ lostData }) => lostData?.replid === id)
    if (isOfLoss) this.readIds.delete(id)
    else this.readIds.add(id)
  }

  #service(driver: Driver): SentinelService {
    return {
      submit: (operation, done) => {
        driver.submit(operation, ({ result }) => {
          this.#around.observers.answered(this, operation, result)
          done(result)
        })
      },
      clientAddress: (master, done) => {
        const address = this.view?.clientAddress(master)
        if (address === undefined) return done(undefined)
        driver.whenDurable(address.durableFrom, () => { done(address) })
      },
    }
  }
}
