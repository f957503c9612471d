import { connect } from 'node:net'
import type { NetConnectOpts, Socket } from 'node:net'

const RECHECK_MS = 5

/** A client that sends bytes and shows the bytes that come back. Text is one character per byte. */
export class RawClient {
  received = ''
  isClosed = false
  isEnded = false
  readonly socket: Socket
  readonly #waiters = new Set<() => void>()

  private constructor(socket: Socket) {
    this.socket = socket
    socket.on('data', (chunk: Buffer) => {
      this.received += chunk.toString('latin1')
      this.#wake()
    })
    socket.on('end', () => {
      this.isEnded = true
      this.#wake()
    })
    socket.on('close', () => {
      this.isClosed = true
      this.#wake()
    })
    socket.on('error', () => { this.#wake() })
  }

  static open(target: number | NetConnectOpts): Promise<RawClient> {
    const options = typeof target === 'number' ? { port: target, host: '127.0.0.1' } : target
    return new Promise((resolve, reject) => {
      const socket = connect({ ...options, allowHalfOpen: true })
      socket.once('error', reject)
      socket.once('connect', () => {
        socket.removeListener('error', reject)
        resolve(new RawClient(socket))
      })
    })
  }

  send(wire: string): void {
    this.socket.write(wire, 'latin1')
  }

  /** Send one multibulk request. */
  request(...words: string[]): void {
    this.send(requestBytes(words))
  }

  /** Send, and wait until exactly this has come back since the last time. */
  async expect(wire: string, reply: string): Promise<void> {
    this.send(wire)
    await this.until(() => this.received.length >= reply.length, `reply to ${JSON.stringify(wire.slice(0, 60))}`)
    const received = this.take()
    if (received !== reply) throw new Error(`expected ${JSON.stringify(reply)}, got ${JSON.stringify(received)}`)
  }

  /** What has come so far, once. */
  take(): string {
    const received = this.received
    this.received = ''
    return received
  }

  /** Wait for a condition on this client; re-checked whenever something comes in and every few ms. */
  async until(condition: () => boolean, what: string, deadlineMs = 5000): Promise<void> {
    const deadline = performance.now() + deadlineMs
    while (!condition()) {
      const left = deadline - performance.now()
      if (left <= 0) throw new Error(`gave up waiting for ${what}; received ${JSON.stringify(this.received.slice(0, 300))}`)
      await new Promise<void>((resolve) => {
        // Conditions about the server change without bytes for us.
        const timer = setTimeout(wake, Math.min(left, RECHECK_MS))
        function wake(): void {
          clearTimeout(timer)
          resolve()
        }
        this.#waiters.add(wake)
      })
    }
  }

  closed(): Promise<void> {
    return this.until(() => this.isEnded || this.isClosed, 'the end of the connection')
  }

  destroy(): void {
    this.socket.destroy()
  }

  #wake(): void {
    for (const wake of [...this.#waiters]) wake()
    this.#waiters.clear()
  }
}

export function requestBytes(words: readonly string[]): string {
  return `*${words.length}\r\n${words.map((word) => `$${word.length}\r\n${word}\r\n`).join('')}`
}
