import type { Socket } from 'node:net'

import type { Now } from '../core/index.ts'
import type { Counters } from './counters.ts'
import type { DeliveryRound, Sender } from './delivery-round.ts'
import type { OutputLimit } from './settings.ts'

export interface OutputBufferOptions {
  readonly socket: Socket
  readonly counters: Counters
  readonly deliveries: DeliveryRound
  readonly now: () => Now
  /** The limit of the class that the client belongs to at this moment. */
  readonly limit: () => OutputLimit
  /** The limit is exceeded: cut the connection. */
  readonly onOverflow: () => void
}

/**
 * Sends bytes. The server never waits for a client that does not read: its unread bytes are limited, and above the
 * limit it is cut (protocol.md 1.5).
 */
export class OutputBuffer implements Sender {
  readonly #options: OutputBufferOptions
  #softTimer: NodeJS.Timeout | undefined
  /** Messages to send at the end of this turn. */
  #held: Buffer[] = []
  #heldBytes = 0

  constructor(options: OutputBufferOptions) {
    this.#options = options
  }

  /** Bytes that wait here or in the socket's buffer in Node. */
  get pendingBytes(): number {
    return this.#heldBytes + this.#options.socket.writableLength
  }

  /** Sends replies, given as wire text. */
  write(wire: string): void {
    this.#beforeWrite()
    this.sendHeld()
    this.#options.socket.write(wire, 'latin1')
    this.#afterWrite(wire.length)
  }

  /** Queues a published message. Messages of one turn are sent together. The frame is shared with other connections. */
  deliver(frame: Buffer): void {
    this.#beforeWrite()
    if (this.#held.push(frame) === 1) this.#options.deliveries.add(this)
    this.#heldBytes += frame.length
    this.#afterWrite(frame.length)
  }

  /** Writes the held messages, unless the connection is closed. Must be called before the socket is ended. */
  sendHeld(): void {
    if (this.#heldBytes === 0) return
    const frames = this.#held
    this.#held = []
    this.#heldBytes = 0
    const { socket } = this.#options
    if (socket.destroyed) return
    if (frames.length > 1) socket.cork()
    for (const frame of frames) socket.write(frame)
    if (frames.length > 1) socket.uncork()
  }

  dispose(): void {
    clearTimeout(this.#softTimer)
    this.#softTimer = undefined
  }

  #beforeWrite(): void {
    if (this.#softTimer !== undefined && this.pendingBytes <= this.#options.limit().softBytes) this.dispose()
  }

  #afterWrite(bytes: number): void {
    const { counters, now, limit, onOverflow } = this.#options
    counters.noteOutput(bytes, now().mono)
    const pending = this.pendingBytes
    if (pending === 0) return
    const { hardBytes, softBytes, softSeconds } = limit()
    if (hardBytes > 0 && pending > hardBytes) {
      onOverflow()
      return
    }
    if (softBytes > 0 && pending > softBytes) {
      this.#softTimer ??= setTimeout(() => { this.#softLimitIsOver() }, softSeconds * 1000).unref()
    }
  }

  #softLimitIsOver(): void {
    this.#softTimer = undefined
    const { softBytes } = this.#options.limit()
    if (softBytes > 0 && this.pendingBytes > softBytes) this.#options.onOverflow()
  }
}
