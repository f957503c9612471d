import type { Socket } from 'node:net'

import type { Now } from '../core/index.ts'
import type { Counters } from './counters.ts'
import type { OutputLimit } from './settings.ts'

export interface OutputBufferOptions {
  readonly socket: Socket
  readonly counters: Counters
  readonly now: () => Now
  /** The limit of the class that the client belongs to at this moment. */
  readonly limit: () => OutputLimit
  /** The limit is exceeded: cut the connection. */
  readonly onOverflow: () => void
}

/**
 * Where bytes leave. A client that does not read is never waited for: what it leaves unread is limited, and above
 * the limit it is cut (protocol.md 1.5).
 */
export class OutputBuffer {
  readonly #options: OutputBufferOptions
  #softTimer: NodeJS.Timeout | undefined
  #isCorked = false

  constructor(options: OutputBufferOptions) {
    this.#options = options
  }

  /** Bytes that were written and not yet taken by the system. */
  get pendingBytes(): number {
    return this.#options.socket.writableLength
  }

  /** Replies, as wire text. */
  write(wire: string): void {
    this.#beforeWrite()
    this.#options.socket.write(wire, 'latin1')
    this.#afterWrite(wire.length)
  }

  /**
   * A published message. Several that come in one turn, such as the events of a failover, leave together. The frame
   * is shared with other connections.
   */
  deliver(frame: Buffer): void {
    const { socket } = this.#options
    if (!this.#isCorked) {
      this.#isCorked = true
      socket.cork()
      process.nextTick(() => {
        this.#isCorked = false
        socket.uncork()
      })
    }
    this.#beforeWrite()
    socket.write(frame)
    this.#afterWrite(frame.length)
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
