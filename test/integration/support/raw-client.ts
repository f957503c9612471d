import { connect, type Socket } from 'node:net'

import { within, type Address } from '../../../src/harness/index.ts'

/** A plain socket for what no client library would send. */
export class RawClient {
  readonly #socket: Socket
  readonly closed: Promise<void>
  heard = ''

  constructor(address: Address) {
    this.#socket = connect({ host: address.host, port: address.port, noDelay: true })
    this.#socket.on('error', () => undefined)
    this.#socket.on('data', (bytes) => { this.heard += bytes.toString('latin1') })
    this.closed = new Promise((resolve) => {
      this.#socket.once('close', () => { resolve() })
    })
  }

  /** Resolves when the bytes have left, or cannot leave because the other side has closed. */
  async send(bytes: string | Buffer): Promise<void> {
    const sent = new Promise<void>((resolve) => {
      this.#socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes, () => { resolve() })
    })
    await within('the bytes to leave', 5_000, Promise.race([sent, this.closed]))
  }

  /** Resolves when `text` was heard. */
  async hear(text: string, timeoutMs = 5_000): Promise<void> {
    await within(`${JSON.stringify(text)} after ${JSON.stringify(this.heard)}`, timeoutMs, new Promise<void>((resolve) => {
      const look = (): void => {
        if (this.heard.includes(text)) resolve()
      }
      this.#socket.on('data', look)
      look()
    }))
  }

  close(): void {
    this.#socket.destroy()
  }
}
