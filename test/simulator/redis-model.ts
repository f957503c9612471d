/** A modelled Redis server: one machine, one process, its data, its clients and its faults. */
import { isOlderRelease, type Reply } from '../../src/core/index.ts'
import type { Endpoint, EndpointHandler } from './connection.ts'
import type { Micros } from './event-queue.ts'
import { Host } from './host.ts'
import type { Network } from './network.ts'
import type { SimRandom } from './random.ts'
import { execute, type RedisClient } from './redis-commands.ts'
import { Dataset } from './redis-dataset.ts'
import { ServerHandover } from './redis-handover.ts'
import type { RedisOptions, ReusedAs } from './redis-options.ts'
import { type MasterAddress, Replication } from './redis-replication.ts'
import { errorReply, OK, type Frame } from './wire.ts'

export interface RedisSurroundings {
  readonly network: Network
  readonly queue: Host['queue']
  readonly random: SimRandom
  readonly onChanged: (node: RedisNode, what: string) => void
}

export class RedisNode {
  readonly name: string
  readonly port: number
  readonly host: Host
  readonly dataset: Dataset
  readonly minReplicasToWrite: number
  priority: number
  isAnnounced: boolean
  password: string | undefined
  /** Commands that the user of the sentinels may not run, in upper case. */
  readonly denied = new Set<string>()
  loadMs: number
  fullSyncMs: number
  /** Answers PING with this instead of PONG. */
  pingReply: Reply | undefined
  /** The last snapshot failed: PING and writes are refused with MISCONF. */
  saveFails = false
  /** What blocks the server: a script, or a function of Redis 7. */
  busyWith: 'script' | 'function' | undefined
  /** SCRIPT KILL or FUNCTION KILL helps against it. */
  isScriptKillable = true
  isLoading = false
  /** CLIENT PAUSE WRITE: PUBLISH and writes wait, and on their connection everything behind them. */
  #pausesWrites = false
  /** replica-announce-ip, and what it has been. */
  announceIp: string | undefined
  readonly announced = new Set<string>()
  /** False: masterauth is wrong, or it cannot read what its master sends. */
  canFollow = true
  /** maxclients is reached: new clients get an error and are dropped. */
  isFull = false
  runId = ''
  /** While it obeys SLAVEOF: the address of the machine that sent it, if that was not an operator. */
  orderedBy: string | undefined
  replication: Replication
  handover: ServerHandover
  readonly #options: RedisOptions
  readonly #around: RedisSurroundings
  readonly #clients = new Map<Endpoint, RedisClient>()
  #configuredMaster: MasterAddress | undefined
  #startedAt: Micros = 0

  constructor(options: RedisOptions, around: RedisSurroundings) {
    this.#options = options
    this.#around = around
    this.name = options.name
    this.port = options.port ?? 6379
    this.priority = options.priority ?? 100
    this.isAnnounced = options.isAnnounced ?? true
    this.password = options.password
    this.loadMs = options.loadMs ?? 0
    this.fullSyncMs = options.fullSyncMs ?? 5500
    this.minReplicasToWrite = options.minReplicasToWrite ?? 0
    this.#configuredMaster = options.master
    this.host = new Host({ name: options.name, ip: options.ip, queue: around.queue })
    around.network.add(this.host)
    for (const alias of this.aliases) around.network.addAlias(alias, this.ip)
    this.dataset = new Dataset(around.random, options.origin)
    this.replication = this.#boot(0)
    this.handover = this.#newHandover()
  }

  get ip(): string {
    return this.host.ip
  }

  /** Another address of its machine, and its name. */
  get aliases(): readonly [address: string, name: string] {
    return [this.ip.replace(/^10\.0\./, '10.128.'), `${this.name}.test`]
  }

  get address(): string {
    return `${this.ip}:${this.port}`
  }

  get nowMicros(): Micros {
    return this.#around.queue.now
  }

  /** How far its clock is ahead in the present second. */
  get clockPhase(): Micros {
    return (Number(this.ip.split('.').at(-1)) * 370_000) % 1_000_000
  }

