/**
 * CLIENT PAUSE WRITE and FAILOVER of a modelled server, as in Redis 7: each pauses writes for itself. FAILOVER waits
 * until the target has acknowledged everything, then the server becomes its replica and asks it to take over.
 */
import type { Reply } from '../../src/core/index.ts'
import type { Micros } from './event-queue.ts'
import type { Life } from './host.ts'
import type { Replication } from './redis-replication.ts'
import { errorReply, OK } from './wire.ts'

export type HandoverState = 'no-failover' | 'waiting-for-sync' | 'failover-in-progress'

interface Order {
  readonly ip: string
  readonly port: number
  readonly until: Micros
}

export interface ServerHandoverOptions {
  readonly life: Life
  readonly replication: Replication
  readonly offset: () => number
  /** Before 6.2: it notices the end of a pause up to 100 ms late, or by a command that comes in. */
  readonly isOld: boolean
  /** Writes are not paused any more, as far as this is concerned. */
  readonly onResumed: () => void
}

/** How often an old server looks whether a pause is over. */
const CRON: Micros = 100_000

export class ServerHandover {
  readonly #options: ServerHandoverOptions
  #pausedUntil: Micros = 0
  #isUnnoticed = false
  #state: HandoverState = 'no-failover'
  #order: Order | undefined

  constructor(options: ServerHandoverOptions) {
    this.#options = options
  }

  get state(): HandoverState {
    return this.#state
  }

  get pausesWrites(): boolean {
    return this.isPaused || this.#state !== 'no-failover'
  }

  /** CLIENT PAUSE ms WRITE. The later end counts. */
  pause(ms: string): Reply {
    const until = this.#now + Number(ms) * 1000
    if (!(until >= this.#now)) return errorReply('ERR timeout is not an integer or out of range')
    this.#pausedUntil = Math.max(this.#pausedUntil, until)
    const { isOld, life } = this.#options
    this.#isUnnoticed = isOld
    life.at(this.#pausedUntil + (isOld ? CRON - this.#pausedUntil % CRON : 0), () => {
      if (isOld && !this.isOver) return
      this.notice()
      this.#resume()
    })
    return OK
  }

  /** CLIENT PAUSE is in force. */
  get isPaused(): boolean {
    return this.#now < this.#pausedUntil || this.#isUnnoticed
  }

  /** The pause of an old server is over, which it has not noticed yet. */
  get isOver(): boolean {
    return this.#isUnnoticed && this.#now >= this.#pausedUntil
  }

  notice(): void {
    this.#isUnnoticed = false
  }

  /** CLIENT UNPAUSE: does not end the pause of FAILOVER. */
  unpause(): Reply {
    this.#pausedUntil = 0
    this.#resume()
    return OK
  }

  /** FAILOVER TO host port TIMEOUT ms, and FAILOVER ABORT. */
  failover(words: readonly string[]): Reply {
    if (words[0]?.toUpperCase() === 'ABORT') return this.#abortOrder()
    const [, ip = '', port = '', , ms = ''] = words
    const { replication, life } = this.#options
    if (this.#state !== 'no-failover') return errorReply('ERR FAILOVER already in progress.')
    if (replication.master !== undefined) return errorReply('ERR FAILOVER is not valid when server is a replica.')
    if (replication.followers.size === 0) return errorReply('ERR FAILOVER requires connected replicas.')
    const target = replication.followers.all().find((one) => one.ip === ip && one.port === Number(port))
    if (target === undefined) return errorReply('ERR FAILOVER target HOST and PORT is not a replica.')
    if (target.state !== 'online') return errorReply('ERR FAILOVER target replica is not online.')
    this.#order = { ip, port: Number(port), until: this.#now + Number(ms) * 1000 }
    this.#state = 'waiting-for-sync'
    const order = this.#order
    life.at(order.until, () => { if (this.#order === order && this.#state === 'waiting-for-sync') this.#clear() })
    life.after(0, () => { this.look() })
    return OK
  }

  /** Something was acknowledged. */
  look(): void {
    const { replication, offset } = this.#options
    const order = this.#order
    if (order === undefined || this.#state !== 'waiting-for-sync') return
    const target = replication.followers.all().find(({ ip, port }) => ip === order.ip && port === order.port)
    if (target?.state !== 'online' || target.offset !== offset()) return
    this.#state = 'failover-in-progress'
    replication.handOver({ host: order.ip, port: order.port })
  }

  /** The target took over, or refused to. */
  ended({ isTaken }: { readonly isTaken: boolean }): void {
    if (this.#state !== 'failover-in-progress') return
    if (!isTaken) this.#options.replication.promote()
    this.#clear()
  }

  #abortOrder(): Reply {
    if (this.#state === 'no-failover') return errorReply('ERR No failover in progress.')
    if (this.#state === 'failover-in-progress') this.#options.replication.promote()
    this.#clear()
    return OK
  }

  #clear(): void {
    this.#state = 'no-failover'
    this.#order = undefined
    this.#resume()
  }

  #resume(): void {
    if (!this.pausesWrites) this.#options.onResumed()
  }

  get #now(): Micros {
    return this.#options.life.host.queue.now
  }
}
