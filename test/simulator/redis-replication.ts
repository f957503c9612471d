/**
 * Replication of one data node: as a replica it keeps a connection to its master, as a master (or in a chain) it
 * feeds those that follow it. Partial and full synchronisation, acknowledgements, time limits and offsets behave as
 * in Redis 7.
 */
import type { Endpoint, EndpointHandler } from './connection.ts'
import type { Micros } from './event-queue.ts'
import type { Life } from './host.ts'
import type { Network } from './network.ts'
import type { Dataset } from './redis-dataset.ts'
import { Followers, REPLICATION_TIMEOUT } from './redis-followers.ts'
import type { Frame, ReplicationMessage, Write } from './wire.ts'

export interface MasterAddress {
  readonly host: string
  readonly port: number
}

/** How far a replica is with its master. */
export type LinkState = 'connect' | 'connecting' | 'syncing' | 'connected'

export interface ReplicationOptions {
  readonly life: Life
  readonly network: Network
  readonly dataset: Dataset
  readonly port: number
  /** From the request for everything to its arrival. Redis waits 5 s for more replicas before it begins. */
  readonly fullSync: () => Micros
  /** replica-announce-ip; undefined = the address that the master sees. */
  readonly announceIp: () => string | undefined
  /** Whether its login at the master is right and it can read what the master sends. */
  readonly canFollow: () => boolean
  readonly onChanged: (what: string) => void
  /** A replica acknowledged something. */
  readonly onAcknowledged: () => void
  /** The master that this server hands over to took over, or refused to. */
  readonly onHandedOver: (end: { readonly isTaken: boolean }) => void
  readonly isHandingOver: () => boolean
}

const CRON: Micros = 1_000_000
/** The master's pings in the stream: how often, in rounds of the cron, and how many bytes. */
const PING_ROUNDS = 10
const PING_BYTES = 14

export class Replication {
  readonly followers: Followers
  readonly #options: ReplicationOptions
  #master: MasterAddress | undefined
  #link: Endpoint | undefined
  #state: LinkState = 'connect'
  #downSince: Micros | undefined
  #lastIo: Micros = 0
  #rounds = 0

  constructor(options: ReplicationOptions) {
    this.#options = options
    const { life, dataset, fullSync, onAcknowledged } = options
    this.followers = new Followers({
      life, dataset, fullSync, onAcknowledged, canServe: () => this.#master === undefined || this.#state === 'connected',
      takeOver: (replid) => this.#takeOver(replid),
    })
  }

  /** Undefined for a master. */
  get master(): MasterAddress | undefined {
    return this.#master
  }

  get linkState(): LinkState {
    return this.#state
  }

  get isLinkUp(): boolean {
    return this.#state === 'connected'
  }

  /** Undefined while up, and when it never was up. */
  get downSince(): Micros | undefined {
    return this.#downSince
  }

  get lastIo(): Micros {
    return this.#lastIo
  }

  /** Starts the cron. Once per life of the process. */
  start(): void {
    const round = () => {
      this.#cron()
      this.#options.life.after(CRON, round)
    }
    this.#options.life.after(CRON, round)
  }

  /** The configuration that the process starts with; it connects once its data is loaded. */
  begin(master: MasterAddress | undefined, loading: Micros): void {
    this.#master = master
    if (master === undefined) return
    this.#state = 'connecting'
    this.#lastIo = this.#now
    this.#options.life.after(loading, () => { if (this.#master === master) this.#connect() })
  }