  get uptimeSeconds(): number {
    return Math.floor((this.nowMicros - this.#startedAt) / 1_000_000)
  }

  get clientCount(): number {
    return this.#clients.size
  }

  get isMaster(): boolean {
    return this.replication.master === undefined
  }

  /** The process runs, and its machine has power. */
  get isUp(): boolean {
    return this.host.life !== undefined && this.host.isOn
  }

  get isPaused(): boolean {
    return this.host.life?.isPaused ?? false
  }

  get pausesWrites(): boolean {
    return this.#pausesWrites || this.handover.pausesWrites
  }

  get zone(): string | undefined {
    return this.#options.zone
  }

  get version(): string {
    return this.#options.version ?? '7.0.15'
  }

  /** Before 6.2. */
  get isOld(): boolean {
    return isOlderRelease(this.version, '6.2')
  }

  get goodFollowers(): number {
    return this.replication.followers.good((this.#options.minReplicasMaxLagMs ?? 10_000) * 1000)
  }

  /** Takes over the master's data as if it had been copied long ago. For the beginning of a run. */
  copyFrom(master: RedisNode): void {
    this.dataset.replace(master.dataset)
    this.dataset.backlogFrom = master.dataset.offset
    master.dataset.backlogFrom ??= master.dataset.offset
  }

  // What may be done to it from outside.

  kill(): void {
    const { life } = this.host
    if (life === undefined) return
    this.host.end()
    this.#around.network.endProcess(life)
    this.#clients.clear()
    this.#around.onChanged(this, 'was killed')
  }

  /** The machine goes dark: connections are not even closed. */
  powerOff(): void {
    this.#around.network.powerOff(this.host)
    this.host.end()
    this.#clients.clear()
    this.#around.onChanged(this, 'lost its power')
  }

  start(options: { withData?: boolean } = {}): void {
    if (this.host.life !== undefined) return
    if (!this.host.isOn) this.#around.network.powerOn(this.host)
    const { persistence } = this.#options
    const withData = persistence !== 'none' && (options.withData ?? true)
    const { origin = '' } = this.#options
    // Without ids, nothing would tell another deployment's server without replicas from an old master of ours.
    this.dataset.restart({ withData, withIds: persistence === 'rdb' || this.dataset.origin !== origin })
    this.busyWith = undefined
    this.#pausesWrites = false
    this.replication = this.#boot(withData ? this.loadMs : 0)
    this.handover = this.#newHandover()
    this.#around.onChanged(this, `was started ${withData ? 'with' : 'without'} data`)
  }

  /** The machine is given up; another deployment starts a server at its address. */
  becomeNodeOf(other: RedisNode, as: ReusedAs): void {
    this.kill()
    if (!this.host.isOn) this.#around.network.powerOn(this.host)
    this.dataset.replace(other.dataset)
    this.dataset.backlogFrom = other.dataset.offset
    if (as !== 'replica') this.dataset.restart({ withData: true, withIds: as === 'loaded-master' })
    this.#configuredMaster = as === 'replica' ? { host: other.ip, port: other.port } : undefined
    this.replication = this.#boot(0)
    this.handover = this.#newHandover()
    this.#around.onChanged(this, `was started as a ${as} of another deployment`)
  }

  pause(): void {
    if (this.isPaused || !this.isUp) return
    this.host.life?.pause()
    this.#around.onChanged(this, 'was stopped')
  }

  resume(): void {
    if (!this.isPaused) return
    this.#around.onChanged(this, 'goes on')
    this.host.life?.resume()
  }

  /** Loads its data again (DEBUG RELOAD) for so long. */
  load(ms: number): void {
    this.isLoading = ms > 0
    this.host.life?.after(ms * 1000, () => { this.isLoading = false })
  }

  /** CLIENT PAUSE WRITE, and CLIENT UNPAUSE. */
  pauseWrites(isPaused: boolean): void {
    this.#pausesWrites = isPaused
    if (!isPaused) this.#resumeWrites()
  }

  /** What may change data or reach replicas; with a pause of an old server, everything but replication. */
  #isHeldBack({ isReplica }: RedisClient, frame: Frame): boolean {
    if (this.isOld && this.handover.isPaused) return frame.kind === 'command' && !isReplica
    return this.pausesWrites && frame.kind === 'command' && ['PUBLISH', 'SET'].includes(this.commandOf(frame.argv[0] ?? '') ?? '')
  }

  #resumeWrites(): void {
    if (this.pausesWrites) return
    for (const client of [...this.#clients.values()]) {
      const held = client.held
      client.held = undefined
      for (const frame of held ?? []) if (this.#clients.get(client.endpoint) === client) this.#receive(client, frame)
    }
  }

  // What its commands do.

  /** The command that a word stands for on this server. */
  commandOf(word: string): string | undefined {
    const asked = word.toUpperCase()
    const renamed = this.#options.renamedCommands ?? {}
    for (const [original, name] of Object.entries(renamed)) {
      if (name.toUpperCase() === asked) return original
    }
    return asked in renamed ? undefined : asked
  }

  publish(channel: string, payload: string): number {
    let receivers = 0
    for (const { isSubscribed, endpoint } of this.#clients.values()) {
      if (!isSubscribed) continue
      receivers += 1
      endpoint.send({ kind: 'message', channel, payload })
    }
    return receivers
  }

  subscribe(client: RedisClient): undefined {
    client.isSubscribed = true
    client.endpoint.send({ kind: 'subscribed' })
  }

  /** @param by address of the machine that orders it, if that is not an operator */
  replicaOf(host: string, port: string, by?: string): Reply {
    if (this.handover.state !== 'no-failover') return errorReply('ERR REPLICAOF not allowed while failing over.')
    this.orderedBy = by
    if (host.toUpperCase() === 'NO' && port.toUpperCase() === 'ONE') this.replication.promote()
    else this.replication.follow({ host, port: Number(port) })
    this.orderedBy = undefined
    return OK
  }

  rewriteConfig(): Reply {
    this.#configuredMaster = this.replication.master
    return OK
  }

  killClients(type: 'normal' | 'pubsub', except: RedisClient): number {
    let killed = 0
    for (const client of [...this.#clients.values()]) {
      if (client === except || client.isReplica || client.isSubscribed !== (type === 'pubsub')) continue
      this.#clients.delete(client.endpoint)
      client.endpoint.close()
      killed += 1
    }
    return killed
  }

  killScript(kind: 'script' | 'function'): Reply {
    if (this.busyWith === undefined) return errorReply('NOTBUSY No scripts in execution right now.')
    if (this.busyWith !== kind) return this.busyError()
    if (!this.isScriptKillable) return errorReply('UNKILLABLE Sorry the script already executed write commands against the dataset.')
    this.busyWith = undefined
    return OK
  }

  busyError(): Reply {
    return errorReply(`BUSY Redis is busy running a script. You can only call ${this.busyWith === 'function' ? 'FUNCTION' : 'SCRIPT'} KILL or SHUTDOWN NOSAVE.`)
  }

  write(id: number): Reply {
    if (!this.isMaster) return errorReply('READONLY You can\'t write against a read only replica.')
    if (this.goodFollowers < this.minReplicasToWrite) return errorReply('NOREPLICAS Not enough good replicas to write.')
    const write = this.dataset.append(id)
    this.replication.followers.feed([write])
    return OK
  }

  #boot(loadMs: number): Replication {
    const life = this.host.begin()
    this.#startedAt = this.nowMicros
    this.runId = this.#around.random.hex(40)
    this.load(loadMs)
    const { network, onChanged } = this.#around
    network.listen(life, this.port, (endpoint) => this.#accept(endpoint))
    const replication = new Replication({
      life,
      network,
      dataset: this.dataset,
      port: this.port,
      fullSync: () => this.fullSyncMs * 1000,
      announceIp: () => {
        if (this.announceIp !== undefined) this.announced.add(this.announceIp)
        return this.announceIp
      },
      canFollow: () => this.canFollow,
      onAcknowledged: () => { this.handover.look() },
      onHandedOver: (end) => { this.handover.ended(end) },
      isHandingOver: () => this.handover.state === 'failover-in-progress',
      onChanged: (what) => { onChanged(this, what) },
    })
    replication.start()
    replication.begin(this.#configuredMaster, loadMs * 1000)
    return replication
  }

  #newHandover(): ServerHandover {
    const { life } = this.host
    if (life === undefined) throw new Error(`${this.name} does not run`)
    const { replication, dataset } = this
    const onResumed = () => { this.#resumeWrites() }
    return new ServerHandover({ life, replication, isOld: this.isOld, offset: () => dataset.offset, onResumed })
  }

  #accept(endpoint: Endpoint): EndpointHandler {
    if (this.isFull) {
      endpoint.send({ kind: 'reply', reply: errorReply('ERR max number of clients reached') })
      endpoint.close()
      return { received: () => undefined, closed: () => undefined }
    }
    const client: RedisClient = {
      endpoint, isAuthenticated: false, name: '', isSubscribed: false, isReplica: false, queued: undefined, isDirty: false,
      held: undefined,
    }
    this.#clients.set(endpoint, client)
    return {
      received: (frame) => { this.#receive(client, frame) },
      closed: () => {
        this.#clients.delete(endpoint)
        this.replication.followers.lost(endpoint)
      },
    }
  }

  #receive(client: RedisClient, frame: Frame): void {
    if (this.handover.isOver && frame.kind === 'command' && !client.isReplica) {
      // An old server notices the end of a pause by the first command after it, which it runs before all others.
      this.handover.notice()
      this.#receive(client, frame)
      this.#resumeWrites()
    } else if (client.held !== undefined || this.#isHeldBack(client, frame)) {
      client.held = [...client.held ?? [], frame]
    } else if (frame.kind === 'command') {
      const reply = execute(this, client, frame.argv)
      if (reply !== undefined) client.endpoint.send({ kind: 'reply', reply })
    } else if (frame.kind === 'replication') {
      client.isReplica = true
      if (this.isLoading) client.endpoint.send({ kind: 'reply', reply: errorReply('LOADING Redis is loading the dataset in memory') })
      else this.replication.followers.serve(client.endpoint, frame.message)
    }
  }
}
