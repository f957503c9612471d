import type { Socket } from 'node:net'

/** What the network does with bytes from one node to another. */
export interface FlowRule {
  /** Connections are reset; new ones are accepted and reset at once. */
  readonly cut: boolean
  /** Bytes are held back; connections stay open, as when packets are lost. A reset is lost for good. */
  readonly silent: boolean
  /** Added delay in milliseconds, for each direction separately. */
  readonly delayMs: number
  /** Up to this many milliseconds more, at random; the order is kept. Default 0. */
  readonly jitterMs?: number
  /** Share of the packets that are lost, from 0 to below 1; each causes a pause. Default 0. */
  readonly lossRatio?: number
  /** Limits the rate of all connections that share it. Default: no limit. */
  readonly bandwidth?: Bandwidth
  /** The sender has vanished: the end of its connections is never sent on. Default false. */
  readonly gone?: boolean
}

export const OPEN_FLOW: FlowRule = Object.freeze({ cut: false, silent: false, delayMs: 0 })

/**
 * Bytes that a flow holds back at most; then it stops reading: a delayed replication stream must not fill the memory.
 */
const MAX_HELD_BYTES = 16 * 1024 * 1024

/** The same with limited bandwidth: about what the buffers of a real connection hold, so that senders notice it. */
const MAX_HELD_BYTES_NARROW = 256 * 1024

/** The first retransmission pause of Linux; each further loss of the same packet doubles it. */
const FIRST_PAUSE_MS = 200

/** A packet that was lost more often than this arrives all the same: pauses of minutes end no test. */
const MAX_LOSSES = 8

/** Pieces in which a limited flow sends: as much as passes in this time. */
const PIECE_MS = 20

/** A link of limited bandwidth, shared by the connections of one direction. */
export class Bandwidth {
  readonly #bytesPerMs: number
  #freeAt = 0

  constructor(bytesPerSecond: number) {
    this.#bytesPerMs = bytesPerSecond / 1_000
  }

  /** Bytes to send at once at most. */
  get piece(): number {
    return Math.max(1, Math.floor(this.#bytesPerMs * PIECE_MS))
  }

  /** Milliseconds until the next piece may be sent. */
  waitMs(now: number): number {
    return this.#freeAt - now
  }

  /** Occupies the link with these bytes. */
  take(bytes: number, now: number): void {
    this.#freeAt = Math.max(this.#freeAt, now) + bytes / this.#bytesPerMs
  }
}

/**
 * The pause that the loss of packets causes for the receiver, in milliseconds: TCP sends a packet again after 200 ms,
 * then after 400 ms and so on, and everything behind it waits.
 *
 * @param luck a random number from 0 to below 1
 */
export function lossPauseMs(lossRatio: number, luck: number): number {
  if (lossRatio <= 0 || luck >= lossRatio) return 0
  // The probability of n losses in a row is lossRatio ** n.
  const losses = luck === 0 ? MAX_LOSSES : Math.min(MAX_LOSSES, Math.floor(Math.log(luck) / Math.log(lossRatio)))
  return FIRST_PAUSE_MS * (2 ** losses - 1)
}

interface Held {
  readonly bytes: Buffer
  readonly arrivedAt: number
  /** Random numbers from 0 to below 1, which decide about loss and jitter. */
  readonly lossLuck: number
  readonly jitterLuck: number
}

/** Forwards the bytes of one direction of one connection. */
export class Flow {
  readonly #input: Socket
  readonly #output: Socket
  readonly #rule: () => FlowRule
  readonly #random: () => number
  readonly #onBroken: () => void
  readonly #held: Held[] = []
  #heldBytes = 0
  #timer: NodeJS.Timeout | undefined
  #inputEnded = false

  constructor(options: {
    readonly input: Socket
    readonly output: Socket
    readonly rule: () => FlowRule
    /** Returns a random number from 0 to below 1. */
    readonly random: () => number
    /** Bytes have arrived for an output that is closed. */
    readonly onBroken: () => void
  }) {
    this.#input = options.input
    this.#output = options.output
    this.#rule = options.rule
    this.#random = options.random
    this.#onBroken = options.onBroken
    this.#input.on('data', (bytes: Buffer) => { this.#take(bytes) })
    this.#input.on('end', () => {
      if (this.#rule().gone === true) return
      this.#inputEnded = true
      this.move()
    })
    this.#output.on('drain', () => { this.move() })
  }

  /** Sends on the bytes that may go now, and sets a timer for those that may go later. */
  move(): void {
    if (this.#timer !== undefined) clearTimeout(this.#timer)
    this.#timer = undefined
    const rule = this.#rule()
    if (rule.silent) return
    for (let next = this.#held[0]; next !== undefined; next = this.#held[0]) {
      const waitMs = this.#waitMs(next, rule)
      if (waitMs > 0) {
        this.#timer = setTimeout(() => { this.move() }, waitMs)
        return
      }
      if (!this.#output.writable) {
        this.#discard()
        this.#onBroken()
        return
      }
      if (!this.#output.write(this.#next(next, rule))) break
    }
    if (this.#heldBytes < maxHeld(rule)) this.#input.resume()
    if (this.#inputEnded && this.#held.length === 0) this.#output.end()
  }

  end(): void {
    if (this.#timer !== undefined) clearTimeout(this.#timer)
    this.#timer = undefined
    this.#discard()
  }

  #discard(): void {
    this.#held.length = 0
    this.#heldBytes = 0
  }

  #take(bytes: Buffer): void {
    this.#held.push({ bytes, arrivedAt: performance.now(), lossLuck: this.#random(), jitterLuck: this.#random() })
    this.#heldBytes += bytes.length
    if (this.#heldBytes >= maxHeld(this.#rule())) this.#input.pause()
    this.move()
  }

  #waitMs({ arrivedAt, lossLuck, jitterLuck }: Held, rule: FlowRule): number {
    const now = performance.now()
    const addedMs = rule.delayMs + jitterLuck * (rule.jitterMs ?? 0) + lossPauseMs(rule.lossRatio ?? 0, lossLuck)
    return Math.max(arrivedAt + addedMs - now, rule.bandwidth?.waitMs(now) ?? 0)
  }

  /** Takes what may be sent at once from the front of the queue. */
  #next(held: Held, { bandwidth }: FlowRule): Buffer {
    const size = Math.min(held.bytes.length, bandwidth?.piece ?? Infinity)
    const piece = held.bytes.subarray(0, size)
    if (size === held.bytes.length) this.#held.shift()
    else this.#held[0] = { ...held, bytes: held.bytes.subarray(size) }
    this.#heldBytes -= size
    bandwidth?.take(size, performance.now())
    return piece
  }
}

function maxHeld({ bandwidth }: FlowRule): number {
  return bandwidth === undefined ? MAX_HELD_BYTES : MAX_HELD_BYTES_NARROW
}