  /** REPLICAOF host port. */
  follow(master: MasterAddress): void {
    if (this.#master?.host === master.host && this.#master.port === master.port) return
    this.followers.dropAll()
    this.#dropLink()
    this.#master = master
    this.#options.onChanged(`replicates ${master.host}:${master.port}`)
    this.#connect()
  }

  /** FAILOVER: becomes a replica of its own replica, which takes over first. */
  handOver(target: MasterAddress): void {
    this.follow(target)
  }

  /** REPLCONF GETACK. */
  acknowledgeNow(): void {
    if (this.#state === 'connected') this.#acknowledge()
  }

  /** PSYNC FAILOVER of the master. */
  #takeOver(replid: string): boolean {
    if (this.#master === undefined || replid !== this.#options.dataset.replid) return false
    this.promote()
    return true
  }

  /** Connects again, so that the master learns the address that is announced now. */
  reconnect(): void {
    if (this.#master === undefined) return
    this.#dropLink()
    this.#connect()
  }

  /** REPLICAOF NO ONE. */
  promote(): void {
    if (this.#master === undefined) return
    this.#dropLink()
    this.#master = undefined
    this.#downSince = undefined
    this.followers.dropAll()
    this.#options.dataset.branch()
    this.#options.onChanged('is a master now')
  }

  #connect(): void {
    const { life, network } = this.#options
    const master = this.#master
    if (master === undefined) return
    this.#state = 'connecting'
    this.#lastIo = this.#now
    const handler: EndpointHandler = {
      opened: () => { this.#linked(link) },
      received: (frame) => { if (this.#link === link) this.#hear(frame) },
      closed: () => { if (this.#link === link) this.#broken() },
    }
    const link: Endpoint = network.connect(life, { ip: master.host, port: master.port }, handler)
    this.#link = link
  }

  #linked(link: Endpoint): void {
    if (this.#link !== link) return
    const { dataset, port, announceIp, canFollow } = this.#options
    if (!canFollow()) {
      link.close()
      this.#broken()
      return
    }
    this.#state = 'syncing'
    this.#lastIo = this.#now
    const isHandover = this.#options.isHandingOver()
    this.#say(link, { kind: 'psync', ip: announceIp(), port, replid: dataset.replid, offset: dataset.offset, isHandover })
  }

  #hear(frame: Frame): void {
    if (frame.kind === 'reply') {
      // LOADING, NOAUTH and the like: not now.
      this.#link?.close()
      this.#broken()
      return
    }
    if (frame.kind !== 'replication') return
    const { dataset, onChanged } = this.#options
    const { message } = frame
    this.#lastIo = this.#now
    switch (message.kind) {
      case 'continue':
        if (message.replid !== dataset.replid) this.followers.dropAll()
        dataset.follow(message.replid)
        this.#take(message.writes, message.offset)
        this.#options.onHandedOver({ isTaken: true })
        return this.#up()
      case 'full-sync':
        this.followers.dropAll()
        dataset.replace(message)
        this.#options.onHandedOver({ isTaken: true })
        onChanged('got a full copy')
        return this.#up()
      case 'stream':
        return this.#take(message.writes, message.offset)
      case 'refused':
        this.#link?.close()
        this.#broken()
        return this.#options.onHandedOver({ isTaken: false })
      case 'psync':
      case 'ack':
    }
  }

  #take(writes: readonly Write[], offset: number): void {
    this.#options.dataset.apply(writes, offset)
    this.followers.feed(writes)
  }

  #up(): void {
    this.#state = 'connected'
    this.#downSince = undefined
    this.#acknowledge()
    this.#options.onChanged('follows its master')
  }

  #broken(): void {
    if (this.#state === 'connected') this.#downSince = this.#now
    const wasUp = this.#state === 'connected'
    this.#link = undefined
    this.#state = 'connect'
    if (wasUp) {
      this.#options.onChanged('lost its master')
      this.#connect()
    }
  }

  #dropLink(): void {
    const link = this.#link
    this.#link = undefined
    link?.close()
    if (this.#state === 'connected') this.#downSince = this.#now
    this.#state = 'connect'
  }

  #cron(): void {
    this.#rounds += 1
    if (this.#master !== undefined) this.#replicaCron()
    this.followers.dropSilent()
    const isBusy = this.#options.isHandingOver()
    if (!isBusy && this.#master === undefined && this.followers.size > 0 && this.#rounds % PING_ROUNDS === 0) {
      this.#options.dataset.offset += PING_BYTES
      this.followers.feed([])
    }
  }

  #replicaCron(): void {
    if (this.#state !== 'connect' && this.#now - this.#lastIo > REPLICATION_TIMEOUT) {
      this.#link?.close()
      this.#broken()
    }
    if (this.#state === 'connect') this.#connect()
    else if (this.#state === 'connected') this.#acknowledge()
  }

  #acknowledge(): void {
    if (this.#link !== undefined) this.#say(this.#link, { kind: 'ack', offset: this.#options.dataset.offset })
  }

  #say(endpoint: Endpoint, message: ReplicationMessage): void {
    endpoint.send({ kind: 'replication', message })
  }

  get #now(): Micros {
    return this.#options.life.host.queue.now
  }
}
