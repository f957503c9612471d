/**
 * One simulated TCP connection: two ends, and one lane in each direction. Frames arrive in order. What meets a
 * blocked route waits in the lane and arrives after the route has opened, as TCP sends it again; what arrives at an
 * end that died without a word (power cut) is answered with a reset.
 */
import type { DisconnectCause } from '../../src/core/index.ts'
import type { EventQueue, Micros } from './event-queue.ts'
import type { Life } from './host.ts'
import type { SimRandom } from './random.ts'
import type { Route } from './route.ts'
import type { Frame } from './wire.ts'

/** What a process hears of its end. Called on the process's own time: not while it is stopped. */
export interface EndpointHandler {
  opened?(): void
  received(frame: Frame): void
  closed(reason: string, cause: DisconnectCause): void
}

/** Longest wait of TCP between two attempts to send something again. */
const RETRANSMIT_MAX: Micros = 30_000_000

/** In the order in which it was sent. */
interface Parcel {
  readonly order: number
  readonly content: Frame | 'end'
}

export interface LaneOptions {
  readonly queue: EventQueue
  readonly random: SimRandom
  readonly route: Route
  readonly source: Endpoint
  readonly target: Endpoint
}

class Lane {
  readonly #options: LaneOptions
  #waiting: Parcel[] = []
  /** What arrived before something that was sent earlier, by its order. */
  readonly #early = new Map<number, Parcel['content']>()
  #sent = 0
  #received = 0
  #lastArrival: Micros = 0
  #waitsSince: Micros = 0

  constructor(options: LaneOptions) {
    this.#options = options
  }

  get route(): Route {
    return this.#options.route
  }

  push(content: Parcel['content']): void {
    this.#sent += 1
    const parcel = { order: this.#sent, content }
    if (this.#waiting.length > 0 || !this.#isPassable()) this.#hold(parcel)
    else this.#carry(parcel, 0)
  }

  /** The route may have opened: what waits is sent again, after the time that TCP takes to notice. */
  flush(): void {
    if (this.#waiting.length === 0 || !this.#isPassable()) return
    const { queue, random } = this.#options
    const stuckFor = Math.min(queue.now - this.#waitsSince, RETRANSMIT_MAX)
    const pause = stuckFor > 0 ? random.below(stuckFor) : 0
    const waiting = this.#waiting
    this.#waiting = []
    for (const parcel of waiting) this.#carry(parcel, pause)
  }

  #isPassable(): boolean {
    const { route, source, target } = this.#options
    const stands = source.isEstablished && target.isEstablished
    return stands && !route.isBlocked && source.life.host.isOn && target.life.host.isOn
  }

  #hold(parcel: Parcel): void {
    if (this.#waiting.length === 0) this.#waitsSince = this.#options.queue.now
    this.#waiting.push(parcel)
  }

  #carry(parcel: Parcel, pause: Micros): void {
    const { queue, random, route } = this.#options
    this.#lastArrival = Math.max(this.#lastArrival, queue.now + pause + route.draw(random))
    queue.at(this.#lastArrival, () => { this.#arrive(parcel) })
  }

  #arrive(parcel: Parcel): void {
    if (this.#waiting.length > 0 || !this.#isPassable()) {
      this.#hold(parcel)
      return
    }
    const { source, target } = this.#options
    if (target.hasVanished) {
      source.reset()
      return
    }
    this.#early.set(parcel.order, parcel.content)
    for (let next = this.#nextInOrder(); next !== undefined; next = this.#nextInOrder()) target.take(next)
  }

  #nextInOrder(): Parcel['content'] | undefined {
    const order = this.#received + 1
    const next = this.#early.get(order)
    if (next === undefined) return undefined
    this.#early.delete(order)
    this.#received = order
    return next
  }
}

export class Endpoint {
  readonly life: Life
  readonly handler: EndpointHandler
  /** Both ends know of each other. */
  isEstablished = false
  /** The machine lost its power: the other end was told nothing. */
  hasVanished = false
  #isClosed = false
  /** We closed it: nothing more is heard. */
  #isDeaf = false
  #lane: Lane | undefined
  readonly #unsent: Frame[] = []
  readonly #onClosed: () => void

  constructor(given: { life: Life, handler: EndpointHandler, onClosed: () => void }) {
    this.life = given.life
    this.handler = given.handler
    this.#onClosed = given.onClosed
  }

  get isClosed(): boolean {
    return this.#isClosed
  }

  /** Machine at the other end. */
  peerIp = ''

  join(options: Omit<LaneOptions, 'source'>): void {
    this.#lane = new Lane({ ...options, source: this })
    for (const frame of this.#unsent.splice(0)) this.#lane.push(frame)
  }

  /** Before the connection stands frames wait for it. */
  send(frame: Frame): void {
    if (this.#isClosed) return
    if (this.#lane === undefined) this.#unsent.push(frame)
    else this.#lane.push(frame)
  }

  /** Closes for good; nothing more is heard. What was sent before still arrives. */
  close(): void {
    this.#isDeaf = true
    if (this.#isClosed) return
    this.#markClosed()
    if (this.isEstablished) this.#lane?.push('end')
  }

  /** The machine loses its power: no word to the other end. */
  vanish(): void {
    this.hasVanished = true
    if (!this.#isClosed) this.#markClosed()
  }

  /** The connection breaks at this end. */
  reset(reason = 'Connection reset by peer', cause: DisconnectCause = 'other'): void {
    if (this.#isClosed) return
    this.#markClosed()
    this.life.run(() => { if (!this.#isDeaf) this.handler.closed(reason, cause) })
  }

  /** The other end accepted. */
  open(): void {
    this.isEstablished = true
    this.life.run(() => { if (!this.#isDeaf) this.handler.opened?.() })
  }

  /** Something arrived. */
  take(content: Parcel['content']): void {
    if (this.#isClosed) return
    if (content === 'end') {
      this.reset('Connection closed by peer')
      return
    }
    this.life.run(() => { if (!this.#isDeaf) this.handler.received(content) })
  }

  /** Something about the way may have changed. */
  flush(): void {
    this.#lane?.flush()
  }

  get route(): Route | undefined {
    return this.#lane?.route
  }

  #markClosed(): void {
    this.#isClosed = true
    this.#onClosed()
  }
}
